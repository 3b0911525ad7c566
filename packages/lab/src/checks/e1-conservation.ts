// E1: two laws that hold for every queue and every distribution: Little's law L = λW and the
// utilization law ρ = λE[S]. E1 also checks that no request is lost or invented, and that two runs
// with one seed are equal to the bit.
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import { EventHash } from "../sim/tap.ts";
import type { Estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { agrees, exactly, same } from "./finding.ts";
import { run } from "./queues.ts";

const TROUBLED: Scenario = {
  name: "troubled",
  durationMs: 20_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1800 } },
  service: { kind: "lognormal", mean: 5, sigma: 1 },
  servers: [
    { count: 6, queueLimit: 20, maxConnections: 2 },
    { count: 2, discipline: "sharing", workers: 2, maxConnections: 3 },
  ],
  balancers: { count: 3, queueLimit: 3 },
  network: { rttMs: 1 },
  client: {
    timeoutMs: 200,
    attemptTimeoutMs: 60,
    retries: { max: 1, budget: true, backoffMs: 2 },
  },
  health: {
    intervalMs: 500,
    timeoutMs: 200,
    rise: 2,
    fall: 2,
    ejection: { failures: 5, ejectMs: 1000 },
  },
  faults: [
    { kind: "crash", mode: "refuse", servers: [0], atMs: 3_000, forMs: 4_000 },
    { kind: "crash", mode: "hang", servers: [1], atMs: 8_000, forMs: 3_000 },
    { kind: "gc-pause", servers: [2], pauseMs: 80, everyMs: 900 },
    { kind: "errors", servers: [3], share: 0.1 },
    { kind: "brown-out", servers: [4], factor: 8, atMs: 12_000, forMs: 4_000 },
  ],
};

function little(): Finding[] {
  const result = run(
    { load: 0.8, count: 4, requests: 1_000_000, warmupMs: 0, more: { drainMs: 2_000 } },
    { algorithm: "random" },
  );
  const elapsed = result.simulatedMs;
  const inSystem = result.servers.reduce((sum, { meanDepth }) => sum + meanDepth, 0) * elapsed;
  const busy = result.servers.reduce((sum, { utilization }) => sum + utilization, 0) / 4;
  const sojourns = result.latency.count * result.latency.mean;
  return [
    // The two compared numbers are sums of the same half million times. The times are added in different orders, so the
    // sums differ only by rounding.
    exactly("Little: ∫ requests in system dt / Σ times in system", inSystem / sojourns, 1, 1e-9),
    // The demands have the coefficient of variation 1, so the mean of n demands has the relative error 1/√n. The run
    // continues for two seconds after the last arrival, so that the work of all requests is done.
    agrees(
      "utilization / (λ E[S])",
      known((busy * elapsed) / (result.arrived / 4), result.arrived),
      1,
    ),
  ];
}

/** The estimate of a mean of `count` numbers with the coefficient of variation 1, relative to their true mean. */
function known(mean: number, count: number): Estimate {
  const error = 1 / Math.sqrt(count);
  return { mean, error, low: mean - 1.96 * error, high: mean + 1.96 * error, count: Infinity };
}

/** Checks with one algorithm that no request is lost, and that equal seeds make equal runs. */
export function accounts(algorithm = "least-conn"): Finding[] {
  const hash = (seed: number) => {
    const tap = new EventHash();
    const result = simulate(TROUBLED, { algorithm, seed, tap });
    return { digest: tap.digest, result };
  };
  const [first, again, other] = [hash(1), hash(1), hash(2)];
  const { offered, ok, failed, timeout, rejected, inFlight } = first.result.counts;
  return [
    same(
      "arrived = ok + failed + timed out + refused (with every kind of trouble)",
      ok + failed + timeout + rejected,
      offered,
    ),
    same(
      "outcomes that came up",
      Object.entries({ ok, failed, timeout, rejected }).flatMap(([name, n]) => (n > 0 ? name : [])),
      "ok failed timeout rejected",
    ),
    same("none left after the drain", inFlight, 0),
    same("same seed, same event log", again.digest, first.digest),
    {
      ...same("another seed, another log", other.digest, "different"),
      holds: other.digest !== first.digest,
    },
  ];
}

export const conservation: Check = {
  id: "E1",
  title: "Little's law, utilization law, no request lost, equal runs",
  source: "Little 1961; Denning & Buzen 1978",
  fast: true,
  run: () => [...little(), ...accounts()],
};
