// The results of a run, for tables, figures and tests. Except for the histograms, all of it is plain data.
import type { Histogram } from "../stats/histogram.ts";
import type { Parameters } from "./algorithms.ts";
import { OUTCOME } from "./attempt-table.ts";
import type { Model } from "./model.ts";
import { type Overloaded, overloadedOf } from "./overloaded.ts";
import type { SeriesRow } from "./series.ts";
import { type Unanswered, unansweredOf } from "./unanswered.ts";

/** Latencies in milliseconds; NaN when nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface ServerResult {
  readonly name: string;
  readonly zone: number;
  /** How many attempts of measured requests were given to this server. */
  readonly picks: number;
  /** This server's share of all picks. */
  readonly share: number;
  readonly ok: number;
  readonly failed: number;
  readonly timeout: number;
  /** How many requests that this server was given last are never answered (see `Result.counts`). */
  readonly unanswered: number;
  /** The share of the workers' time that was used, since the warm-up. */
  readonly utilization: number;
  /** The number of requests on this server, averaged over time (exact, not sampled). */
  readonly meanDepth: number;
  /** The number of requests on this server at the end. */
  readonly depthAtEnd: number;
  /** How many attempts failed because this server crashed. */
  readonly broken: number;
  readonly latency?: LatencySummary;
  readonly cache?: { readonly hits: number; readonly misses: number };
}

export interface Result {
  readonly scenario: string;
  readonly algorithm: string;
  readonly parameters: Parameters;
  readonly seed: number;
  readonly warmupMs: number;
  readonly simulatedMs: number;
  /** How many events the simulator ran, as a measure of its work. */
  readonly events: number;
  /** How many requests arrived, including the requests of the warm-up. */
  readonly arrived: number;
  /**
   * Requests that arrived after the warm-up, by outcome. `offered` is the sum of `ok`, `failed`, `timeout`, `rejected`
   * and `inFlight`. `unanswered` is the part of `inFlight` that is never answered, by the rule in unanswered.ts; the
   * rest of `inFlight` had only not ended yet.
   */
  readonly counts: {
    readonly offered: number;
    readonly ok: number;
    readonly failed: number;
    readonly timeout: number;
    readonly rejected: number;
    readonly inFlight: number;
    readonly unanswered: number;
  };
  /**
   * The load, when it is 1 or more and nothing limits the queues. The queues then grow without end, so the latencies
   * are those of a run of this length and have no mean. Absent when the run is stable.
   */
  readonly unstable?: number;
  /** The servers that got more work than they can do, if the run is not unstable as a whole (see overloaded.ts). */
  readonly overloaded: readonly Overloaded[];
  /** How many times measured requests were given to a server, and how many of these attempts were retries. */
  readonly attempts: number;
  readonly retries: number;
  readonly probes: number;
  /**
   * Attempts that reached a paused server (`onPaused`), and attempts that went to another zone
   * (`acrossZones`). Both counts include the warm-up.
   */
  readonly onPaused: number;
  readonly acrossZones: number;
  /** The number of good answers, as a share of all requests that ended or are never answered. */
  readonly successShare: number;
  readonly goodputPerSecond: number;
  /** The latency of good answers, from the intended arrival. Timeouts are not included. */
  readonly latency: LatencySummary;
  /** As `lasting`, but including timeouts: each timeout counts with the time that its client waited. */
  readonly experienced: LatencySummary;
  /**
   * As `latency`, but including the requests that are never answered: each counts with the time that it has waited so
   * far, so the values are lower bounds. The same as `latency` when every request is answered.
   */
  readonly lasting: LatencySummary;
  readonly histogram: Histogram;
  /** Answers and timeouts, without the requests that are never answered. */
  readonly experiencedHistogram: Histogram;
  /** The mean latency in each of the equal slices of the measured time (see BATCHES in meter.ts). */
  readonly batches: readonly number[];
  readonly servers: readonly ServerResult[];
  /**
   * At index n: the share of all samples in which a server held n requests. The tail s_i of
   * queueing theory is the sum of the values from index i on.
   */
  readonly depths: readonly number[];
  /** How unevenly the servers were loaded, averaged over the samples. */
  readonly imbalance: {
    readonly maxOverMean: number;
    readonly cv: number;
    readonly jain: number;
    readonly p99Depth: number;
  };
  /** What limits an algorithm kept to instead of its parameters (`Picker.note`), in sentences. Usually empty. */
  readonly notes: readonly string[];
  /** How many picks had each reason, by the reason's name. */
  readonly why: Readonly<Record<string, number>>;
  readonly series: {
    readonly intervalMs: number;
    readonly rows: readonly SeriesRow[];
    /** Indexed by interval, then by server. Empty for very large runs (see MOST_CELLS in series.ts). */
    readonly depth: readonly Float32Array[];
    readonly picks: readonly Uint32Array[];
  };
}

function summaryOf(histogram: Histogram): LatencySummary {
  return {
    count: histogram.count,
    mean: histogram.mean,
    p50: histogram.quantile(0.5),
    p90: histogram.quantile(0.9),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    max: histogram.max,
  };
}

