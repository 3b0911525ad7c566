// Tests how requests wait at a simulated balancer: in order of arrival, for a limited time, and for the server of their
// key when that server has a queue.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";
import type { Tap } from "./tap.ts";

/**
 * Ten requests arrive in the first millisecond. The one server works on one request at a time and takes 100 ms for
 * each.
 */
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

t.test("a request waits until its timeout, which is checked every 100 ms", async (t) => {
  const ends = endsOf({
    ...BURST,
    service: { kind: "constant", value: 90 },
    balancers: { queueLimit: 100, queueTimeoutMs: 350 },
  });
  // The server begins the fifth request at 360 ms, before the deadlines are checked at 400 ms.
  const served = ends.filter(([, outcome]) => outcome === "ok");
  t.same(
    served.map(([request]) => request),
    [0, 1, 2, 3, 4],
  );
  for (const [, outcome, time] of ends) if (outcome === "rejected") t.equal(time, 400);
});

t.test("when a client gives up, its request leaves the queue", async (t) => {
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

t.test("no request waits while every server is down", async (t) => {
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

t.test("requests wait for the full server of their key when it has a queue", async (t) => {
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
  t.equal(run(1_000), 0, "every key was on one server only");
  t.ok(run(0) > 150, "most keys were on several servers");
});

t.test("thousands of waiting requests fail at once, without deep recursion", async (t) => {
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
