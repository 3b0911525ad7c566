// How requests wait at a simulated balancer: in their order, not for ever, and for their own server where that is to be.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";
import type { Tap } from "./tap.ts";

/** Ten requests in the first millisecond, for one server that takes 100 ms for each and one at a time. */
const BURST: Scenario = {
  name: "burst",
  durationMs: 10,
  drainMs: 5_000,
  traffic: {
    kind: "open",
    arrivals: { kind: "trace", timesMs: Array.from({ length: 10 }, (_, i) => i / 10) },
  },
  service: { kind: "constant", value: 100 },
  servers: [{ count: 1, maxConnections: 1 }],
  balancers: { queueLimit: 100 },
};

const POISSON: Scenario = {
  ...BURST,
  durationMs: 5_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 500 } },
  service: { kind: "exponential", mean: 10 },
};

function endsOf(scenario: Scenario): [request: number, outcome: string, time: number][] {
  const ends: [number, string, number][] = [];
  const tap: Tap = {
    end: (time, request, _, outcome) => ends.push([request, outcome, Math.round(time)]),
  };
  simulate(scenario, { algorithm: "least-conn", tap });
  return ends;
}

t.test("first come, first served; the queue has a limit", async (t) => {
  const ends = endsOf({ ...BURST, balancers: { queueLimit: 7 } });
  const served = ends.filter(([, outcome]) => outcome === "ok");
  t.same(
    served.map(([request]) => request),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  t.same(
    ends.filter(([, outcome]) => outcome === "rejected"),
    [
      [8, "rejected", 1],
      [9, "rejected", 1],
    ],
  );
});

t.test("a request waits so long and no longer; the deadlines are swept every 100 ms", async (t) => {
  const ends = endsOf({
    ...BURST,
    service: { kind: "constant", value: 90 },
    balancers: { queueLimit: 100, queueTimeoutMs: 350 },
  });
  // The fifth begins at 360 ms, before the sweep at 400.
  const served = ends.filter(([, outcome]) => outcome === "ok");
  t.same(
    served.map(([request]) => request),
    [0, 1, 2, 3, 4],
  );
  for (const [, outcome, time] of ends) if (outcome === "rejected") t.equal(time, 400);
});

t.test("a client that leaves takes its request out", async (t) => {
  const ends = endsOf({ ...BURST, client: { timeoutMs: 250, abandoned: "drop" } });
  t.same(
    ends.slice(0, 2).map(([, outcome, time]) => [outcome, time]),
    [
      ["ok", 100],
      ["ok", 200],
    ],
  );
  t.same(new Set(ends.slice(2).map(([, outcome]) => outcome)), new Set(["timeout"]));
  t.ok(ends.every(([, , time]) => time <= 251));
});

t.test("without a server that is up nobody waits", async (t) => {
  const { counts } = simulate(
    {
      ...POISSON,
      health: { intervalMs: 100, timeoutMs: 50, rise: 2, fall: 1 },
      faults: [{ kind: "crash", mode: "refuse" }],
      balancers: {
        queueLimit: 1_000,
        eligibility: { panic: { threshold: 0, smallest: 1, keepOne: false } },
      },
    },
    { algorithm: "round-robin" },
  );
  t.ok(counts.rejected > 0.9 * counts.offered, `${counts.rejected} of ${counts.offered}`);
  t.equal(counts.inFlight, 0);
});

t.test("a full server's own requests wait for it, or go elsewhere when they may not", async (t) => {
  const run = (limit: number) => {
    const servers = new Map<number, Set<number>>();
    const keys: number[] = [];
    const tap: Tap = {
      arrival: (_, request, __, key) => {
        keys[request] = key ?? -1;
      },
      pick: (_, request, __, server) => {
        const key = keys[request] as number;
        servers.set(key, (servers.get(key) ?? new Set()).add(server));
      },
    };
    const { counts } = simulate(
      {
        ...POISSON,
        servers: [{ count: 10, maxConnections: 1, balancerQueue: { limit, timeoutMs: 60_000 } }],
        keys: { count: 200, zipf: 0 },
        balancers: { queueLimit: 1_000 },
      },
      { algorithm: "uri", tap },
    );
    t.equal(counts.ok, counts.offered);
    return [...servers.values()].filter(({ size }) => size > 1).length;
  };
  t.equal(run(1_000), 0, "every key has one server");
  t.ok(run(0) > 150, "most keys have been on several");
});

t.test("thousands that wait are let in though each fails at once", async (t) => {
  const { counts } = simulate(
    {
      ...POISSON,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 5_000 } },
      balancers: { queueLimit: 20_000, queueTimeoutMs: 60_000 },
      faults: [{ kind: "crash", mode: "refuse", atMs: 4_000 }],
    },
    { algorithm: "round-robin" },
  );
  t.ok(counts.failed > 15_000, `${counts.failed}`);
  t.equal(counts.inFlight, 0);
});
