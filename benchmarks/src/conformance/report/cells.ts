// Writes verdicts as cells of the published tables, and counts verdicts by their mark.
import type { Mark, Verdict } from "../verdict.ts";

const SIGNS: Readonly<Record<Mark, string>> = {
  same: "✓",
  "as-safe": "≈",
  other: "✗",
  "not-run": "–",
};

/** Returns the mark and the word of a verdict, such as `✗ forwarded`. */
export function cell(verdict: Verdict | undefined): string {
  if (verdict === undefined) return SIGNS["not-run"];
  return `${SIGNS[verdict.mark]} ${verdict.word}`.trim();
}

/** Counts how many verdicts have each mark. */
export function tally(verdicts: Iterable<Verdict>): Readonly<Record<Mark, number>> {
  const counts = { same: 0, "as-safe": 0, other: 0, "not-run": 0 };
  for (const { mark } of verdicts) counts[mark]++;
  return counts;
}
