// tandem lab check: holds the simulator and the algorithms against theory and papers.
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { type Check, type Finding, runCheck, type Verdict } from "../checks/check.ts";
import { CHECKS } from "../checks/checks.ts";
import { plain } from "../figures/numbers.ts";
import { provenance } from "./provenance.ts";
import {
  didYouMean,
  EXIT,
  examples,
  palette,
  print,
  printJson,
  progress,
  Refusal,
  table,
} from "./terminal.ts";

interface CheckOptions {
  readonly full?: boolean;
  readonly only?: readonly string[];
  readonly json?: boolean;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("check the simulator and the algorithms against theory and papers")
    .addHelpText(
      "before",
      examples(
        ["check", "what takes seconds"],
        ["check --full", "everything, with more repetitions"],
        ["check --only E1 T1", "these, slow or not"],
        ["check --json", "for a pipeline"],
      ),
    )
    .option("--full", "the slow ones as well, and more repetitions of all")
    .option("--only <ids...>", "only these")
    .option("--json", "report as JSON")
    .addHelpText("after", "\nExit code: 0 all hold, 1 not, 2 there is no such check.")
    .action(check);
}

function check({ full = false, only, json }: CheckOptions): void {
  const chosen = chosenChecks(only, full);
  const left = only === undefined ? CHECKS.filter((one) => !chosen.includes(one)) : [];
  const verdicts = chosen.map((one, i) => {
    progress(`${i + 1}/${chosen.length}  ${one.id}  ${one.title}`);
    const verdict = runCheck(one, full, systemClock.now);
    progress(undefined);
    if (!json) print(describe(verdict));
    return verdict;
  });
  const failed = verdicts.filter(({ verdict }) => verdict === "fails");
  if (json)
    printJson({
      ...provenance(),
      full,
      holds: verdicts.length - failed.length,
      fails: failed.length,
      notRun: left.map(({ id }) => id),
      checks: verdicts,
    });
  else print(summary(verdicts, failed, left));
  if (failed.length > 0) process.exitCode = EXIT.failure;
}

function chosenChecks(only: readonly string[] | undefined, full: boolean): readonly Check[] {
  if (only === undefined) return CHECKS.filter(({ slow }) => full || slow !== true);
  const ids = CHECKS.map(({ id }) => id);
  return only.map((typed) => {
    const found = CHECKS.find(({ id }) => id.toLowerCase() === typed.toLowerCase());
    if (found === undefined)
      throw new Refusal(
        `'${typed}' is no check${didYouMean(typed, ids)}\nThere are: ${ids.join(", ")}`,
      );
    return found;
  });
}

const valueText = (value: number | string) => (typeof value === "number" ? plain(value) : value);

/** Long lists of words are for --json. */
const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

function describe({ id, title, source, verdict, findings, seconds }: Verdict): string {
  const { bold, dim, green, red } = palette();
  const word = verdict === "holds" ? green("holds") : red("does not hold");
  const rows = findings.map((finding) => [
    finding.holds ? "    ok" : "    NO",
    finding.what,
    `found ${shortened(valueText(finding.found))}`,
    `expected ${shortened(valueText(finding.expected))}${intervalText(finding)}`,
  ]);
  return [
    `${bold(id.padEnd(3))} ${word}  ${title}  ${dim(`${seconds.toFixed(1)} s`)}`,
    dim(`    ${source}`),
    ...table(rows),
    "",
  ].join("\n");
}

function intervalText({ interval, expected }: Finding): string {
  if (interval === undefined) return "";
  const text = `${plain(interval[0])} to ${plain(interval[1])}`;
  return text === expected ? "" : `, accepted ${text}`;
}

function summary(
  verdicts: readonly Verdict[],
  failed: readonly Verdict[],
  left: readonly Check[],
): string {
  const { bold, dim, green, red } = palette();
  const seconds = verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0);
  const figures = verdicts.reduce((sum, { findings }) => sum + findings.length, 0);
  const lines = [
    bold(
      failed.length === 0
        ? green(`all ${verdicts.length} checks hold`)
        : red(
            `${failed.length} of ${verdicts.length} checks do not hold: ${failed.map(({ id }) => id).join(", ")}`,
          ),
    ) + dim(`  ${figures} figures, ${seconds.toFixed(1)} s`),
  ];
  if (left.length > 0)
    lines.push(`not run, because slow: ${left.map(({ id }) => id).join(", ")}; --full runs them`);
  return lines.join("\n");
}
