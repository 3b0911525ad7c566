// Tests whole runs: equal seeds give results that are equal to the bit, every algorithm gets the same requests, and
// each fault has the effect that its name says.
import t from "tap";
import { ALGORITHMS } from "./algorithms.ts";
import type { Scenario } from "./scenario.ts";
import { Simulation, simulate } from "./simulation.ts";
import { EventHash, type RequestOutcome, type Tap } from "./tap.ts";

const BASE: Scenario = {
  name: "base",
  durationMs: 5_000,
  drainMs: 1_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 400 } },
  service: { kind: "exponential", mean: 10 },
  servers: [{ count: 6 }],
};

t.test(
  "the same seed gives the same bits, in one go or in steps, for every algorithm",
  async (t) => {
    const scenario: Scenario = {
      ...BASE,
      balancers: { count: 3 },
      keys: { count: 50, zipf: 1 },
      network: { rttMs: 1 },
      reports: { inAnswers: true },
      client: { timeoutMs: 300, attemptTimeoutMs: 100, retries: { max: 2, budget: true } },
      faults: [{ kind: "gc-pause", pauseMs: 50, everyMs: 500 }],
    };
    for (const algorithm of ALGORITHMS) {
      const [whole, stepped] = [new EventHash(), new EventHash()];
      const result = simulate(scenario, { algorithm, tap: whole });
      const simulation = new Simulation(scenario, { algorithm, tap: stepped });
      for (let at = 0; at <= simulation.endMs; at += 37) simulation.runUntil(at);
      simulation.runUntil(simulation.endMs);
      t.equal(stepped.digest, whole.digest, algorithm);
      t.strictSame(JSON.stringify(simulation.result()), JSON.stringify(result));
      t.ok(result.counts.ok > 100, `${algorithm}: ${result.counts.ok}`);
      const { offered, ok, failed, timeout, rejected, inFlight } = result.counts;
      t.equal(ok + failed + timeout + rejected + inFlight, offered);
    }
    t.throws(
      () => simulate(BASE, { algorithm: "nonsense" }),
      /^'nonsense' in this scenario is refused: algorithm: found 'nonsense', expected one of/,
    );
  },
);

t.test("every algorithm gets the same requests", async (t) => {
  const arrivals = (algorithm: string) => {
    const times: number[] = [];
    const tap: Tap = { arrival: (time, _, balancer, key) => times.push(time, balancer, key ?? -1) };
    simulate({ ...BASE, balancers: { count: 4 }, keys: { count: 9, zipf: 1 } }, { algorithm, tap });
    return times;
  };
  t.strictSame(arrivals("prequal"), arrivals("round-robin"));
  // With no queueing, a request's latency equals its demand (the work it asks for). So comparing latencies shows that
  // the nth request has the same demand under every algorithm.
  const demands = (algorithm: string) => {
    const found: number[] = [];
    const end = (_: number, request: number, __: number, ___: RequestOutcome, ms: number) => {
      found[request] = Math.round(ms * 1e6);
    };
    simulate({ ...BASE, servers: [{ count: 3, workers: 1000 }] }, { algorithm, tap: { end } });
    return found;
  };
  t.strictSame(demands("random"), demands("round-robin"));
});

t.test("a timeout is counted once, at its deadline, and apart from answers", async (t) => {
  const silent: Scenario = {
    ...BASE,
    client: { timeoutMs: 250 },
    faults: [{ kind: "crash", mode: "hang", servers: [0] }],
  };
  const { counts, latency, experienced, servers } = simulate(silent, { algorithm: "round-robin" });
  t.equal(counts.timeout, servers[0]?.picks);
  t.ok(Math.abs(counts.timeout / counts.offered - 1 / 6) < 0.01);
  t.ok(
    latency.max < 250.001 && latency.count === counts.ok,
    "the latency of answers does not contain timeouts",
  );
  t.ok(Math.abs(experienced.p99 - 250) < 2, "the experienced latency contains them");
  t.equal(counts.inFlight, 0);
});

