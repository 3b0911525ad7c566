// Decides which of two figures is better, for the green of the table of figures.
import type { Figures } from "../run/protocol.ts";

/** Numbers whose relative difference is smaller than this count as equal. */
export const ALIKE = 0.02;
/** A difference between two shares of good answers that is larger than this matters more than latencies. */
export const MISSED = 0.001;
/** The rows that contain good answers only. */
export const LATENCIES: readonly string[] = ["mean", "p50", "p90", "p99", "p999"];

export interface Judged {
  readonly name: string;
  /** `higher` is for shares of 1. Undefined where neither is better. */
  readonly better?: "lower" | "higher";
}

type Run = Pick<Figures, "unstable" | "successShare">;
export type Side = readonly [value: number, figures: Run | undefined];

/**
 * Whether a value is better than the other one. Nothing is better in an unstable run, whose figures depend on its
 * length. A latency is not better when more requests were lost, because the lost ones are not in it. Of two shares of
 * good answers, the one is better that leaves less to 100 %, by more than `ALIKE`.
 */
export function wins({ name, better }: Judged, [own, mine]: Side, [other, theirs]: Side): boolean {
  if (mine?.unstable !== undefined) return false;
  if (LATENCIES.includes(name) && (mine?.successShare ?? 1) < (theirs?.successShare ?? 1) - MISSED)
    return false;
  if (better === "higher") return 1 - own < (1 - other) * (1 - ALIKE);
  return better === "lower" && own < other * (1 - ALIKE);
}
