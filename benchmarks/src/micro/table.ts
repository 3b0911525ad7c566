// Writes the costs as text: a line per algorithm, a column per number of servers. Costs above the limit are marked.
import type { Cost, Row } from "./row.ts";
import { budgetNs, SUBJECTS } from "./subjects.ts";

const WIDTH = 9;

type Cell = (row: Row, name: string) => string;

const TABLES: Readonly<Record<string, Cell>> = {
  "ns per pick, by servers": ({ servers, pickNs }, name) =>
    `${Math.round(pickNs)}${isOver(name, servers, pickNs) ? "!" : ""}`,
  "ns of feedback per request": ({ feedbackNs }) => `${Math.round(feedbackNs)}`,
  "bytes allocated per pick": ({ pickBytes }) => pickBytes.toFixed(1),
  "with its feedback": ({ requestBytes }) => requestBytes.toFixed(1),
};

export function costTable(costs: readonly Cost[]): readonly string[] {
  const sizes = costs[0]?.rows.map(({ servers }) => `${servers}`) ?? [];
  const titles = [...Object.keys(TABLES), ...costs.map(({ name }) => name)];
  const first = Math.max(...titles.map((title) => title.length));
  const line = (head: string, cells: readonly string[]) =>
    head.padEnd(first) + cells.map((cell) => cell.padStart(WIDTH)).join("");
  const tables = Object.entries(TABLES).flatMap(([title, cell]) => [
    line(title, sizes),
    ...costs.map(({ name, rows }) =>
      line(
        name,
        rows.map((row) => cell(row, name)),
      ),
    ),
    "",
  ]);
  return [
    ...tables,
    "!: over budget, 100 ns up to 10 servers, 1 µs at 1000 where a pick does not look at every server.",
  ];
}

/** Writes, per number of servers, this revision's time for a pick ÷ that of `other`. */
export function ratioTable(
  found: readonly { readonly name: string; readonly ratios: readonly number[] }[],
  sizes: readonly number[],
  other: string,
): readonly string[] {
  const title = `time of a pick ÷ ${other}`;
  const first = Math.max(title.length, ...found.map(({ name }) => name.length));
  const line = (head: string, cells: readonly string[]) =>
    head.padEnd(first) + cells.map((cell) => cell.padStart(WIDTH)).join("");
  const shown = (ratio: number) => (Number.isNaN(ratio) ? "–" : ratio.toFixed(2));
  return [
    line(title, sizes.map(String)),
    ...found.map(({ name, ratios }) => line(name, ratios.map(shown))),
  ];
}

export function isOver(name: string, servers: number, ns: number): boolean {
  const subject = SUBJECTS[name];
  const budget = subject === undefined ? undefined : budgetNs(servers, subject);
  return budget !== undefined && ns > budget;
}
