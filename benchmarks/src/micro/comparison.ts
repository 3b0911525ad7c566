// What the measurements of several rounds come to, and how this revision compares with another one. The machine's speed
// changes from second to second, but the two measurements of a round were made one after the other. So the ratio is
// taken round by round, and the median of the ratios is shown.
import { median } from "../run/statistics.ts";
import type { Cost, Row } from "./row.ts";

/** Returns the median of the rounds, figure by figure. */
export function medianCost(rounds: readonly Cost[]): Cost {
  const [first] = rounds;
  if (first === undefined) throw new Error("a median of no rounds");
  const rows = first.rows.map(({ servers }, at) => {
    const of = (figure: keyof Row) => median(rounds.map(({ rows }) => rows[at]?.[figure] ?? 0));
    const [pickNs, feedbackNs] = [of("pickNs"), of("feedbackNs")];
    return {
      servers,
      pickNs,
      feedbackNs,
      pickBytes: of("pickBytes"),
      requestBytes: of("requestBytes"),
    };
  });
  return { name: first.name, rows };
}

/** Returns the median of `ours` ÷ `theirs`, over the rounds. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}

/** Returns for each number of servers this revision's time for a pick ÷ the other's. */
export function pickRatios(ours: readonly Cost[], theirs: readonly Cost[]): readonly number[] {
  const [first] = ours;
  const timesAt = (rounds: readonly Cost[], at: number) =>
    rounds.map(({ rows }) => rows[at]?.pickNs ?? Number.NaN);
  return (first?.rows ?? []).map((_, at) => medianRatio(timesAt(ours, at), timesAt(theirs, at)));
}
