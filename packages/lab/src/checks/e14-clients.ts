// E14 and E15: users who wait for their answers, and requests that are tried again.

import type { Scenario } from "../sim/scenario.ts";
import type { Check } from "./check.ts";
import { closedLoop } from "./exact/closed-loop.ts";
import { agrees } from "./finding.ts";
import { over, runsOf } from "./replicate.ts";

export const closedLoops: Check = {
  id: "E14",
  title: "A closed loop of users who think: mean value analysis",
  source: "Reiser & Lavenberg 1980",
  run: (full) =>
    [
      { users: 10, think: 5, servers: 1 },
      { users: 40, think: 20, servers: 4 },
    ].flatMap(({ users, think, servers }) => {
      const scenario: Scenario = {
        name: "closed loop",
        warmupMs: 500,
        durationMs: full ? 500_000 : 50_000,
        traffic: { kind: "closed", users, think: { kind: "exponential", mean: think } },
        service: { kind: "exponential", mean: 1 },
        servers: [{ count: servers }],
      };
      const how = { algorithm: "random", parameters: { draws: 1 } };
      const runs = runsOf(scenario, how, ({ latency, goodputPerSecond }) => ({
        mean: latency.mean,
        perMs: goodputPerSecond / 1000,
      }));
      const exact = closedLoop(users, think, servers);
      const name = `${users} users, ${servers === 1 ? "1 server" : `${servers} servers`}`;
      return [
        agrees(
          `${name}: E[T]`,
          over(runs, ({ mean }) => mean),
          exact.meanTime,
        ),
        agrees(
          `${name}: answers per millisecond`,
          over(runs, ({ perMs }) => perMs),
          exact.throughput,
        ),
      ];
    }),
};

const SHARE = 0.3;
const RETRIES = 2;
/** So many workers that no request waits: then a request takes its own work, once per attempt. */
const TRIED_AGAIN: Scenario = {
  name: "tried again",
  warmupMs: 100,
  durationMs: 50_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 4000 } },
  service: { kind: "exponential", mean: 1 },
  servers: [{ count: 5, workers: 1000 }],
  client: { retries: { max: RETRIES } },
  faults: [{ kind: "errors", share: SHARE }],
};

export const triedAgain: Check = {
  id: "E15",
  title: "Retries: each attempt fails with the same probability, at another server",
  source: "the geometric distribution, cut after the last attempt",
  run: (full) => {
    const scenario = { ...TRIED_AGAIN, durationMs: full ? 500_000 : 50_000 };
    const runs = runsOf(scenario, { algorithm: "random" }, (result) => ({
      attempts: result.attempts / result.counts.offered,
      success: result.successShare,
      mean: result.latency.mean,
    }));
    const tries = Array.from({ length: RETRIES + 1 }, (_, i) => i);
    const success = 1 - SHARE ** (RETRIES + 1);
    const attempts = tries.reduce((sum, i) => sum + SHARE ** i, 0);
    // A request that succeeds at its attempt i + 1 has done its work i + 1 times.
    const mean = tries.reduce((sum, i) => sum + (i + 1) * SHARE ** i * (1 - SHARE), 0) / success;
    return [
      agrees(
        "attempts per request",
        over(runs, (run) => run.attempts),
        attempts,
      ),
      agrees(
        "share of good answers",
        over(runs, (run) => run.success),
        success,
      ),
      agrees(
        "mean time of good answers",
        over(runs, (run) => run.mean),
        mean,
      ),
    ];
  },
};