t.test("a retry goes to another server; after a refused connection it is free", async (t) => {
  const refusing = (budget: boolean): Scenario => ({
    ...BASE,
    durationMs: 20_000,
    client: { retries: { max: 1, budget } },
    faults: [{ kind: "crash", mode: "refuse", servers: [0, 1] }],
  });
  const blind = { algorithm: "random", parameters: { draws: 1, failurePenalty: "0s" } };
  const free = simulate(refusing(false), blind);
  // Two of six servers refuse. A request fails when its first attempt and its retry are both
  // refused. The retry goes to one of the other five servers, of which one refuses. With 8000
  // requests the standard deviation of the share is .003.
  t.ok(Math.abs(free.counts.failed / free.counts.offered - (2 / 6) * (1 / 5)) < 0.01);
  t.equal(free.retries, free.attempts - free.counts.offered);
  t.same(simulate(refusing(true), blind).counts, free.counts);
});

t.test("retries that the budget bounds: a fifth of the requests in flight", async (t) => {
  const silent = (max: number, budget: boolean) =>
    simulate(
      {
        ...BASE,
        durationMs: 20_000,
        client: { timeoutMs: 5_000, attemptTimeoutMs: 100, retries: { max, budget } },
        faults: [{ kind: "crash", mode: "hang" }],
      },
      { algorithm: "round-robin" },
    );
  const share = ({ retries, counts }: ReturnType<typeof silent>) => retries / counts.offered;
  t.equal(share(silent(1, false)), 1, "without a budget every request is retried");
  // There are 400 requests a second, and a share r of them is retried. Each attempt takes 100 ms, so 40 + 40 r attempts
  // are in flight, and 40 r of these are retries. The budget allows one retry in five attempts, so r = .25 if the
  // number in flight is constant. The budget counts the most requests in flight within the last second, which is about
  // 3 σ = 40 % above the mean of 50. So r is at most .25 × 1.4.
  const once = share(silent(1, true));
  t.ok(once > 0.25 && once < 0.35, `${once}`);
  // A request counts in the budget until the request has ended. With three retries a request counts three times as
  // long. So a third as many requests may be retried, and the number of retries is the same.
  const thrice = share(silent(3, true));
  t.ok(thrice > 0.25 && thrice < 0.35, `${thrice}`);
});

t.test("a scenario with a number as budget, as it was once written, is refused", async (t) => {
  const client = { retries: { max: 1, budget: 0.2 as unknown as boolean } };
  t.throws(
    () => simulate({ ...BASE, client }, { algorithm: "random" }),
    /client\.retries\.budget: found '0\.2', expected true or false$/,
  );
});

t.test("failures as served: only lost and refused connections are retried", async (t) => {
  const retries = { max: 1, failures: "served" } as const;
  const run = (faults: Scenario["faults"]) =>
    simulate(
      { ...BASE, client: { attemptTimeoutMs: 300, retries }, ...(faults && { faults }) },
      { algorithm: "round-robin" },
    );
  const errors = run([{ kind: "errors", share: 0.5 }]);
  t.same([errors.retries, errors.counts.failed > 800], [0, true]);
  const late = run([{ kind: "crash", mode: "hang", servers: [0] }]);
  t.same([late.retries, late.counts.timeout > 300], [0, true]);
  const refused = run([{ kind: "crash", mode: "refuse", servers: [0] }]);
  t.same([refused.retries > 300, refused.counts.failed], [true, 0]);
  const lost = run([{ kind: "crash", mode: "refuse", servers: [0], atMs: 2_500, forMs: 1 }]);
  t.same([lost.retries > 0, lost.counts.failed], [true, 0]);
});

t.test("health checks take a crashed server out and back in", async (t) => {
  const states: [time: number, what: string][] = [];
  const { series, counts } = simulate(
    {
      ...BASE,
      durationMs: 20_000,
      health: { intervalMs: 500, timeoutMs: 200, rise: 2, fall: 3, lagMs: 100 },
      faults: [{ kind: "crash", mode: "refuse", servers: [2], atMs: 5_000, forMs: 5_000 }],
      measure: { seriesMs: 1_000 },
    },
    { algorithm: "round-robin", tap: { state: (time, _, what) => states.push([time, what]) } },
  );
  t.same(
    states.map(([, what]) => what),
    ["down", "unhealthy", "up", "healthy"],
  );
  const [, unhealthy = 0, , healthy = 0] = states.map(([time]) => time);
  // Server 2 is found down by the third failure, two to three intervals after the crash. It is
  // found up by the second success, one to two intervals after the recovery. An interval is 475 to
  // 525 ms, as with the balancer's own checks. The lag adds 100 ms.
  t.ok(unhealthy >= 6_050 && unhealthy <= 6_675, `${unhealthy}`);
  t.ok(healthy >= 10_575 && healthy <= 11_150, `${healthy}`);
  t.equal(series.picks[8]?.[2], 0, "the server gets no requests while it is out");
  t.ok((series.picks[15]?.[2] ?? 0) > 40, "it gets its share afterwards");
  t.ok(
    counts.failed > 40 && counts.failed < 120,
    `${counts.failed}: a sixth of 400 a second for 1.1 to 1.7 s`,
  );
});

