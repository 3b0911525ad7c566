// The laboratory's checks that hold for every algorithm, whatever its way of choosing, with an algorithm of the user's
// own: no request is lost, equal seeds make equal runs, and queueing theory where the algorithm cannot matter.
import type { Check, Finding } from "../checks/check.ts";
import { intervalOf } from "../checks/confidence.ts";
import { accounts } from "../checks/e1-conservation.ts";
import { agrees } from "../checks/finding.ts";
import { queues } from "../checks/queues.ts";
import { meanTimeOf, runsOf } from "../checks/replicate.ts";
import { estimate } from "../stats/estimate.ts";

const LOAD = 0.7;

/** With one server there is nothing to choose, so the time in the system is that of the single queue. */
const oneServer = (algorithm: string): Check => ({
  id: "O2",
  title: "With one server, the time in the system is the queue's: 1/(1 − ρ)",
  source: "Kleinrock, Queueing Systems I (1975), §3.2",
  run: (full) => [
    agrees(
      `E[T], one server at ρ = ${LOAD}`,
      meanTimeOf({ load: LOAD, requests: full ? 4_000_000 : 800_000 }, { algorithm }),
      1 / (1 - LOAD),
    ),
  ],
});

/**
 * With exponential service and equal servers, no algorithm that does not know the future has a shorter mean time than
 * one queue in front of all servers, which is what the least work left makes of the same requests.
 */
function notBelow(algorithm: string, count: number, requests: number): Finding {
  const scenario = queues({ load: 0.8, count, requests: requests / 20 });
  const means = (how: string) =>
    runsOf(scenario, { algorithm: how }, ({ lasting }) => lasting.mean);
  const bound = means("least-work-left");
  const found = estimate(means(algorithm).map((mean, run) => mean / (bound[run] ?? Number.NaN)));
  const interval = intervalOf(found);
  return {
    what: `E[T] / that of one queue for ${count} equal servers, the same requests`,
    expected: ">= 1",
    found: found.mean,
    interval,
    holds: interval[1] >= 1,
  };
}

const lowerBound = (algorithm: string): Check => ({
  id: "O3",
  title: "No better than one queue in front of all servers",
  source:
    "Winston 1977; Harchol-Balter, Performance Modeling and Design of Computer Systems (2013), §24.1",
  run: (full) => [2, 10].map((count) => notBelow(algorithm, count, full ? 2_000_000 : 400_000)),
});

/** Returns the checks for the algorithm of this name, which the simulator has to know. */
export const ownChecks = (algorithm: string): readonly Check[] => [
  {
    id: "O1",
    title: "No request is lost or invented, equal runs",
    source: "as E1, with servers that crash, hang, pause and fill up",
    run: () => accounts(algorithm),
  },
  oneServer(algorithm),
  lowerBound(algorithm),
];
