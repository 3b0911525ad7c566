// Tests the load formulas of peak EWMA, nginx's least_time and load reports, and which servers are
// in the idle queue.
import t from "tap";
import { ALGORITHMS } from "../algorithms.ts";
import { FullScan } from "../choose/full-scan.ts";
import { type Fake, fake, fakes, seeded, world } from "../contract/index.ts";
import { openPicker } from "../open-picker.ts";
import { jsq, leastReported } from "../oracles.ts";
import { Failures } from "./failures.ts";
import type { OracleServer } from "./oracle.ts";
import { PeakEwma, type PeakEwmaParameters } from "./peak-ewma.ts";
import { ResponseTime } from "./response-time.ts";

const CONTEXT = { tried: [], key: undefined };
const close = (a: number, b: number) => Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(b));

t.test(
  "peak EWMA: peaks at once, decays slowly, and forgets a latency while no answer comes",
  async (t) => {
    let now = 0;
    const tuning: PeakEwmaParameters = { ...ALGORITHMS["peak-ewma"].defaults, failureMs: 1_000 };
    const load = new PeakEwma(() => now, tuning);
    load.update(Int32Array.of(-1, -1, -1));
    const expected = (index: number) => load.expectedMs(index);
    t.equal(expected(0), 30, "before any answer");
    load.ended(0, "ok", 100);
    t.equal(expected(0), 100);
    t.equal(expected(1), 100, "a server without an answer is taken to be typical");
    load.ended(0, "ok", 50);
    t.equal(expected(0), 100, "no time has passed: nothing is forgotten");
    now = 10_000;
    load.ended(2, "ok", 1);
    t.ok(
      close(expected(0), 100 / Math.E),
      "no answer for one time constant, while another server answered",
    );
    load.ended(0, "ok", 20);
    t.ok(close(expected(0), 100 / Math.E + 20 * (1 - 1 / Math.E)));
    load.ended(0, "ok", 400);
    t.ok(close(expected(0), 400), "a peak");
    const [one, three] = [0, 2].map((inFlight) => load.of(0, { ...fake("a"), inFlight }));
    t.equal((three ?? 0) / (one ?? 1), 3, "times the requests it would have");
    load.ended(0, "cancelled", 9_000);
    t.ok(close(expected(0), 400));
    load.ended(0, "failed", 1);
    t.ok(close(expected(0), 1_000), "a failure counts as failureMs");
    now = 3_600_000;
    load.ended(2, "ok", 1);
    t.ok(expected(0) < 1e-100 && expected(0) >= 0);
  },
);

t.test("peak EWMA by the head of the answer", async (t) => {
  const load = new PeakEwma(() => 0, { ...ALGORITHMS["peak-ewma"].defaults, measure: "header" });
  load.update(Int32Array.of(-1));
  load.firstByte(0, 7);
  load.ended(0, "ok", 9_000);
  t.equal(load.expectedMs(0), 7);
});

t.test("response time: nginx's average, steps, halving and ages", async (t) => {
  let now = 0;
  const load = new ResponseTime(() => now, ALGORITHMS["least-time"].defaults);
  load.update(Int32Array.of(-1, -1));
  const at = (inFlight: number) => {
    load.started(1); // a request updates the time that the load uses
    load.begin();
    return load.of(0, { ...fake("a"), inFlight });
  };
  t.equal(at(0), 20, "nothing known: one step");
  load.started(0);
  now = 100;
  t.equal(at(0), 100, "the request in flight is 100 ms old already");
  load.ended(0, "ok", 100);
  t.equal(at(1), 200, "100 ms × 2");
  load.started(0);
  now = 600;
  load.ended(0, "ok", 500);
  t.equal(at(0), 120, ".95 · 100 + .05 · 500");
  now = 10_600;
  t.equal(at(0), 60, "halved after 10 s of silence");
  load.started(0);
  now = 60_000;
  t.equal(at(0), 5_000, "no more than 5 s");
  load.ended(0, "failed", 49_400);
  t.equal(
    at(0),
    40,
    "a failure adds no response time: 120 / 2^5 in steps, × 2 because the failure still counts",
  );
  load.ended(0, "ok", 1);
  t.equal(at(0) > 0, true, "an extra `ended` does no harm");
});

t.test("failures fade with their time constant", async (t) => {
  let now = 0;
  const failures = new Failures(() => now, 5_000);
  failures.update(Int32Array.of(-1));
  t.notOk(failures.any);
  failures.ended(0, "failed");
  failures.ended(0, "timeout");
  failures.ended(0, "cancelled");
  t.equal(failures.of(0), 2);
  now = 5_000;
  failures.begin();
  t.ok(close(failures.of(0), 2 / Math.E));
  now = 100_000;
  failures.begin();
  t.notOk(failures.any, "no failure counts any more");
  const off = new Failures(() => now, 0);
  off.update(Int32Array.of(-1));
  off.ended(0, "failed");
  t.notOk(off.any);
});

t.test("least conn: fewest per weight", async (t) => {
  const list = [fake("a"), fake("b", 4)];
  const { picker } = world((environment) =>
    openPicker<Fake, "least-conn">("least-conn", environment),
  );
  picker.update(list);
  const given = (a: number, b: number) => {
    for (const [index, inFlight] of [a, b].entries())
      Object.assign(list[index] ?? {}, { inFlight });
    return picker.pick(CONTEXT)?.name;
  };
  t.equal(given(1, 3), "b", "3/4 is less than 1/1");
  t.equal(given(1, 5), "a", "5/4 is more than 1/1");
  given(1, 4);
  t.equal(picker.why, "tie");
});

