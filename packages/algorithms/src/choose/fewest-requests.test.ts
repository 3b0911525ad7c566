// Tests that a picker which hears of every change picks the same servers as one that looks at all servers each time.
import fc from "fast-check";
import t from "tap";
import { type Fake, fakes, seeded } from "../contract/index.ts";
import { openPicker } from "../open-picker.ts";
import type { Outcome } from "../picker.ts";

/** What happens to a server: a request ends, fails, or the server goes down or comes up. `place` says to which. */
type Step = readonly [what: "pick" | "retry" | "ok" | "failed" | "down" | "up", place: number];

function worldOf(weights: readonly number[], hearsAll: boolean) {
  const list = fakes(weights);
  for (const [index, server] of list.entries()) server.maxConnections = index % 3 === 0 ? 2 : 0;
  const clock = { now: 0 };
  const environment = { rng: seeded(5), now: () => clock.now, ticket: () => 0, hearsAll };
  const picker = openPicker<Fake, "least-conn">("least-conn", environment, { failureMs: 10 });
  const open: Fake[] = [];
  const update = () => picker.update(list.filter(({ up }) => up));
  update();
  const pick = (tried: readonly Fake[]) => {
    const server = picker.pick({ tried, key: undefined });
    if (server === undefined) return `none ${picker.why}`;
    server.inFlight += 1;
    open.push(server);
    picker.started?.(server);
    return `${server.name} ${picker.why}`;
  };
  const end = (place: number, outcome: Outcome) => {
    const [server] = open.splice(place % Math.max(1, open.length), 1);
    if (server === undefined) return;
    server.inFlight -= 1;
    picker.ended?.(server, outcome, 1);
  };
  const take = ([what, place]: Step): string => {
    clock.now += 20;
    const server = list[place % list.length];
    if (what === "pick") return pick([]);
    if (what === "retry") return pick(server === undefined ? [] : [server]);
    if (what === "ok" || what === "failed") end(place, what);
    else if (server !== undefined) {
      server.up = what === "up";
      update();
    }
    return what;
  };
  return { take };
}

t.test("hearing of every change, or looking at all servers: the same picks", async () => {
  const step = fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant("pick" as const) },
      { weight: 5, arbitrary: fc.constant("ok" as const) },
      { weight: 1, arbitrary: fc.constantFrom("retry", "failed", "down", "up") },
    ),
    fc.nat(1000),
  );
  const weight = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 256, 0.5));
  fc.assert(
    fc.property(
      fc.array(weight, { minLength: 1, maxLength: 21, size: "max" }),
      fc.array(step, { maxLength: 300, size: "max" }),
      (weights, steps) => {
        const [following, looking] = [worldOf(weights, true), worldOf(weights, false)];
        for (const one of steps) if (following.take(one) !== looking.take(one)) return false;
        return true;
      },
    ),
  );
});

t.test("a pick that hears of every change reads only the servers that changed", async (t) => {
  let reads = 0;
  const list = fakes(new Array(1_000).fill(1));
  for (const server of list) {
    let count = 0;
    Object.defineProperty(server, "inFlight", {
      get: () => {
        reads++;
        return count;
      },
      set: (value: number) => {
        count = value;
      },
    });
  }
  const environment = { rng: seeded(1), now: () => 0, ticket: () => 0, hearsAll: true };
  const picker = openPicker<Fake>("least-conn", environment);
  picker.update(list);
  reads = 0;
  const given = new Map<string, number>();
  for (let i = 0; i < 2_000; i++) {
    const server = picker.pick({ tried: [], key: undefined });
    if (server === undefined) continue;
    server.inFlight += 1;
    picker.started?.(server);
    given.set(server.name, (given.get(server.name) ?? 0) + 1);
  }
  t.same([...new Set(given.values())], [2], "2000 requests on 1000 servers");
  t.ok(reads < 20_000, `${reads} reads of a count for 2000 picks`);
});
