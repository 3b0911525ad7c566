// Computes how much work a scenario brings, and how much work its servers can do. Work divided by capacity is the
// load, ρ. With a load of 1 or more the queues grow without end (Lindley 1952), so a mean says more about the length of
// the run than about the algorithm.
import { type Arrivals, type Rate, rateAt } from "./arrivals.ts";
import { compileDistribution } from "./distribution.ts";
import type { Scenario, ServerGroup } from "./scenario.ts";
import { hasDeadline } from "./unanswered.ts";

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
 * Returns the load when it is 1 or more and nothing limits the latencies, so that no algorithm has a mean. Undefined when
 * the load is below 1, and when deadlines, limits, a closed loop or caches bound the latencies.
 */
export function unstableLoad(scenario: Scenario): number | undefined {
  if (hasDeadline(scenario.client) || !isOpen(scenario) || canLimitAll(scenario.servers))
    return undefined;
  const load = loadOf(scenario);
  return load >= 1 - ROUNDING ? load : undefined;
}

/**
 * Whether a server without limits of its own may get a queue that grows without end. A closed loop and caches bound the
 * work. Deadlines bound it only if the servers drop what the clients gave up: by default they finish it.
 */
export function isUnbounded(scenario: Scenario): boolean {
  const { client } = scenario;
  return isOpen(scenario) && !(hasDeadline(client) && client?.abandoned === "drop");
}

/** Whether a limit of its own bounds the queue of each server of the group. */
export function isLimited({ queueLimit, maxConnections = 0 }: ServerGroup): boolean {
  return queueLimit !== undefined || maxConnections > 0;
}

/** Whether requests come however many wait, and each is as much work as the scenario says. */
const isOpen = ({ traffic, keys }: Scenario): boolean =>
  traffic.kind === "open" && keys?.cache === undefined;

/**
 * Whether an algorithm can keep all queues short. A single server with a queue limit is enough: it refuses what it is
 * given beyond that. A server at its `maxConnections` is given nothing more, so the rest goes to servers without limits.
 */
const canLimitAll = (servers: readonly ServerGroup[]): boolean =>
  servers.some(({ queueLimit }) => queueLimit !== undefined) || servers.every(isLimited);