t.test("a check without an answer delays the next one by its timeout", async (t) => {
  const states: number[] = [];
  simulate(
    {
      ...BASE,
      durationMs: 20_000,
      health: { intervalMs: 500, timeoutMs: 400, rise: 2, fall: 3 },
      faults: [{ kind: "crash", mode: "hang", servers: [2], atMs: 5_000, forMs: 10_000 }],
    },
    {
      algorithm: "round-robin",
      tap: { state: (time, _, what) => void (what === "unhealthy" && states.push(time)) },
    },
  );
  const [unhealthy = 0] = states;
  // The first check comes after 0 to 525 ms. Three checks time out, with two intervals of 475 to 525 ms between them.
  t.ok(unhealthy >= 5_000 + 3 * 400 + 2 * 475 && unhealthy <= 5_000 + 3 * 400 + 3 * 525);
});

t.test("the first check of a server decides alone, and so does its next success", async (t) => {
  const states: [time: number, what: string][] = [];
  simulate(
    {
      ...BASE,
      health: { intervalMs: 1_000, timeoutMs: 200, rise: 2, fall: 3 },
      faults: [{ kind: "crash", mode: "refuse", servers: [3], atMs: 0, forMs: 2_000 }],
    },
    { algorithm: "round-robin", tap: { state: (time, _, what) => states.push([time, what]) } },
  );
  t.same(
    states.map(([, what]) => what),
    ["down", "unhealthy", "up", "healthy"],
  );
  const [, unhealthy = 0, , healthy = 0] = states.map(([time]) => time);
  t.equal(unhealthy, 500, "the time of its first check");
  t.ok(healthy > 2_000 && healthy < 2_263, `${healthy}: until then a check every 250 ms`);
});

t.test("limits: the queue of a server, the balancer's connections and its queue", async (t) => {
  const flood: Scenario = {
    ...BASE,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_200 } },
  };
  const shed = simulate(
    { ...flood, servers: [{ count: 6, queueLimit: 3 }] },
    { algorithm: "random" },
  );
  t.ok(
    shed.counts.failed > 0.4 * shed.counts.offered,
    "at twice the load that the servers can take, half of it is refused",
  );
  t.ok(shed.depths.length <= 5, "a server has at most 1 request in service and 3 waiting");
  const limited = simulate(
    { ...flood, servers: [{ count: 6, maxConnections: 4 }] },
    { algorithm: "random" },
  );
  t.ok(limited.counts.rejected > 0.4 * limited.counts.offered);
  t.ok(limited.depths.length <= 5);
  const held = simulate(
    {
      ...BASE,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 500 } },
      servers: [{ count: 6, maxConnections: 1 }],
      balancers: { queueLimit: 10_000 },
    },
    { algorithm: "round-robin" },
  );
  t.same(
    [held.counts.rejected, held.counts.inFlight],
    [0, 0],
    "requests wait at the balancer instead",
  );
  t.ok(held.depths.length <= 2);
});

