// The costs as text: a line per algorithm, a column per number of servers; what is over budget is marked.
import type { Cost } from "./row.ts";
import { budgetNs, SUBJECTS } from "./subjects.ts";

const WIDTH = 9;

export function costTable(costs: readonly Cost[]): readonly string[] {
  const sizes = costs[0]?.rows.map(({ servers }) => servers) ?? [];
  const nameWidth = Math.max(...costs.map(({ name }) => name.length));
  const head = (text: string) =>
    [text.padEnd(nameWidth), ...sizes.map((n) => `${n}`.padStart(WIDTH))].join("");
  return [
    head("ns per pick, by servers"),
    ...costs.map(({ name, rows }) => {
      const cells = rows.map((row) => {
        const over = isOver(name, row.servers, row.pickNs) ? "!" : "";
        return `${Math.round(row.pickNs)}${over}`.padStart(WIDTH);
      });
      return name.padEnd(nameWidth) + cells.join("");
    }),
    "",
    head("ns of feedback per request"),
    ...costs.map(
      ({ name, rows }) =>
        name.padEnd(nameWidth) +
        rows.map(({ feedbackNs }) => `${Math.round(feedbackNs)}`.padStart(WIDTH)).join(""),
    ),
    "",
    head("bytes allocated per request"),
    ...costs.map(
      ({ name, rows }) =>
        name.padEnd(nameWidth) +
        rows.map(({ allocatedBytes }) => allocatedBytes.toFixed(1).padStart(WIDTH)).join(""),
    ),
    "",
    "!: over budget, 100 ns up to 10 servers, 1 µs at 1000 where a pick does not look at every server.",
  ];
}

export function isOver(name: string, servers: number, ns: number): boolean {
  const subject = SUBJECTS[name];
  const budget = subject === undefined ? undefined : budgetNs(servers, subject);
  return budget !== undefined && ns > budget;
}
