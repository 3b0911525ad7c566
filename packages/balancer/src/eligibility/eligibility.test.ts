// Compares how traffic is shared among groups of servers with the tables in the documentation of Envoy and HAProxy,
// exactly. Also checks properties that must hold for all lists of servers.
import fc from "fast-check";
import t from "tap";
import { DEFAULT_ELIGIBILITY, type EligibilityOptions, eligible } from "./eligible.ts";
import type { Member } from "./member.ts";
import { DEFAULT_PANIC, inPanic } from "./panic.ts";
import { priorityLoads } from "./priorities.ts";
import { slowStartFactor, slowStartLimit } from "./slow-start.ts";
import { deterministicSubset, rendezvousSubset } from "./subset.ts";
import { loadAwareShares, localityShares, zoneAwareShares } from "./zones.ts";

const percent = (shares: readonly number[]) => shares.map((share) => Math.round(share * 100));
const of100 = (up: number) => ({ up, total: 100 });

t.test("priorities: the load of P0 follows its health while P1 is all up", async (t) => {
  const table = { 100: 100, 72: 100, 71: 99, 50: 70, 25: 35, 0: 0 };
  for (const [health, load] of Object.entries(table))
    t.same(percent(priorityLoads([of100(Number(health)), of100(100)])), [load, 100 - load]);
});

t.test("priorities and panic: loads are scaled up to 100 % together", async (t) => {
  const panics = (levels: readonly number[], whole: number) =>
    levels.map((up) => inPanic(of100(up), whole, DEFAULT_PANIC));
  t.same(percent(priorityLoads([of100(25), of100(25)])), [50, 50]);
  t.same(panics([25, 25], 0.7), [true, true]);
  t.same(percent(priorityLoads([of100(5), of100(65)])), [7, 93]);
  t.same(panics([5, 65], 0.98), [true, false]);
  t.same(
    panics([5, 100], 1),
    [false, false],
    "no panic while the other levels can take everything",
  );
  t.same(percent(priorityLoads([of100(0), { up: 0, total: 300 }])), [25, 75], "no server is up");
  t.same(priorityLoads([]), []);
});

t.test("panic: a small group panics only when no server is up, if that is allowed", async (t) => {
  t.notOk(inPanic({ up: 1, total: 3 }, 0.46, DEFAULT_PANIC), "one of three still answers");
  t.ok(inPanic({ up: 3, total: 10 }, 0.42, DEFAULT_PANIC));
  t.ok(inPanic({ up: 0, total: 2 }, 0, DEFAULT_PANIC));
  t.notOk(inPanic({ up: 0, total: 2 }, 0, { ...DEFAULT_PANIC, keepOne: false }));
});

t.test("zones by weight: X weighs 1 and Y weighs 2, with Y all up", async (t) => {
  const table = { 100: 33, 70: 33, 69: 32, 50: 26, 25: 15, 0: 0 };
  for (const [health, share] of Object.entries(table)) {
    const zones = [
      { ...of100(Number(health)), weight: 1 },
      { ...of100(100), weight: 2 },
    ];
    t.same(percent(localityShares(zones)), [share, 100 - share]);
  }
});

t.test("zones: the local zone first; shares by idle capacity", async (t) => {
  const third = 1 / 3;
  const zones = [0.6, 0.2, 0.2].map((origin) => ({ origin, capacity: third }));
  t.same(percent(zoneAwareShares(zones, 0)), [56, 22, 22], "the local zone has a third of .6");
  t.same(
    percent(zoneAwareShares(zones, 1)),
    [0, 100, 0],
    "the local zone has more than enough capacity",
  );
  t.same(
    percent(zoneAwareShares([{ origin: 1, capacity: 0.5 }], 0)),
    [100],
    "there is no other zone",
  );
  const busy = [0.7, 0.3, 0.4].map((utilization) => ({ servers: 1, utilization }));
  t.same(percent(loadAwareShares(busy)), [19, 44, 37], "by idle capacity");
  t.same(percent(loadAwareShares(busy, 0)), [19, 44, 37], "the local zone is much busier");
  t.same(
    percent(loadAwareShares(busy, 1)),
    [1, 97, 2],
    "the local zone is not busier: it takes all but a probe",
  );
});

