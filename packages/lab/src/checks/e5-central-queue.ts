// E5 and E6: one central queue for all workers. With exponential service, the waiting time in the central queue follows
// Erlang's C formula. When every worker has its own queue, and each request is sent to the server with the least work
// left, each request takes the same time as with the central queue, up to rounding.
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import type { Tap } from "../sim/tap.ts";
import type { Check } from "./check.ts";
import { constantServiceTime } from "./exact/constant-service.ts";
import { agrees, exactly, same } from "./finding.ts";
import { queues } from "./queues.ts";
import { meanTimeOf } from "./replicate.ts";

/** Returns the probability that all `workers` are busy at `offered` erlangs, by the recursion of Erlang's B formula. */
function erlangC(workers: number, offered: number): number {
  let blocked = 1;
  for (let k = 1; k <= workers; k++) blocked = (offered * blocked) / (k + offered * blocked);
  const load = offered / workers;
  return blocked / (1 - load * (1 - blocked));
}

export const centralQueue: Check = {
  id: "E5",
  title: "M/M/c with one queue: Erlang C",
  source: "Erlang 1917",
  *run(full) {
    for (const workers of [2, 10]) {
      const load = 0.8;
      const requests = full ? 10_000_000 : 3_000_000;
      const found = meanTimeOf(
        { load, server: { workers }, requests },
        { algorithm: "round-robin" },
      );
      const expected = 1 + erlangC(workers, load * workers) / (workers * (1 - load));
      yield agrees(`E[T], ${workers} workers at ρ = ${load}`, found, expected);
    }
  },
};

export const constantService: Check = {
  id: "E9",
  title: "M/D/c: one queue, constant service",
  source: "Crommelin 1932; the chain of the queue after each service, solved exactly",
  *run(full) {
    for (const [workers, load] of [
      [1, 0.7],
      [2, 0.8],
      [5, 0.9],
    ] as const) {
      const found = meanTimeOf(
        {
          load,
          server: { workers },
          service: { kind: "constant", value: 1 },
          requests: full ? 10_000_000 : 2_000_000,
        },
        { algorithm: "round-robin" },
      );
      const expected = constantServiceTime(workers, load * workers);
      yield agrees(`E[T], ${workers} workers at ρ = ${load}`, found, expected);
    }
  },
};

const WORKERS = 5;

function sojourns(scenario: Scenario): Float64Array {
  const found = new Float64Array(30_000);
  const tap: Tap = {
    end(_time, request, _server, _outcome, latencyMs) {
      found[request] = latencyMs;
    },
  };
  simulate(scenario, { algorithm: "least-work-left", tap });
  return found;
}

export const leastWorkLeft: Check = {
  id: "E6",
  title: "Least work left equals one central queue, on the same sample path",
  source: "Harchol-Balter, Performance Modeling and Design of Computer Systems (2013), §24.1",
  fast: true,
  run: () => {
    const options = { load: 0.9, requests: 20_000, warmupMs: 0, more: { drainMs: 10_000 } };
    const service = { kind: "lognormal", mean: 1, sigma: 1 } as const;
    const central = sojourns({
      ...queues({ ...options, service, server: { workers: WORKERS } }),
    });
    const spread = sojourns(queues({ ...options, service, count: WORKERS }));
    let most = 0;
    for (const [request, sojourn] of central.entries())
      most = Math.max(most, Math.abs(sojourn - (spread[request] ?? 0)));
    // With no wait the mean time of 20 000 requests would be 1, within a hundredth.
    const mean = central.reduce((sum, one) => sum + one, 0) / 20_000;
    return [
      // Clock values near 5000 are exact to 1e-12, and a busy period adds up some thousand roundings: far below 1e-6.
      exactly("largest difference of any request's time in system", most, 0, 1e-6),
      same("they had to wait", mean > 1.2 ? "yes" : "no", "yes"),
    ];
  },
};
