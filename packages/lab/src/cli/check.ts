// `tandem lab check`: compares the simulator and the algorithms with theory and papers.
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { type Check, runCheck } from "../checks/check.ts";
import { CHECKS } from "../checks/checks.ts";
import { provenance } from "./provenance.ts";
import { didYouMean, EXIT, examples, print, printJson, progress, UsageError } from "./terminal.ts";
import { describeVerdict, summary } from "./verdicts.ts";

interface CheckOptions {
  readonly full?: boolean;
  readonly only?: readonly string[];
  readonly json?: boolean;
}

/** Makes the command. `checks` are the laboratory's checks; a test may pass other checks. */
export function checkCommand(checks: readonly Check[] = CHECKS): Command {
  return new Command("check")
    .description("check the simulator and the algorithms against theory and papers")
    .addHelpText(
      "before",
      examples(
        ["check", "what takes seconds"],
        ["check --full", "everything, with more repetitions"],
        ["check --only E1 T1", "only these, slow or not"],
        ["check --json", "for a pipeline"],
      ),
    )
    .option("--full", "the slow checks too, and more repetitions of all")
    .option("--only <ids...>", "only these")
    .option("--json", "report as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 all checks hold, 1 one does not, 2 there is no such check.",
    )
    .action((options: CheckOptions) => check(checks, options));
}

function check(checks: readonly Check[], { full = false, only, json }: CheckOptions): void {
  const chosen = chosenChecks(checks, only, full);
  const left = only === undefined ? checks.filter((one) => !chosen.includes(one)) : [];
  const verdicts = chosen.map((one, i) => {
    progress(`${i + 1}/${chosen.length}  ${one.id}  ${one.title}`);
    const verdict = runCheck(one, full, systemClock.now);
    progress(undefined);
    if (!json) print(describeVerdict(verdict));
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

function chosenChecks(
  checks: readonly Check[],
  only: readonly string[] | undefined,
  full: boolean,
): readonly Check[] {
  if (only === undefined) return checks.filter(({ slow }) => full || slow !== true);
  const ids = checks.map(({ id }) => id);
  return only.map((typed) => {
    const found = checks.find(({ id }) => id.toLowerCase() === typed.toLowerCase());
    if (found === undefined)
      throw new UsageError(
        `'${typed}' is no check${didYouMean(typed, ids)}\nThere are: ${ids.join(", ")}`,
      );
    return found;
  });
}