t.test("slow start: HAProxy's linear curve and Envoy's curves", async (t) => {
  const linear = { windowMs: 60_000, curve: "linear", aggression: 1, minimum: 0.1 } as const;
  t.same(
    [0, 600, 30_000, 59_999, 60_000, 3_600_000].map((age) => slowStartFactor(age, linear)),
    [0.01, 0.01, 0.5, 59_999 / 60_000, 1, 1],
  );
  for (const [aggression, factor] of [
    [1, 0.5],
    [2, Math.SQRT1_2],
    [0.5, 0.25],
  ] as const) {
    const curve = { ...linear, curve: "aggression", aggression } as const;
    t.ok(Math.abs(slowStartFactor(30_000, curve) - factor) < 1e-12, `aggression ${aggression}`);
    t.equal(slowStartFactor(0, curve), Math.max(0.1, (1 / 60) ** (1 / aggression)));
  }
  const limit = (most: number, ageMs: number | undefined) => slowStartLimit(most, ageMs, linear);
  t.same(
    [limit(0, 30_000), limit(100, 30_000), limit(10, 0), limit(10, undefined)],
    [0, 50, 1, 10],
  );
  const bent = { ...linear, curve: "aggression" } as const;
  t.equal(slowStartLimit(10, 0, bent), 10, "Envoy's curve does not limit connections");
  t.equal(slowStartFactor(0, { ...linear, windowMs: 0 }), 1, "off");
});

const MEMBER: Member = {
  name: "?",
  state: "up",
  weight: 1,
  backup: false,
  priority: 0,
  zone: undefined,
  upSinceMs: undefined,
};
const members = (...changes: readonly Partial<Member>[]): Member[] =>
  changes.map((change, index) => ({ ...MEMBER, name: `s${index}`, ...change }));
const list = (all: readonly Member[], options: Partial<EligibilityOptions> = {}, now = 0) => {
  const { servers, weights } = eligible(all, { ...DEFAULT_ELIGIBILITY, ...options }, now);
  return Object.fromEntries(servers.map(({ name }, index) => [name, weights[index]]));
};

t.test(
  "degraded: such a server is left out while a server without limitations is up, even if that is a backup",
  async (t) => {
    const degraded = { degraded: true };
    t.same(list(members({}, degraded)), { s0: 1 });
    t.same(list(members(degraded, degraded)), { s0: 1, s1: 1 });
    t.same(list(members(degraded, { backup: true })), { s1: 1 });
    t.same(list(members(degraded, { state: "down" }, { ...degraded, backup: true })), { s0: 1 });
    t.same(list(members({ ...degraded, priority: 0 }, { priority: 1 })), { s1: 1 });
    t.same(
      list(members({ weight: 0 }, degraded)),
      { s1: 1 },
      "a server of weight 0 does not count",
    );
    const many = (whole: number) =>
      members(...Array.from({ length: 10 }, (_, index) => (index < whole ? {} : degraded)));
    t.equal(Object.keys(list(many(5))).length, 5);
    t.equal(
      Object.keys(list(many(4))).length,
      10,
      "the servers without limitations are too few to carry the load alone",
    );
  },
);

t.test("eligible: which servers, and with what weight", async (t) => {
  t.same(list(members({ weight: 3 }, { weight: 0 }, { state: "down" })), { s0: 3 });
  t.same(list(members({}, { state: "draining" }, { state: "maint" })), { s0: 1 });
  t.same(list(members({}, { backup: true })), { s0: 1 }, "backups wait");
  t.same(
    list(members({ state: "down" }, { backup: true })),
    { s1: 1 },
    "a backup is used while no other server is up",
  );
  t.same(list(members({ weight: 0 }, { backup: true })), { s1: 1 });
  t.same(list(members({ state: "down" }, { state: "down" })), { s0: 1, s1: 1 }, "panic");
  t.same(list(members({ state: "maint" }, { state: "draining" })), {}, "a person's word holds");
  const never = { panic: { ...DEFAULT_PANIC, keepOne: false } };
  t.same(list(members({ state: "down" }), never), {});
});

