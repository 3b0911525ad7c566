// Tests what a scenario tells the parts of the simulator, request by request: shares, turns, keys, caches, checks.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";
import { mix } from "./stream.ts";
import type { Tap } from "./tap.ts";

/** One request per millisecond, and no work worth the name. */
const BASE: Scenario = {
  name: "told",
  durationMs: 1000.5,
  drainMs: 100,
  traffic: { kind: "open", arrivals: { kind: "deterministic", ratePerSecond: 1000 } },
  service: { kind: "constant", value: 0.01 },
  servers: [{ count: 2 }],
};

/** Runs the scenario and returns the servers that were picked, in order, and the changes of state. */
function played(more: Partial<Scenario>, algorithm: string, parameters = {}) {
  const picks: number[] = [];
  const balancers: number[] = [];
  const states: { server: number; what: string; picks: number }[] = [];
  const tap: Tap = {
    arrival: (_time, _request, balancer) => balancers.push(balancer),
    pick: (_time, _request, _balancer, server) => picks.push(server),
    state: (_time, server, what) =>
      states.push({ server, what, picks: picks.filter((pick) => pick === server).length }),
  };
  const result = simulate({ ...BASE, ...more }, { algorithm, parameters, tap });
  return { picks, balancers, states, result };
}

t.test("balancers that share their counts share the turns too", async (t) => {
  const { picks } = played({ balancers: { count: 3, view: "shared" } }, "round-robin");
  t.ok(picks.length > 900);
  t.same(
    picks,
    picks.map((_, i) => i % 2),
  );
});

t.test("each balancer gets its share of the requests", async (t) => {
  const { balancers } = played({ balancers: { count: 2, shares: [1, 3] } }, "random");
  const first = balancers.filter((balancer) => balancer === 0).length / balancers.length;
  // Four standard deviations of a thousand draws.
  t.ok(Math.abs(first - 0.25) < 0.055, `${first} is about a quarter`);
});

t.test("pickers get the hash of a key, not the key", async (t) => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7];
  const keys = { count: 8, zipf: 0, values };
  const { picks } = played({ keys, servers: [{ count: 4 }] }, "uri", {
    hash: { method: "modulo" },
  });
  t.same(
    picks.slice(0, 8),
    values.map((key) => (mix(key + 1) >>> 0) % 4),
  );
});

t.test("a key in the cache costs its share of the work", async (t) => {
  const { result } = played(
    {
      service: { kind: "constant", value: 0.8 },
      servers: [{ count: 1 }],
      keys: { count: 1, zipf: 0, cache: { share: 1, hitShare: 0.25 } },
    },
    "round-robin",
  );
  const { mean, max, count } = result.latency;
  t.ok(Math.abs(max - 0.8) < 1e-9, "the first request does all the work");
  t.ok(Math.abs(mean * count - 0.8 - 0.2 * (count - 1)) < 1e-6, "all others a quarter");
});

const HEALTH = { intervalMs: 50, timeoutMs: 10, rise: 2, fall: 2 };

t.test("a server is ejected after so many failures in a row", async (t) => {
  const { states } = played(
    {
      health: { ...HEALTH, ejection: { failures: 3, ejectMs: 1e6 } },
      faults: [{ kind: "errors", servers: [0], share: 1 }],
    },
    "round-robin",
  );
  t.match(
    states.filter(({ what }) => what === "ejected"),
    [{ server: 0, picks: 3 }],
  );
});

t.test("a black hole passes its checks, unless they see it", async (t) => {
  const faults = [{ kind: "black-hole", servers: [0], latencyMs: 0 }] as const;
  const unhealthy = (seesBlackHoles: boolean) =>
    played({ health: { ...HEALTH, seesBlackHoles }, faults }, "round-robin").states.filter(
      ({ what }) => what === "unhealthy",
    ).length;
  t.equal(unhealthy(false), 0);
  t.equal(unhealthy(true), 1);
});
