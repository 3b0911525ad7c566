// Makes the table that a run prints at its end: a row per topic, a column per peer.
import { tally } from "./cells.ts";
import type { Report } from "./report.ts";

/**
 * Returns a table of how many cases follow Tandem's rule, by topic and peer. Only the cases that
 * were run are counted.
 */
export function summary({ peers, topics }: Report): string {
  const rows = [
    ["", ...peers.map(({ name }) => name)],
    ...topics.map((topic) => [
      topic.title,
      ...peers.map(({ results }) =>
        share(
          topic.cases.map(({ id }) => id),
          results,
        ),
      ),
    ]),
    ["all", ...peers.map(({ results }) => share([...results.keys()], results))],
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) => row.map((text, column) => pad(text, widths[column] ?? 0, column)).join("  "))
    .join("\n");
}

function share(ids: readonly string[], results: Report["peers"][number]["results"]): string {
  const verdicts = ids.flatMap((id) => results.get(id) ?? []);
  const { same, "not-run": notRun } = tally(verdicts);
  return verdicts.length === notRun ? "–" : `${same}/${verdicts.length - notRun}`;
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