t.test("eligible: levels, zones and slow start become weights", async (t) => {
  const half = members({}, { state: "down" }, { priority: 1 }, { priority: 1 });
  // Of priority 0, half is up, so it gets 0.5 × 1.4 = 70 % of the traffic. The weights of the three servers in use sum
  // to 3. So s0 has 2.1, and s2 and s3 have 0.45 each.
  t.strictSame(Object.keys(list(half)), ["s0", "s2", "s3"]);
  t.same(
    Object.values(list(half)).map((w) => Number(w?.toFixed(9))),
    [2.1, 0.45, 0.45],
  );
  const zoned = members({ zone: "a" }, { zone: "b" });
  t.same(list(zoned, { localZone: "b" }), { s1: 1 }, "the local zone can take all requests");
  t.same(list(members({ zone: "a" }, { zone: "b", state: "down" }), { localZone: "b" }), { s0: 1 });
  const shares = list(members({ zone: "a" }, { zone: "b" }, { zone: "b" }), {
    zoneWeights: { a: 1, b: 1 },
  });
  t.same(shares, { s0: 1.5, s1: 0.75, s2: 0.75 });
  const slowStart = { ...DEFAULT_ELIGIBILITY.slowStart, windowMs: 60_000 };
  const warm = members({ upSinceMs: 0, weight: 4 }, { weight: 4 });
  t.same(list(warm, { slowStart }, 15_000), { s0: 1, s1: 4 });
  t.ok(eligible(warm, { ...DEFAULT_ELIGIBILITY, slowStart }, 15_000).warming);
  t.notOk(eligible(warm, { ...DEFAULT_ELIGIBILITY, slowStart }, 60_000).warming);
});

t.test("eligible: properties that hold for all lists of servers", async (t) => {
  const member = fc.record({
    state: fc.constantFrom("up", "down", "draining", "maint"),
    weight: fc.nat(5),
    backup: fc.boolean(),
    priority: fc.nat(2),
    zone: fc.constantFrom("a", "b", undefined),
    upSinceMs: fc.constantFrom(0, 50_000, 1e12, undefined),
  });
  const zones = fc.constantFrom<Partial<EligibilityOptions>>(
    {},
    { localZone: "a" },
    { zoneWeights: { a: 3, b: 1 } },
  );
  const windowMs = fc.constantFrom(0, 60_000);
  fc.assert(
    fc.property(fc.array(member, { maxLength: 14 }), zones, windowMs, (states, zone, window) => {
      const all = members(...(states as readonly Partial<Member>[]));
      const slowStart = { ...DEFAULT_ELIGIBILITY.slowStart, windowMs: window };
      const options = { ...DEFAULT_ELIGIBILITY, ...zone, slowStart };
      const { servers, weights, panic } = eligible(all, options, 60_000);
      const up = all.filter(({ state, weight }) => state === "up" && weight > 0);
      return (
        weights.length === servers.length &&
        weights.every((weight) => weight > 0 && Number.isFinite(weight)) &&
        new Set(servers).size === servers.length &&
        servers.every(({ state, weight }) => weight > 0 && (state === "up" || panic)) &&
        servers.every(({ state }) => state === "up" || state === "down") &&
        (up.length === 0 || servers.some(({ state }) => state === "up"))
      );
    }),
    { numRuns: 500 },
  );
  t.pass(
    "weights are positive, no server twice, none down without panic, at least one while one is up",
  );
});

t.test("subsets: deterministic ones are even, rendezvous ones change by one at most", async (t) => {
  const servers = Array.from({ length: 12 }, (_, i) => ({ name: `s${i}` }));
  const uses = new Map<string, number>();
  for (let client = 0; client < 40; client++) {
    const subset = deterministicSubset(servers, client, 3);
    t.equal(new Set(subset).size, 3);
    for (const { name } of subset) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  t.same(
    [...uses.values()],
    servers.map(() => 10),
    "10 rounds of 4 clients use all 12 servers",
  );
  t.same(
    deterministicSubset(servers, 5, 20),
    servers,
    "a size above the number of servers gives all of them",
  );
  fc.assert(
    fc.property(fc.string(), fc.nat(11), fc.integer({ min: 1, max: 11 }), (salt, gone, size) => {
      const before = rendezvousSubset(servers, salt, size);
      const after = rendezvousSubset(
        servers.filter((_, i) => i !== gone),
        salt,
        size,
      );
      const fresh = after.filter((server) => !before.includes(server));
      return fresh.length === (before.some(({ name }) => name === `s${gone}`) && size < 12 ? 1 : 0);
    }),
  );
});
