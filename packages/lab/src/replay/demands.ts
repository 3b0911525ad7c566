// Estimates how much work each request was: the time at the server, less the time that the request probably waited
// there. An access log does not tell working from waiting. So each estimate errs in a known direction, which is
// reported.
import { compileDistribution } from "../sim/distribution.ts";
import { Stream } from "../sim/stream.ts";
import type { LogRequest } from "./read-log.ts";

export interface Demands {
  readonly demandsMs: readonly number[];
  /** How many requests a server works on at once, in the replay. */
  readonly workers: number;
  /** The assumption of the estimate, and the direction of its error. */
  readonly bias: string;
}

/** Logs count whole milliseconds, so "0" means less than one millisecond. A time of 0 is replaced by this value. */
const LEAST_MS = 0.5;

/**
 * Takes the whole time at the server as work, and assumes that no request waited there. Each server gets as many
 * workers as the greatest number of requests that one server had at once in the log. `speeds` are those of the log's
 * servers, by `LogRequest.server`: what took long on a slow server is less work.
 */
export function undiminished(
  requests: readonly LogRequest[],
  servers: number,
  speeds: readonly number[] = [],
): Demands {
  return {
    demandsMs: requests.map(
      ({ serverMs, server }) => Math.max(LEAST_MS, serverMs) * (speeds[server] ?? 1),
    ),
    workers: Math.max(1, Math.ceil(mostAtOnce(requests, servers))),
    bias:
      "demand = the server's time in the log, waiting there included: too much work where servers were " +
      "busy, and as many workers as were seen busy at once. --workers N subtracts the waiting",
  };
}

/**
 * Subtracts from each request's time at its server the time that it waited there. Assumes that each server has
 * `workers` workers, which serve requests in order of arrival. If that is true, the result is exact: work on a
 * request began when the request came or, if all workers were busy, when one became free. When the log does not name
 * servers, all requests are assumed to wait in one queue for the workers of all servers. `speeds` as in `undiminished`.
 */
export function withoutWaiting(
  requests: readonly LogRequest[],
  servers: number,
  workers: number,
  speeds: readonly number[] = [],
): Demands {
  const free = new Map<number, Float64Array>();
  const demandsMs = new Array<number>(requests.length).fill(LEAST_MS);
  const order = requests
    .map((_, i) => i)
    .sort((a, b) => started(requests, a) - started(requests, b));
  for (const i of order) {
    const request = requests[i];
    if (request === undefined) continue;
    const size = request.server < 0 ? workers * servers : workers;
    const own = free.get(request.server) ?? new Float64Array(size);
    free.set(request.server, own);
    const worker = earliest(own);
    const ended = request.startedMs + request.serverMs;
    const began = Math.max(request.startedMs, own[worker] ?? 0);
    demandsMs[i] = Math.max(LEAST_MS, ended - began) * (speeds[request.server] ?? 1);
    own[worker] = Math.max(ended, own[worker] ?? 0);
  }
  return {
    demandsMs,
    workers,
    bias:
      `demand = the server's time in the log, less its queue behind ${workers} at once, first come first ` +
      "served: too little work where a server did more at once than that, too much where it did less",
  };
}

const started = (requests: readonly LogRequest[], i: number) => requests[i]?.startedMs ?? 0;

function earliest(times: Float64Array): number {
  let best = 0;
  for (let i = 1; i < times.length; i++)
    if ((times[i] as number) < (times[best] as number)) best = i;
  return best;
}

/** Draws demands at random (log-normal), for a log without any times. */
export function madeUp(requests: readonly LogRequest[], meanMs: number, workers: number): Demands {
  const sampler = compileDistribution({ kind: "lognormal", mean: meanMs, sigma: 1 });
  const stream = new Stream(1, "made-up demands");
  return {
    demandsMs: requests.map(() => sampler.sample(stream)),
    workers,
    bias:
      `the log has no times: demands are made up (log-normal, mean ${meanMs} ms, --mean-ms), so only ` +
      "the rhythm of the arrivals and the keys are real",
  };
}

/**
 * Returns the most requests that one server had at once. When the servers are unknown, each is assumed to have an equal
 * part of all requests.
 */
function mostAtOnce(requests: readonly LogRequest[], servers: number): number {
  let most = 1;
  for (const [server, own] of Map.groupBy(requests, (request) => request.server)) {
    const begins = Float64Array.from(own, ({ startedMs }) => startedMs).sort();
    const ends = Float64Array.from(own, ({ startedMs, serverMs }) => startedMs + serverMs).sort();
    let ended = 0;
    let deepest = 0;
    for (const [begun, at] of begins.entries()) {
      while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= at) ended++;
      deepest = Math.max(deepest, begun + 1 - ended);
    }
    most = Math.max(most, server < 0 ? deepest / servers : deepest);
  }
  return most;
}
