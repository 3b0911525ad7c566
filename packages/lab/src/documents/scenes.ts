// The situations in which the page "Which one should I use" compares all algorithms, for a fleet of any size. Where
// servers fail, the algorithms are compared by the share of lost requests. In the other situations they are compared by
// the tail of the latency.
import { METRICS, type Metric } from "../scenarios/study.ts";
import type { Distribution } from "../sim/distribution.ts";
import { compileDistribution } from "../sim/distribution.ts";
import type { Scenario } from "../sim/scenario.ts";

export interface FleetSize {
  readonly name: string;
  readonly servers: number;
  /** How many balancers there are. Each balancer counts only its own requests. */
  readonly balancers: number;
}

export const TWO: FleetSize = { name: "two servers, one balancer", servers: 2, balancers: 1 };
export const MANY: FleetSize = {
  name: "twenty servers, ten balancers",
  servers: 20,
  balancers: 10,
};

export interface Scene {
  readonly label: string;
  readonly metric: Metric;
  readonly scenario: Scenario;
}

const WORKERS = 2;
const WORK: Distribution = { kind: "exponential", mean: 10 };
const WARM_UP_MS = 15_000;

type Part = Partial<Scenario> & { readonly speeds?: readonly number[] };

/** Makes a scenario for the fleet at `load`, a share of the capacity of all its servers. */
function at(fleet: FleetSize, load: number, part: Part = {}): Scenario {
  const { speeds = [], service = WORK, ...more } = part;
  const speedOf = (index: number) => speeds[index % Math.max(1, speeds.length)] ?? 1;
  const servers = Array.from({ length: fleet.servers }, (_, i) => ({
    count: 1,
    workers: WORKERS,
    speed: speedOf(i),
  }));
  const capacity = servers.reduce((sum, { speed }) => sum + speed * WORKERS, 0);
  const rate = (capacity * load * 1000) / compileDistribution(service).mean;
  return {
    name: fleet.name,
    warmupMs: WARM_UP_MS,
    durationMs: WARM_UP_MS + (fleet.servers > 2 ? 20_000 : 60_000),
    traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
    service,
    servers,
    balancers: { count: fleet.balancers },
    network: { probeRttMs: 1 },
    ...more,
  };
}

const bursts = (fleet: FleetSize): Part => {
  const rate = (fleet.servers * WORKERS * 1000 * 0.4) / 10;
  const states = [
    { ratePerSecond: rate * 0.5, meanMs: 4_000 },
    { ratePerSecond: rate * 3, meanMs: 1_000 },
  ];
  return { traffic: { kind: "open", arrivals: { kind: "mmpp", states } } };
};

/** Returns every situation. Situations without a failure come first. */
export function scenesOf(fleet: FleetSize): readonly Scene[] {
  const scene = (label: string, metric: Metric, load: number, part?: Part): Scene => ({
    label: `${label}, load ${load}: ${metric.name}`,
    metric,
    scenario: at(fleet, load, part),
  });
  const { p99, errors } = METRICS;
  const pareto: Distribution = { kind: "bounded-pareto", alpha: 1.5, min: 3, max: 3_000 };
  return [
    scene("equal servers", p99, 0.7),
    scene("equal servers", p99, 0.9),
    scene("heavy tail", p99, 0.6, { service: pareto }),
    scene("bursts", p99, 0.4, bursts(fleet)),
    scene("half of them half as fast", p99, 0.6, { speeds: [1, 0.5] }),
    scene("pauses of 300 ms", p99, 0.6, {
      faults: [{ kind: "gc-pause", pauseMs: 300, everyMs: 10_000 }],
    }),
    scene("one ten times slower", errors, 0.4, {
      client: { timeoutMs: 500 },
      faults: [{ kind: "brown-out", servers: [0], atMs: WARM_UP_MS, forMs: 60_000, factor: 10 }],
    }),
    scene("one answers 503 at once", errors, 0.4, {
      faults: [{ kind: "black-hole", servers: [0], latencyMs: 1 }],
    }),
  ];
}
