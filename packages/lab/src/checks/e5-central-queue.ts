// E5 and E6: one central queue for all workers. With exponential service, the waiting time in the central queue follows
// Erlang's C formula. When every worker has its own queue, and each request is sent to the server with the least work
// left, each request takes the same time as with the central queue, up to rounding.
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import type { Tap } from "../sim/tap.ts";
import { estimate } from "../stats/estimate.ts";
import { type Check, near, within } from "./check.ts";
import { queues, run } from "./queues.ts";

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
  run: (full) =>
    [2, 10].map((workers) => {
      const load = 0.8;
      const requests = full ? 10_000_000 : 2_000_000;
      const result = run({ load, server: { workers }, requests }, { algorithm: "round-robin" });
      const expected = 1 + erlangC(workers, load * workers) / (workers * (1 - load));
      return near(
        `E[T], ${workers} workers at ρ = ${load}`,
        estimate(result.batches),
        expected,
        0.02,
      );
    }),
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
    let total = 0;
    for (const [request, sojourn] of central.entries()) {
      most = Math.max(most, Math.abs(sojourn - (spread[request] ?? 0)));
      total += sojourn;
    }
    return [
      // Clock values near 5000 are exact to 1e-12, and a busy period adds up some thousand roundings: far below 1e-6.
      within("largest difference of any request's time in system", most, 0, 1e-6, 0),
      within("mean time in system (they did wait)", total / 20_000, 1.2, 100),
    ];
  },
};
