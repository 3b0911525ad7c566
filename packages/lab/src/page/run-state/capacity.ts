// Computes how much work a scenario brings, and how much work its servers can do. Work divided by capacity is the
// "load" of the page.
import { type Arrivals, type Rate, rateAt } from "../../sim/arrivals.ts";
import { compileDistribution } from "../../sim/distribution.ts";
import type { Scenario, ServerGroup } from "../../sim/scenario.ts";

/**
 * Below this quotient of work and capacity the servers nearly always have a free worker, so the quotient says nothing
 * useful.
 */
const MEANINGFUL = 0.02;
const SAMPLES = 200;

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

/** Returns the offered work divided by the capacity. */
export function loadOf(scenario: Scenario): number {
  const { mean } = compileDistribution(scenario.service);
  return (meanRate(scenario) * mean) / 1000 / capacity(scenario.servers);
}

/**
 * Whether the page's load slider sets the load itself. If not, the slider sets a multiple of the
 * scenario's traffic.
 */
export function loadIsMeaningful(scenario: Scenario): boolean {
  return scenario.traffic.kind === "open" && loadOf(scenario) >= MEANINGFUL;
}

export function serverCount({ servers }: Scenario): number {
  return servers.reduce((sum, { count }) => sum + count, 0);
}
