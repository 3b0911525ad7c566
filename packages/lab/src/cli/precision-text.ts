// Says how precise the headline metric became, and what it takes where it is not precise enough.
import { plain } from "../figures/numbers.ts";
import type { Precision, RowPrecision } from "../scenarios/precise-study.ts";
import { precisionText } from "./comparison-text.ts";

export function precisionLines(
  metric: string,
  precisions: readonly RowPrecision[],
  { wanted, most, of }: Precision,
): string[] {
  const what = of === "means" ? metric : `the difference in ${metric}`;
  const goal = precisionText(wanted);
  const counts = precisions.map(({ count }) => count);
  const [fewest, largest] = [Math.min(...counts), Math.max(...counts)];
  const seeds = fewest === largest ? `${fewest}` : `${fewest} to ${largest}`;
  const missed = precisions.filter(({ enough }) => !enough);
  if (missed.length === 0) return [`${what} is known to within ${goal}, with ${seeds} seeds`];
  return missed.map(({ row, reach, count, needed }) => {
    const where = `${row.variant.label}, ${row.candidate.label}`;
    if (Number.isNaN(reach)) return `${where}: ${what} has no interval, so no more seeds were run`;
    return (
      `${where}: ${what} is known to within ${precisionText(reach)}, not ${goal}, with ${count} seeds ` +
      `(at most ${most}); it takes about ${needed.toLocaleString("en-US")}, or runs ${plain(needed / count)} times as long`
    );
  });
}
