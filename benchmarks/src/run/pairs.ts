// Compares one peer with another round by round. The machine's speed changes from second to second, but within one
// round it was about the same for both peers.
import type { Round } from "./result.ts";
import { type Estimate, estimate } from "./statistics.ts";

/** A figure by which peers are compared. */
export type Figure = "cpuMicrosecondsPerRequest" | "rssBytes" | "requestsPerSecond";

/**
 * Returns `ours` ÷ `theirs` of `figure`, over the rounds in which both peers were measured;
 * undefined when the peers have no round in common.
 */
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
