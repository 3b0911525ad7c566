// The report of a run: what killed each mutant, which live, and which of them may.
import type { Fate, Mutant } from "./mutant.ts";

export interface Report {
  readonly mutants: number;
  readonly killed: number;
  /** Mutants that live although nothing says that they may. */
  readonly survivors: readonly string[];
  /** Mutants that are noticed, but not by the check that has to. */
  readonly elsewhere: readonly string[];
  /** Mutants that live with a written reason. */
  readonly explained: readonly string[];
  /** Mutants that are said to live, but are killed: their reason is wrong. */
  readonly wronglyExplained: readonly string[];
}

export function reportOf(mutants: readonly Mutant[], fates: readonly Fate[]): Report {
  const rows = mutants.map((mutant, i) => ({ mutant, fate: fates[i]?.fate ?? "survived" }));
  const idsOf = (wanted: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(wanted).map(({ mutant }) => mutant.id);
  const mayLive = ({ mutant }: (typeof rows)[number]) => mutant.survives !== undefined;
  return {
    mutants: rows.length,
    killed: rows.filter(({ fate }) => fate === "killed").length,
    survivors: idsOf((row) => row.fate === "survived" && !mayLive(row)),
    elsewhere: idsOf((row) => row.fate === "not by its check"),
    explained: idsOf((row) => row.fate === "survived" && mayLive(row)),
    wronglyExplained: idsOf((row) => row.fate !== "survived" && mayLive(row)),
  };
}

/** Whether nothing is left to do. */
export function isGood({ survivors, elsewhere, wronglyExplained }: Report): boolean {
  return survivors.length + elsewhere.length + wronglyExplained.length === 0;
}

/** One line for one mutant. */
export function lineOf(mutant: Mutant, { fate, suite, timedOut, seconds }: Fate): string {
  const by =
    suite === undefined ? "" : ` by ${suite.split("/").at(-1)}${timedOut ? " (no end)" : ""}`;
  const word =
    fate === "survived" ? (mutant.survives === undefined ? "LIVES" : "lives, as it may") : "killed";
  const note = fate === "not by its check" ? `, NOT by ${mutant.by}` : "";
  return `${word}${by}${note}  ${mutant.id}: ${mutant.breaks}  ${seconds.toFixed(1)} s`;
}

export function summaryOf(report: Report, mutants: readonly Mutant[]): string {
  const lines = [`${report.killed} of ${report.mutants} mutants are killed`];
  const list = (title: string, ids: readonly string[], more: (mutant: Mutant) => string) => {
    if (ids.length === 0) return;
    lines.push(`${title}:`);
    for (const id of ids) {
      const mutant = mutants.find((one) => one.id === id);
      if (mutant !== undefined) lines.push(`  ${id} in ${mutant.file}: ${more(mutant)}`);
    }
  };
  list("live, for a reason", report.explained, ({ survives = "" }) => survives);
  list("LIVE", report.survivors, ({ breaks }) => breaks);
  list("killed, but NOT by the check that has to", report.elsewhere, ({ by = "" }) => by);
  list("killed, so their reason to live is WRONG", report.wronglyExplained, (one) => one.breaks);
  return lines.join("\n");
}