export function resultOf(
  model: Model,
  run: {
    readonly algorithm: string;
    readonly parameters: Parameters;
    readonly seed: number;
    readonly unstable?: number;
  },
): Result {
  const { meter, agenda, scenario } = model;
  const [ok = 0, failed = 0, timeout = 0, rejected = 0] = meter.outcomes;
  const over = ok + failed + timeout + rejected;
  const offered = meter.arrivedMeasured;
  const open = unansweredOf(model, run.unstable !== undefined);
  const unanswered = open.waitedMs.length;
  const latency = summaryOf(meter.latency);
  const ended = experiencedOf(model);
  const until = Math.min(agenda.now, scenario.durationMs);
  const servers = serversOf(model, open);
  return {
    scenario: scenario.name,
    ...run,
    warmupMs: meter.warmupMs,
    simulatedMs: agenda.now,
    events: agenda.happened,
    arrived: meter.arrivedAll,
    counts: { offered, ok, failed, timeout, rejected, inFlight: offered - over, unanswered },
    attempts: meter.attempts,
    retries: meter.retries,
    probes: meter.probes,
    onPaused: meter.onPaused,
    acrossZones: meter.acrossZones,
    successShare: ok / (over + unanswered),
    goodputPerSecond: (ok * 1000) / Math.max(1e-9, until - meter.warmupMs),
    latency,
    experienced: summaryOf(lastingOf(ended, open)),
    lasting: unanswered === 0 ? latency : summaryOf(lastingOf(meter.latency, open)),
    histogram: meter.latency,
    experiencedHistogram: ended,
    batches: [...meter.batchSum].map((sum, batch) => sum / (meter.batchCount[batch] as number)),
    servers,
    overloaded: overloadedOf(
      model,
      servers.map(({ utilization }) => utilization),
    ),
    ...depthsOf(model),
    notes: notesOf(model),
    why: meter.why,
    series: {
      intervalMs: meter.series.intervalMs,
      rows: meter.series.rows,
      depth: meter.series.depthRows,
      picks: meter.series.pickRows,
    },
  };
}

/**
 * Adds up the histograms of answers and of timeouts. The meter keeps them apart, so that each request is recorded once.
 */
function experiencedOf({ meter }: Model): Histogram {
  const both = meter.timeouts.copy();
  both.add(meter.latency);
  return both;
}

function notesOf({ fleet }: Model): string[] {
  const note = fleet.balancers[0]?.picker.note?.();
  return note === undefined ? [] : [note];
}

function lastingOf(answers: Histogram, { waitedMs }: Unanswered): Histogram {
  if (waitedMs.length === 0) return answers;
  const all = answers.copy();
  for (const waited of waitedMs) all.record(waited);
  return all;
}

function serversOf(
  { meter, servers, stations, agenda, groups }: Model,
  { onServer }: Unanswered,
): ServerResult[] {
  const elapsed = Math.max(1e-9, agenda.now - meter.warmupMs);
  const total = meter.picks.reduce((sum, picks) => sum + picks, 0);
  return groups.map((group, server) => {
    const usage = stations.usage(server);
    const outcome = (index: number) => meter.serverOutcomes[server * 4 + index] as number;
    const busyMs = usage.busyMs - (meter.baseline.busyMs[server] as number);
    const depthMs = usage.depthMs - (meter.baseline.depthMs[server] as number);
    const latency = meter.perServer[server];
    const cache = servers.caches[server];
    return {
      name: `s${server}`,
      zone: group.zone ?? 0,
      picks: meter.picks[server] as number,
      share: (meter.picks[server] as number) / total,
      ok: outcome(OUTCOME.ok),
      failed: outcome(OUTCOME.failed),
      timeout: outcome(OUTCOME.timeout),
      unanswered: onServer[server] ?? 0,
      utilization: busyMs / elapsed / (stations.workers[server] as number),
      meanDepth: depthMs / elapsed,
      depthAtEnd: stations.depth[server] as number,
      broken: meter.brokenOn[server] as number,
      ...(latency && { latency: summaryOf(latency) }),
      ...(cache && { cache: { hits: cache.hits, misses: cache.misses } }),
    };
  });
}

function depthsOf({ meter }: Model): Pick<Result, "depths" | "imbalance"> {
  const total = meter.depths.reduce((sum, count) => sum + count, 0);
  const deepest = meter.depths.findLastIndex((count) => count > 0);
  const depths = [...meter.depths.subarray(0, deepest + 1)].map((count) => count / total);
  let below = 0;
  const p99Depth = depths.findIndex((share) => {
    below += share;
    return below >= 0.99;
  });
  const { samples, maxOverMean, cv, jain } = meter.imbalance;
  return {
    depths,
    imbalance: {
      maxOverMean: maxOverMean / samples,
      cv: cv / samples,
      jain: jain / samples,
      p99Depth,
    },
  };
}
