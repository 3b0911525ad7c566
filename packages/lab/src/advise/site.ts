// A site as the adviser knows it, and the scenarios that it makes of it. Plain data; times are in milliseconds, rates per
// second.
import { compileDistribution, type Distribution } from "../sim/distribution.ts";
import { type Queues, requestsToSettle, settledUpTo } from "../sim/relaxation.ts";
import type { Scenario } from "../sim/scenario.ts";
import { Stream } from "../sim/stream.ts";

export interface SiteServer {
  readonly name: string;
  /** How fast the server works: at 2 a request takes half the time of its work. */
  readonly speed: number;
  /** How uncertain the speed is: the standard error of its logarithm. Default 0. */
  readonly speedError?: number;
  /** The weight that the server has today. */
  readonly weight: number;
}

/** The work of a request: drawn from a distribution, or what was measured, in the order of the log. */
export type Work =
  | { readonly kind: "drawn"; readonly distribution: Distribution }
  | {
      readonly kind: "measured";
      readonly valuesMs: readonly number[];
      readonly roundedToMs: number;
    };

export interface Site {
  readonly servers: readonly SiteServer[];
  /** How many requests each server works on at once. */
  readonly workers: number;
  /** Today's requests per second, of all servers together. */
  readonly rate: number;
  readonly work: Work;
  /** The arrivals of a log, from 0 on, where requests come less evenly than by chance. Else they are drawn (Poisson). */
  readonly arrivalsMs?: readonly number[];
  /** How many requests the balancer gives to a server at once; further ones wait at the balancer. 0 = unlimited. */
  readonly maxConnections: number;
}

export interface RunChoice {
  readonly rate: number;
  /** The measured requests of a run. Without effect where the arrivals are those of a log. */
  readonly requests: number;
  readonly weights: readonly number[];
  readonly seed: number;
}

/** A tenth as many requests as are measured come before them, so that the queues have their usual length. */
const WARM_UP = 0.1;
/** The queue of a backend in tandem.yaml, by default. */
const BACKEND_QUEUE = { queueLimit: 1_000, queueTimeoutMs: 5_000 } as const;
const LEAST_MS = 0.05;

/**
 * Makes the scenario of one run. Runs with the same seed meet the same requests, whatever the weights; at another rate
 * the same requests come closer together.
 */
export function scenarioOf(site: Site, { rate, requests, weights, seed }: RunChoice): Scenario {
  const timesMs = site.arrivalsMs?.map((ms) => (ms * site.rate) / rate);
  const count = timesMs?.length ?? Math.ceil(requests * (1 + WARM_UP));
  const durationMs = timesMs === undefined ? (count * 1000) / rate : (timesMs.at(-1) ?? 0) + 1;
  const { maxConnections } = site;
  const speeds = speedsIn(site, seed);
  return {
    name: `${site.servers.length} servers at ${Number(rate.toPrecision(4))}/s`,
    durationMs,
    warmupMs: (durationMs * WARM_UP) / (1 + WARM_UP),
    drainMs: Math.max(60_000, 100 * meanWorkMs(site.work)),
    traffic: {
      kind: "open",
      arrivals: timesMs === undefined ? { kind: "poisson", rate } : { kind: "trace", timesMs },
    },
    service: serviceOf(site.work, count, seed),
    servers: speeds.map((speed, i) => ({
      count: 1,
      workers: site.workers,
      speed,
      weight: weights[i] ?? 1,
      ...(maxConnections > 0 && { maxConnections }),
    })),
    ...(maxConnections > 0 && { balancers: BACKEND_QUEUE }),
    network: { probeRttMs: 1 },
    // Nothing looks at the series, so it is as coarse as it can be.
    measure: { seriesMs: durationMs, sampleMs: durationMs, perServer: false },
  };
}

/** Speeds that are uncertain are drawn for each seed, so that the spread over the seeds contains that too. */
function speedsIn({ servers }: Site, seed: number): readonly number[] {
  const stream = new Stream(seed, "speeds");
  return servers.map(({ speed, speedError = 0 }) =>
    speedError === 0 ? speed : speed * Math.exp(speedError * stream.normal()),
  );
}

/**
 * Measured work is drawn for each seed in two steps: a log as long as the real one, of its requests with replacement (the
 * bootstrap), and from that log the requests of the run. So the spread over the seeds contains what the log, which is a
 * sample, leaves open. A log's whole milliseconds are spread over what they stand for.
 */
function serviceOf(work: Work, count: number, seed: number): Distribution {
  if (work.kind === "drawn") return work.distribution;
  const { valuesMs, roundedToMs } = work;
  const stream = new Stream(seed, "work of the log");
  const another = valuesMs.map(() => valuesMs[stream.below(valuesMs.length)] ?? 0);
  const values = Array.from({ length: count }, () => {
    const value = another[stream.below(another.length)] ?? 0;
    return Math.max(LEAST_MS, value + roundedToMs * (stream.next() - 0.5));
  });
  return { kind: "trace", values };
}

/** Returns how many requests per second the servers can do at most. */
export function capacityRate({ servers, workers, work }: Site): number {
  const speed = servers.reduce((sum, one) => sum + one.speed, 0);
  return (1000 * workers * speed) / meanWorkMs(work);
}

/** No run is made longer than this, so the loads nearest to 1 cannot be told. */
const LONGEST = 400_000;

const queuesOf = ({ servers, work }: Site): Queues => ({
  servers: servers.length,
  service: work.kind === "drawn" ? work.distribution : { kind: "trace", values: work.valuesMs },
});

/** Returns how many requests a run at this rate needs, at least `usual`. */
export function requestsAt(site: Site, rate: number, usual: number): number {
  const needed = requestsToSettle(rate / capacityRate(site), queuesOf(site));
  return Math.max(usual, Math.min(LONGEST, needed));
}

/**
 * Returns the highest rate of which the longest runs say how long its queues are; nearer to the capacity they would have
 * to be longer. The arrivals of a log are as many as they are.
 */
export function highestRateTold(site: Site, usual: number): number {
  const requests = site.arrivalsMs?.length ?? Math.max(usual, LONGEST);
  return capacityRate(site) * settledUpTo(requests, queuesOf(site));
}

/** Returns the mean work of a request. */
export function meanWorkMs(work: Work): number {
  return work.kind === "drawn"
    ? compileDistribution(work.distribution).mean
    : work.valuesMs.reduce((sum, value) => sum + value, 0) / work.valuesMs.length;
}
