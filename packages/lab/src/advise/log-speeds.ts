// How fast the servers of a log are, by how long they took. Requests are given to servers without regard to their work, so
// a server whose times are twice as long is half as fast. Means of logarithms are compared: a few very long requests would
// move a mean of times more than the speed does.
import type { LogRequest } from "../replay/read-log.ts";
import { isFarFrom, type Ranged, referenceOf, Z95 } from "./ranged.ts";

/** With fewer requests the speed of a server is not estimated. */
const FEWEST = 50;
const LEAST_MS = 0.5;

export interface Speeds {
  /** By the server's index; the server with the most requests has speed 1. */
  readonly speeds: readonly Ranged[];
  /** Whether a server differs from the others beyond what chance does. */
  readonly differ: boolean;
}

/** `demandsMs` are the works of `requests` as if all servers had speed 1. */
export function speedsOf(
  requests: readonly LogRequest[],
  demandsMs: readonly number[],
  servers: number,
): Speeds {
  const logs = Array.from({ length: servers }, (): number[] => []);
  for (const [i, { server }] of requests.entries())
    logs[server]?.push(Math.log(Math.max(LEAST_MS, demandsMs[i] ?? 0)));
  const own = logs.map(summed);
  const most = referenceOf(own.map(({ count }) => count));
  const reference = own[most];
  const speeds = own.map((one, i): Ranged => {
    if (i === most || reference === undefined) return { value: 1, low: 1, high: 1 };
    if (one.count < FEWEST || reference.count < FEWEST)
      return { value: 1, low: Number.NaN, high: Number.NaN };
    const distance = reference.mean - one.mean;
    const reach = Z95 * Math.hypot(reference.error, one.error);
    const [value = 1, low = 1, high = 1] = [0, -reach, reach].map((by) => Math.exp(distance + by));
    return { value, low, high };
  });
  return { speeds, differ: speeds.some((speed) => isFarFrom(1, speed, Math.log)) };
}

function summed(values: readonly number[]) {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, error: Math.sqrt(squares / Math.max(1, count - 1) / count) };
}
