// Compares one peer with another round by round: the machine's speed changes from second to second, but within one
// round it was about the same for both.
import type { Round } from "./result.ts";
import { type Estimate, estimate } from "./statistics.ts";

/** A figure that is compared. */
export type Figure = "cpuMicrosecondsPerRequest" | "rssBytes" | "requestsPerSecond";

/** `ours` ÷ `theirs` of `figure`, over the rounds that both have; absent when there are none. */
export function pairedRatio(
  ours: readonly Round[],
  theirs: readonly Round[],
  figure: Figure,
): Estimate | undefined {
  const ratios = ours.flatMap((round) => {
    const other = theirs.find(({ turn }) => turn === round.turn);
    return other === undefined || other[figure] === 0 ? [] : [round[figure] / other[figure]];
  });
  return estimate(ratios);
}
