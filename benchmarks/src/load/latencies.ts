// Latencies in a histogram with a precision of three digits (HdrHistogram, as Node has it), in microseconds.
import { createHistogram } from "node:perf_hooks";
import type { LoadResult } from "./load.ts";

const LONGEST_US = 120_000_000;

/** Counts latencies and reads the percentiles that are reported. */
export class Latencies {
  readonly #histogram = createHistogram({ lowest: 1, highest: LONGEST_US, figures: 3 });

  add(ms: number): void {
    this.#histogram.record(Math.min(Math.max(1, Math.round(ms * 1000)), LONGEST_US));
  }

  get count(): number {
    return this.#histogram.count;
  }

  percentiles(): Pick<LoadResult, "p50Ms" | "p99Ms" | "p999Ms"> {
    const at = (percentile: number) =>
      this.count === 0 ? 0 : this.#histogram.percentile(percentile) / 1000;
    return { p50Ms: at(50), p99Ms: at(99), p999Ms: at(99.9) };
  }
}
