// Tests which servers are called overloaded: those whose own load is 1 or more, in a run that is not unstable as a whole,
// and none that is only busy, fails fast or has a bounded queue.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";

/** Two fast servers and two slow ones. At an equal share, a slow one has 1.4 times the load of all together. */
const twoSpeeds = (load: number, more: Partial<Scenario> = {}): Scenario => ({
  name: "two speeds",
  warmupMs: 2_000,
  durationMs: 40_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 280 * load } },
  service: { kind: "exponential", mean: 10 },
  servers: [{ count: 2 }, { count: 2, speed: 0.4 }],
  ...more,
});

const named = (scenario: Scenario, algorithm: string, seed = 1) =>
  simulate(scenario, { algorithm, seed }).overloaded.map(({ server }) => server);

t.test("equal shares overload the slow servers, though all together have room", async (t) => {
  const { overloaded, unstable } = simulate(twoSpeeds(0.7), { algorithm: "round-robin" });
  t.equal(unstable, undefined);
  t.same(
    overloaded.map(({ server }) => server),
    ["s2", "s3"],
  );
  for (const { load } of overloaded) t.ok(Math.abs(load - 1.225) < 0.01, `${load}`);
  t.same(named(twoSpeeds(0.5), "round-robin"), [], "a load of .875 is none");
});

t.test("algorithms that look at the queues overload nothing, however busy all are", async (t) => {
  for (let seed = 1; seed <= 5; seed++)
    for (const algorithm of ["least-conn", "peak-ewma", "least-work-left"])
      t.same(named(twoSpeeds(0.95), algorithm, seed), [], `${algorithm} with seed ${seed}`);
});

t.test(
  "nothing is named where all are overloaded, or where something bounds the queues",
  async (t) => {
    t.same(named(twoSpeeds(1.1), "round-robin"), [], "unstable as a whole");
    const bounded: readonly Partial<Scenario>[] = [
      { client: { timeoutMs: 500, abandoned: "drop" } },
      { servers: [{ count: 2 }, { count: 2, speed: 0.4, queueLimit: 10 }] },
    ];
    for (const more of bounded)
      t.same(named(twoSpeeds(0.7, more), "round-robin"), [], JSON.stringify(more));
  },
);

t.test("a server that fails fast is idle, however much it is given", async (t) => {
  const faults = [{ kind: "black-hole", servers: [3], latencyMs: 1 }] as const;
  const { overloaded, servers } = simulate(twoSpeeds(0.85, { faults }), {
    algorithm: "least-conn",
    parameters: { failurePenalty: "0s" },
  });
  t.ok((servers[3]?.share ?? 0) > 0.2, "it gets more than it could do if each took its time");
  t.same(overloaded, []);
});

/** Two equal servers at one and a half times what they can do. */
const tooMuch = (more: Partial<Scenario>): Scenario => ({
  ...twoSpeeds(0.5, { servers: [{ count: 2 }] }),
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 300 } },
  ...more,
});

t.test("a limit of one server does not bound the queues of the others", async (t) => {
  const limited = tooMuch({ servers: [{ count: 1, queueLimit: 10 }, { count: 1 }] });
  const { overloaded, unstable } = simulate(limited, { algorithm: "round-robin" });
  t.equal(unstable, undefined, "another algorithm can give the work to the server that refuses it");
  t.same(named(limited, "round-robin"), ["s1"]);
  t.ok(Math.abs((overloaded[0]?.load ?? 0) - 1.5) < 0.01, JSON.stringify(overloaded));
  const parameters = { failurePenalty: "0s" };
  const even = simulate(limited, { algorithm: "least-conn", parameters });
  t.same(even.overloaded, [], "it keeps both queues equal, and s0 refuses the rest");

  const rest = tooMuch({ servers: [{ count: 1, maxConnections: 10 }, { count: 1 }] });
  t.equal(
    simulate(rest, { algorithm: "least-conn" }).unstable,
    1.5,
    "s1 gets all that s0 cannot take",
  );
});

t.test("clients that give up bound latencies, but no queues that servers finish", async (t) => {
  const client = { timeoutMs: 500 };
  t.same(named(twoSpeeds(0.7, { client }), "round-robin"), ["s2", "s3"]);
  t.same(named(tooMuch({ client }), "least-conn"), ["s0", "s1"]);
  t.equal(simulate(tooMuch({ client }), { algorithm: "least-conn" }).unstable, undefined);
  t.same(named(tooMuch({ client: { ...client, abandoned: "drop" } }), "least-conn"), []);
});

t.test("the server that a fault leaves is named, whichever algorithm", async (t) => {
  const crashed = tooMuch({
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: 150 } },
    faults: [{ kind: "crash", mode: "refuse", servers: [0], atMs: 1_000 }],
    health: { intervalMs: 100, timeoutMs: 50, rise: 2, fall: 1 },
  });
  for (const algorithm of ["round-robin", "least-conn"])
    t.same(named(crashed, algorithm), ["s1"], algorithm);
});
