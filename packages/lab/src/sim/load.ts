// Computes how much work a scenario brings, and how much work its servers can do. Work divided by capacity is the
// load, ρ. With a load of 1 or more the queues grow without end (Lindley 1952), so a mean says more about the length of
// the run than about the algorithm.
import { type Arrivals, type Rate, rateAt } from "./arrivals.ts";
import { compileDistribution } from "./distribution.ts";
import type { Scenario, ServerGroup } from "./scenario.ts";

const SAMPLES = 200;
/** A load that is below 1 by no more than this differs from 1 by rounding alone. */
const ROUNDING = 1e-9;

/** Returns the requests per second, averaged over the run. */
export function meanRate({ traffic, durationMs, service }: Scenario): number {
  if (traffic.kind === "open") return rateOf(traffic.arrivals, durationMs);
  const { mean } = compileDistribution(traffic.think);
  return (traffic.users * 1000) / (mean + compileDistribution(service).mean);
}

function rateOf(arrivals: Arrivals, durationMs: number): number {
  switch (arrivals.kind) {
    case "poisson":
      return averaged(arrivals.rate, durationMs);
    case "deterministic":
    case "batch":
      return arrivals.ratePerSecond;
    case "mmpp": {
      const [requests, ms] = arrivals.states.reduce(
        ([sum, time], { ratePerSecond, meanMs }) => [sum + ratePerSecond * meanMs, time + meanMs],
        [0, 0],
      );
      return requests / ms;
    }
    case "trace":
      return (arrivals.timesMs.length * 1000) / durationMs;
  }
}

function averaged(rate: Rate, durationMs: number): number {
  let sum = 0;
  for (let i = 0; i < SAMPLES; i++) sum += rateAt(rate, ((i + 0.5) * durationMs) / SAMPLES);
  return sum / SAMPLES;
}

/** Returns how many milliseconds of work the fleet does in a millisecond. */
export function capacity(servers: readonly ServerGroup[]): number {
  return servers.reduce(
    (sum, { count, workers = 1, speed = 1 }) => sum + count * workers * speed,
    0,
  );
}

/** Returns the offered work divided by the capacity of all servers, without the faults that reduce it. */
export function loadOf(scenario: Scenario): number {
  const { mean } = compileDistribution(scenario.service);
  return (meanRate(scenario) * mean) / 1000 / capacity(scenario.servers);
}

/**
 * Returns the load when it is 1 or more and nothing limits the queues, so that no algorithm has a mean. Undefined when
 * the load is below 1, and when deadlines, limits, a closed loop or caches bound the work that waits.
 */
export function unstableLoad(scenario: Scenario): number | undefined {
  if (!isUnbounded(scenario)) return undefined;
  const load = loadOf(scenario);
  return load >= 1 - ROUNDING ? load : undefined;
}

/** Whether queues may grow without end: no deadlines, limits, closed loop or caches bound the work that waits. */
export function isUnbounded({ traffic, client, keys, servers }: Scenario): boolean {
  const deadline = client?.timeoutMs ?? client?.attemptTimeoutMs;
  const limited = servers.some(
    ({ queueLimit, maxConnections = 0 }) => queueLimit !== undefined || maxConnections > 0,
  );
  return traffic.kind === "open" && deadline === undefined && !limited && keys?.cache === undefined;
}
