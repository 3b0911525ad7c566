// E2 and E7: the single queue. With Poisson arrivals and exponential service, the time in the system is itself
// exponential with mean 1/(1 − ρ). When a Poisson stream is split at random over servers, each server is an independent
// queue of this kind.
import type { SimulationOptions } from "../sim/simulation.ts";
import type { Check, Finding } from "./check.ts";
import { agrees } from "./finding.ts";
import type { QueueOptions } from "./queues.ts";
import { over, replicate } from "./replicate.ts";

/** Checks the mean and the quantiles of an exponential distribution with this mean. */
function exponential(options: QueueOptions, how: SimulationOptions, mean: number): Finding[] {
  const runs = replicate(options, how, ({ latency }) => latency);
  return [
    agrees(
      "mean time in system",
      over(runs, (run) => run.mean),
      mean,
    ),
    agrees(
      "p50",
      over(runs, (run) => run.p50),
      mean * Math.LN2,
    ),
    agrees(
      "p90",
      over(runs, (run) => run.p90),
      mean * Math.log(10),
    ),
    agrees(
      "p99",
      over(runs, (run) => run.p99),
      mean * Math.log(100),
    ),
  ];
}

export const mm1: Check = {
  id: "E2",
  title: "M/M/1: time in system is exponential with mean 1/(1 − ρ)",
  source: "Kleinrock, Queueing Systems I (1975), §3.2",
  run: (full) => {
    const requests = full ? 20_000_000 : 4_000_000;
    return exponential({ load: 0.7, requests }, { algorithm: "round-robin" }, 1 / 0.3);
  },
};

export const randomSplit: Check = {
  id: "E7",
  title: "A random split over n queues makes n independent M/M/1",
  source: "Kingman, Poisson Processes (1993), §5.1",
  run: (full) =>
    exponential(
      { load: 0.7, count: 10, requests: full ? 20_000_000 : 4_000_000 },
      { algorithm: "random", parameters: { draws: 1 } },
      1 / 0.3,
    ),
};
