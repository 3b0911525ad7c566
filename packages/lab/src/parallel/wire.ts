// A result on its way from one thread to another. All of it is plain data, except for the histograms, which go as their
// content.
import type { Result } from "../sim/result.ts";
import { Histogram, type HistogramState } from "../stats/histogram.ts";

export interface PackedResult extends Omit<Result, "histogram" | "experiencedHistogram"> {
  readonly histogram: HistogramState;
  readonly experiencedHistogram: HistogramState;
}

export function packed(result: Result): PackedResult {
  const { histogram, experiencedHistogram } = result;
  return {
    ...result,
    histogram: histogram.state(),
    experiencedHistogram: experiencedHistogram.state(),
  };
}

export function unpacked(result: PackedResult): Result {
  const { histogram, experiencedHistogram } = result;
  return {
    ...result,
    histogram: Histogram.of(histogram),
    experiencedHistogram: Histogram.of(experiencedHistogram),
  };
}
