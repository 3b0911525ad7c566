// Takes samples of the memory and the open descriptors of a process, and computes how much the
// memory grows.
import { readdirSync, readFileSync } from "node:fs";
import { median } from "../run/statistics.ts";

export interface Sample {
  readonly second: number;
  readonly rssBytes: number;
  readonly descriptors: number;
}

export function sample(pid: number, second: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const rssBytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  return { second, rssBytes, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/**
 * Returns the growth of the resident memory in bytes: the median of the last fifth of the samples
 * less the median of the second fifth. The first fifth is left out, because V8 chooses the sizes of
 * its heaps during that time.
 */
export function growth(samples: readonly Sample[]): number {
  const fifth = Math.floor(samples.length / 5);
  const rss = (from: number, to: number) =>
    median(samples.slice(from, to).map(({ rssBytes }) => rssBytes));
  return rss(samples.length - fifth, samples.length) - rss(fifth, 2 * fifth);
}