t.test("zones, subsets, slow start and closed loops", async (t) => {
  const zoned = simulate(
    {
      ...BASE,
      servers: [0, 1, 2].map((zone) => ({ count: 2, zone })),
      balancers: { count: 3, zones: [0, 1, 2], zonePreference: "first" },
    },
    { algorithm: "round-robin" },
  );
  t.equal(zoned.acrossZones, 0);
  const subset = {
    ...BASE,
    servers: [{ count: 12 }],
    balancers: { count: 4, subset: { method: "rounds", size: 3 } },
  } as const;
  const shares = simulate(subset, { algorithm: "round-robin" }).servers.map(({ share }) => share);
  // Four balancers divide twelve servers among them. Each balancer gets about 2000 requests, a quarter of all.
  t.ok(
    shares.every((share) => Math.abs(share - 1 / 12) < 0.02),
    `${shares}`,
  );
  const joining: Scenario = {
    ...BASE,
    durationMs: 20_000,
    servers: [{ count: 5 }, { count: 1, joinsAtMs: 5_000 }],
    slowStart: { windowMs: 10_000, curve: "linear", aggression: 1, minimum: 0.1 },
    measure: { seriesMs: 1_000 },
  };
  const { picks } = simulate(joining, { algorithm: "round-robin" }).series;
  const share = (second: number) => (picks[second]?.[5] ?? 0) / 400;
  t.equal(share(3), 0);
  t.ok(
    share(6) < 0.05 && share(10) > 0.05 && share(10) < 0.13 && share(17) > 0.13,
    "the requests to the new server grow for ten seconds",
  );
  const held = new Simulation(
    {
      ...joining,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 2_000 } },
      servers: [
        { count: 1, maxConnections: 10 },
        { count: 1, maxConnections: 10, joinsAtMs: 5_000 },
      ],
      balancers: { queueLimit: 1_000 },
    },
    { algorithm: "least-conn" },
  );
  const depths = [6_000, 10_500, 16_000].map((time) => {
    held.runUntil(time);
    return held.snapshot().servers[1]?.depth ?? 0;
  });
  t.ok((depths[0] ?? 9) <= 1 && (depths[1] ?? 9) <= 6 && depths[2] === 10, `${depths}`);
  const closed = simulate(
    {
      ...BASE,
      durationMs: 60_000,
      warmupMs: 5_000,
      traffic: { kind: "closed", users: 20, think: { kind: "exponential", mean: 100 } },
    },
    { algorithm: "least-conn" },
  );
  // The interactive response time law: throughput = users / (response time + think time).
  const expected = 20 / (closed.latency.mean + 100);
  t.ok(
    Math.abs(closed.goodputPerSecond / 1000 / expected - 1) < 0.03,
    `${closed.goodputPerSecond}`,
  );
});

t.test("load reports show the errors of a black hole and the speed of a server", async (t) => {
  const scenario: Scenario = {
    ...BASE,
    durationMs: 60_000,
    warmupMs: 25_000,
    servers: [{ count: 3 }, { count: 3, speed: 2 }],
    reports: { inAnswers: true, windowMs: 1_000 },
  };
  const { servers } = simulate(scenario, { algorithm: "client-side-wrr" });
  const fast = servers.slice(3).reduce((sum, { share }) => sum + share, 0);
  // At twice the speed a request uses half the processor time. So a fast server has twice the weight, and the fast
  // servers together get two thirds of the load.
  t.ok(Math.abs(fast - 2 / 3) < 0.05, `${fast}`);
});

t.test("a snapshot shows the servers as they are", async (t) => {
  const simulation = new Simulation(
    {
      ...BASE,
      faults: [
        { kind: "crash", mode: "refuse", servers: [0], atMs: 1_000 },
        { kind: "brown-out", servers: [1], atMs: 1_000, factor: 4 },
        { kind: "black-hole", servers: [2], atMs: 1_000, latencyMs: 1 },
        {
          kind: "rolling-restart",
          servers: [3],
          atMs: 1_000,
          everyMs: 1,
          downMs: 60_000,
          drainMs: 60_000,
        },
      ],
    },
    { algorithm: "round-robin" },
  );
  simulation.runUntil(2_000);
  const { servers, timeMs, arrived } = simulation.snapshot();
  t.equal(timeMs, 2_000);
  t.ok(arrived > 700 && arrived < 900);
  t.same(
    servers.map(({ state }) => state),
    ["refusing", "up", "black hole", "up", "up", "up"],
  );
  t.same(
    servers.map(({ speed }) => speed),
    [1, 0.25, 1, 1, 1, 1],
  );
  t.same(
    servers.map(({ listed }) => listed),
    [1, 1, 1, 0, 1, 1],
  );
  t.equal(simulation.pickers.length, 1);
});
