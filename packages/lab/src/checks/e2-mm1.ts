// E2 and E7: the single queue. With Poisson arrivals and exponential service, the time in the system is itself
// exponential with mean 1/(1 − ρ). When a Poisson stream is split at random over servers, each server is an independent
// queue of this kind.
import type { Result } from "../sim/result.ts";
import { estimate } from "../stats/estimate.ts";
import { type Check, type Finding, near } from "./check.ts";
import { run } from "./queues.ts";

/** Checks the mean and the quantiles of an exponential distribution with this mean, within 3 %. */
function exponential(result: Result, mean: number): Finding[] {
  const { p50, p90, p99 } = result.latency;
  return [
    near("mean time in system", estimate(result.batches), mean, 0.03),
    near("p50", p50, mean * Math.LN2, 0.03),
    near("p90", p90, mean * Math.log(10), 0.03),
    near("p99", p99, mean * Math.log(100), 0.03),
  ];
}

export const mm1: Check = {
  id: "E2",
  title: "M/M/1: time in system is exponential with mean 1/(1 − ρ)",
  source: "Kleinrock, Queueing Systems I (1975), §3.2",
  run: (full) => {
    // 2 million requests at ρ = .7 last 76 000 relaxation times of 1 / (1 − √ρ)² ms: the mean's error is below 1 %.
    const requests = full ? 10_000_000 : 2_000_000;
    const result = run({ load: 0.7, requests }, { algorithm: "round-robin" });
    return exponential(result, 1 / 0.3);
  },
};

export const randomSplit: Check = {
  id: "E7",
  title: "A random split over n queues makes n independent M/M/1",
  source: "Kingman, Poisson Processes (1993), §5.1",
  run: (full) => {
    const result = run(
      { load: 0.7, count: 10, requests: full ? 10_000_000 : 2_000_000 },
      { algorithm: "random", parameters: { draws: 1 } },
    );
    return exponential(result, 1 / 0.3);
  },
};
