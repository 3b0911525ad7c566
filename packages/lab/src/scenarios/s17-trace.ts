// S17: replays an access log at several speeds, with its arrivals, service demands and keys (together a trace). The
// trace in this file is made up (a day's rhythm in ten minutes, bursts, log-normal work, popular pages), so that the
// study runs without a log. `traceStudy` makes the same study from the trace of a real log.
import { compileArrivals } from "../sim/arrivals.ts";
import { compileDistribution } from "../sim/distribution.ts";
import type { Scenario } from "../sim/scenario.ts";
import { Stream } from "../sim/stream.ts";
import { Zipf } from "../sim/zipf.ts";
import { CANDIDATES, hashing, METRICS, type Study } from "./study.ts";

/** A trace has one entry per request, in order of arrival. */
export interface Trace {
  readonly name: string;
  readonly timesMs: readonly number[];
  /** How many milliseconds a server of speed 1 works on each request. */
  readonly demandsMs: readonly number[];
  /**
   * For each request, its key as a number. Requests for one page, or of one user, have the same
   * key. Empty = the requests have no keys.
   */
  readonly keys: readonly number[];
}

export interface TraceOptions {
  /** How fast the trace is replayed. Twice as fast = twice the load. */
  readonly speed: number;
  readonly servers: number;
  readonly workers?: number;
  /** The speed and the weight of each server, by its index. Default: 1. */
  readonly each?: readonly { readonly speed: number; readonly weight: number }[];
}

/** A replay has at most about this many intervals of its series, so that a log of years needs no more memory. */
const INTERVALS = 1_000;
/** Many logs have times in whole seconds, so requests of one instant count as those of a second. */
const SHORTEST_MS = 1_000;

/** Makes a scenario from the trace. */
export function traceScenario(
  trace: Trace,
  { speed, servers, workers = 1, each }: TraceOptions,
): Scenario {
  const first = trace.timesMs[0] ?? 0;
  const timesMs = trace.timesMs.map((time) => (time - first) / speed);
  const keys = new Set(trace.keys);
  const durationMs = Math.max(SHORTEST_MS / speed, (timesMs.at(-1) ?? 0) + 1);
  return {
    name: `${trace.name} ×${speed}`,
    durationMs,
    drainMs: 60_000,
    traffic: { kind: "open", arrivals: { kind: "trace", timesMs } },
    service: { kind: "trace", values: trace.demandsMs },
    servers: each?.map(({ speed, weight }) => ({ count: 1, workers, speed, weight })) ?? [
      { count: servers, workers },
    ],
    ...(durationMs > INTERVALS * 1000 && { measure: { seriesMs: durationMs / INTERVALS } }),
    network: { probeRttMs: 1 },
    ...(keys.size > 0 && { keys: { count: keys.size, zipf: 0, values: trace.keys } }),
  };
}

export function madeUpTrace(seed = 1): Trace {
  const stream = new Stream(seed, "trace");
  const zipf = new Zipf(2_000, 0.9);
  const arrivals = compileArrivals({
    kind: "poisson",
    rate: { kind: "diurnal", mean: 120, swing: 0.6, periodMs: 600_000 },
  });
  const service = compileDistribution({ kind: "lognormal", mean: 30, sigma: 1 });
  const rows: { time: number; demand: number; key: number }[] = [];
  for (let time = arrivals.next(0, stream); time < 600_000; time = arrivals.next(time, stream))
    rows.push({ time, demand: service.sample(stream), key: zipf.draw(stream.next()) });
  return {
    name: "made-up day",
    timesMs: rows.map(({ time }) => time),
    demandsMs: rows.map(({ demand }) => demand),
    keys: rows.map(({ key }) => key),
  };
}

export function traceStudy(trace: Trace, servers: number, workers = 1): Study {
  return {
    id: "S17",
    name: "trace",
    title: `Replay of ${trace.name}: ${trace.timesMs.length} requests on ${servers} servers`,
    question: "How would the other algorithms have done, and at which growth does it break?",
    axis: "speed",
    candidates: [
      CANDIDATES.roundRobin,
      CANDIDATES.random2,
      CANDIDATES.leastConn,
      CANDIDATES.peakEwma,
      CANDIDATES.prequal,
      hashing("maglev, bounded 1.25", { method: "maglev", balanceFactor: 1.25 }),
    ],
    metrics: [METRICS.p99, METRICS.mean, METRICS.p999, METRICS.imbalance],
    variants: () =>
      [1, 2, 4].map((speed) => ({
        label: `×${speed}`,
        x: speed,
        scenario: traceScenario(trace, { speed, servers, workers }),
      })),
  };
}

/** The study of the made-up trace. At quadruple speed its mean load is .9. */
export const trace: Study = {
  ...traceStudy({ name: "a made-up day", timesMs: [], demandsMs: [], keys: [] }, 16),
  title: "Replay of a made-up day on 16 servers",
  variants: (full) => traceStudy(madeUpTrace(), 16).variants(full),
};