t.test("oracles and stale reports", async (t) => {
  const oracle = (trueInFlight: number): OracleServer => Object.assign(fake("x"), { trueInFlight });
  const list = [oracle(2), oracle(1)];
  const environment = { rng: seeded(1), now: () => 0, ticket: () => 0 };
  const shortest = jsq<OracleServer>(environment);
  shortest.update(list);
  t.equal(shortest.pick(CONTEXT), list[1]);
  const board = leastReported<OracleServer>(environment);
  board.update(list);
  for (const [index, server] of list.entries()) board.report?.(server, { inFlight: 5 - index });
  t.equal(board.pick(CONTEXT), list[1], "the reported number counts, not the true one");
});

t.test("client-side weighted round robin: the weights of A58", async (t) => {
  const list = fakes([1, 1, 1]);
  const tuning = { blackoutMs: 1_000, expiryMs: 10_000, updateMs: 100, errorPenalty: 1 };
  const { picker, clock } = world((env) =>
    openPicker<Fake, "client-side-wrr">("client-side-wrr", env, tuning),
  );
  picker.update(list);
  const tell = () => {
    const reports = [
      { requestsPerSecond: 100, utilization: 0.5 },
      { requestsPerSecond: 100, utilization: 0.5, errorsPerSecond: 50 },
    ];
    for (const [index, load] of reports.entries()) {
      const server = list[index];
      if (server !== undefined) picker.report?.(server, load);
    }
  };
  const shares = (picks: number) => {
    const found: Record<string, number> = {};
    for (let i = 0; i < picks; i++) {
      const name = picker.pick(CONTEXT)?.name ?? "";
      found[name] = (found[name] ?? 0) + 1;
    }
    return found;
  };
  tell();
  t.same(shares(300), { s0: 100, s1: 100, s2: 100 });
  t.equal(picker.why, "fallback", "reports are not used yet");
  clock.now = 1_000;
  tell();
  // The weights are 100 / .5 = 200 and 100 / (.5 + .5) = 100. The server without reports gets their
  // mean, 150. Static stride may be off by one or two picks.
  const found = shares(4_500);
  for (const [name, share] of Object.entries({ s0: 2_000, s1: 1_000, s2: 1_500 }))
    t.ok(Math.abs((found[name] ?? 0) - share) <= 2, `${name}: ${found[name]}`);
  t.equal(picker.why, "first-choice");
  clock.now = 11_000;
  for (const one of list.slice(0, 1)) picker.ended?.(one, "ok", 1);
  shares(1);
  t.equal(picker.why, "fallback", "expired");
});

t.test("client-side weighted round robin: failures seen from here are errors", async (t) => {
  const list = fakes([1, 1]);
  const tuning = { blackoutMs: 0, updateMs: 100 };
  const { picker, clock } = world((env) =>
    openPicker<Fake, "client-side-wrr">("client-side-wrr", env, tuning),
  );
  picker.update(list);
  const [good, bad] = list;
  if (good === undefined || bad === undefined) return;
  for (let i = 0; i < 10; i++) picker.ended?.(bad, "failed", 1);
  for (const one of list) picker.report?.(one, { requestsPerSecond: 100, utilization: 0.5 });
  clock.now = 100;
  picker.ended?.(good, "cancelled", 1);
  picker.ended?.(good, "ok", 1);
  const picks = Array.from({ length: 400 }, () => picker.pick(CONTEXT));
  // The weights are 200 and 100 / (.5 + 1) = 66.7, so the first server gets three quarters.
  t.ok(Math.abs(picks.filter((one) => one === good).length - 300) <= 2);
});

t.test(
  "join idle queue: the first idle server is picked first; a busy one is skipped",
  async (t) => {
    const list = fakes([1, 1, 1]);
    const { picker } = world((env) => openPicker<Fake, "join-idle-queue">("join-idle-queue", env));
    picker.update(list);
    const begin = () => {
      const server = picker.pick(CONTEXT);
      if (server !== undefined) server.inFlight += 1;
      return server;
    };
    t.equal(new Set([begin(), begin(), begin()]).size, 3, "each idle server once");
    t.ok(begin());
    t.equal(picker.why, "fallback", "no server is idle");
    const [a, b, c] = list;
    for (const one of [b, c, a]) {
      if (one === undefined) continue;
      one.inFlight = 0;
      picker.ended?.(one, "ok", 1);
    }
    if (b !== undefined) b.inFlight = 1;
    t.equal(begin(), c, "b got work from elsewhere");
    if (c !== undefined) {
      c.inFlight = 0;
      picker.ended?.(c, "failed", 1);
    }
    t.equal(begin(), a);
    t.ok(begin());
    t.equal(picker.why, "fallback", "a server that failed does not join");
    if (c !== undefined) picker.report?.(c, { inFlight: 0 });
    if (c !== undefined) c.inFlight = 0;
    t.equal(begin(), c, "unless the server itself reports that it is idle");
  },
);

t.test(
  "a full scan works with any load: ties are broken by chance, in proportion to weight",
  async (t) => {
    const list = fakes([1, 1, 1, 1]);
    const nothing = { update: () => {}, begin: () => {}, of: () => 0 };
    const { picker } = world((environment) => new FullScan<Fake>(environment, nothing));
    picker.update(list);
    const counts = new Map<Fake, number>();
    for (let i = 0; i < 4_000; i++) {
      const server = picker.pick(CONTEXT);
      if (server !== undefined) counts.set(server, (counts.get(server) ?? 0) + 1);
    }
    // The count of each server is Binomial(4000, 1/4): σ = 27.4; 5 σ = 137.
    for (const count of counts.values()) t.ok(Math.abs(count - 1_000) < 137, `${count}`);
  },
);
