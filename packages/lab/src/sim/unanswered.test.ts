// Tests that requests which are never answered count: on a silent server, on one that stands still, and in a queue that
// grows without end. Requests that had only not ended yet do not count.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { Simulation, simulate } from "./simulation.ts";

const BASE: Scenario = {
  name: "two servers",
  durationMs: 20_000,
  warmupMs: 2_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 100 } },
  service: { kind: "exponential", mean: 8 },
  servers: [{ count: 2 }],
};
const ROUND_ROBIN = { algorithm: "round-robin" };
const hangs = (servers: readonly number[], atMs: number): Scenario => ({
  ...BASE,
  faults: [{ kind: "crash", mode: "hang", servers, atMs }],
});

t.test("a server that hangs: what it was given is never answered", async (t) => {
  const { counts, successShare, latency, lasting, servers, series } = simulate(
    hangs([1], 5_600),
    ROUND_ROBIN,
  );
  // Round robin gives it half of the requests for 14.4 of the 18 measured seconds.
  t.ok(Math.abs(counts.unanswered / counts.offered - 0.4) < 0.02, `${counts.unanswered}`);
  t.equal(counts.ok + counts.inFlight, counts.offered);
  t.ok(counts.inFlight - counts.unanswered < 10, "the others had only not ended yet");
  t.equal(successShare, counts.ok / (counts.ok + counts.unanswered));
  t.same(
    servers.map(({ unanswered }) => unanswered),
    [0, counts.unanswered],
  );
  t.ok(latency.p99 < 200 && lasting.p99 > 10_000, "their waiting is in `lasting`");
  t.ok(lasting.mean > 2_000, `${lasting.mean}`);
  const lost = series.rows.reduce((sum, row) => sum + row.unanswered, 0);
  t.equal(lost, counts.unanswered, "each is in the interval in which it was lost");
  t.ok((series.rows.at(-1)?.underWay ?? 0) >= counts.unanswered);
});

t.test("it is known while the run goes on, and before any answer", async (t) => {
  const simulation = new Simulation(hangs([0, 1], 0), ROUND_ROBIN);
  simulation.runUntil(10_000);
  const { counts, successShare, lasting } = simulation.result();
  t.ok(counts.offered > 500);
  t.match(counts, { ok: 0, unanswered: counts.offered });
  t.equal(successShare, 0);
  t.equal(lasting.count, counts.offered);
});

t.test("a server that stands still until the end of the run", async (t) => {
  const still: Scenario = {
    ...BASE,
    faults: [{ kind: "gc-pause", servers: [1], pauseMs: 1e9, everyMs: 1, atMs: 5_600 }],
  };
  const { counts } = simulate(still, ROUND_ROBIN);
  t.ok(Math.abs(counts.unanswered / counts.offered - 0.4) < 0.02, `${counts.unanswered}`);
});

t.test("requests that a run ends too early for are not failures", async (t) => {
  const { counts, successShare, latency, lasting } = simulate(BASE, ROUND_ROBIN);
  t.ok(counts.inFlight < 10);
  t.equal(counts.unanswered, 0);
  t.equal(successShare, 1);
  t.equal(lasting, latency);
  const patient = simulate({ ...hangs([1], 5_600), client: { timeoutMs: 300 } }, ROUND_ROBIN);
  t.match(patient.counts, { unanswered: 0, inFlight: 0 }, "a deadline ends every request");
  t.ok(Math.abs(patient.counts.timeout / patient.counts.offered - 0.4) < 0.02);
});

t.test("timeouts are in the latencies over time, at the deadline", async (t) => {
  const { series } = simulate({ ...hangs([1], 0), client: { timeoutMs: 300 } }, ROUND_ROBIN);
  for (const { p99Ms, meanMs } of series.rows.slice(1, -1)) {
    t.ok(Math.abs(p99Ms - 300) < 3, `${p99Ms}`);
    t.ok(meanMs > 140, `${meanMs}`);
  }
});

t.test("at or above the capacity a run is unstable, and its backlog is unanswered", async (t) => {
  const loaded = (rate: number, more: Partial<Scenario> = {}): Scenario => ({
    ...BASE,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
    ...more,
  });
  const over = simulate(loaded(262.5), { algorithm: "least-conn" });
  t.equal(over.unstable, 1.05);
  t.equal(over.counts.unanswered, over.counts.inFlight);
  t.ok(over.successShare < 0.99, `${over.successShare}`);
  t.equal(simulate(loaded(250), ROUND_ROBIN).unstable, 1);
  t.equal(simulate(loaded(249), ROUND_ROBIN).unstable, undefined);
  const bounded: readonly Partial<Scenario>[] = [
    { client: { timeoutMs: 500 } },
    { client: { attemptTimeoutMs: 500 } },
    { servers: [{ count: 2, queueLimit: 10 }] },
    { servers: [{ count: 2, maxConnections: 10 }] },
    { keys: { count: 100, zipf: 1, cache: { share: 0.5, hitShare: 0.1 } } },
    { traffic: { kind: "closed", users: 50, think: { kind: "constant", value: 1 } } },
  ];
  for (const more of bounded)
    t.equal(simulate(loaded(300, more), ROUND_ROBIN).unstable, undefined, JSON.stringify(more));
});
