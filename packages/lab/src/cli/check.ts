// `tandem lab check`: compares the simulator and the algorithms with theory and papers.
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { type Check, runCheck, type Verdict } from "../checks/check.ts";
import { CHECKS } from "../checks/checks.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { provenance } from "./provenance.ts";
import { EXIT, examples, print, printJson, progress, UsageError } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";
import { describeVerdict, summary } from "./verdicts.ts";

/** Most checks simulate millions of requests, so several of them are always worth more threads. */
const WORTH_THREADS = 1e9;

interface CheckOptions {
  readonly full?: boolean;
  readonly only?: readonly string[];
  readonly threads?: number;
  readonly json?: boolean;
}

/** Makes the command. `checks` are the laboratory's checks; a test may pass other checks. */
export function checkCommand(checks: readonly Check[] = CHECKS): Command {
  return withThreads(new Command("check"))
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

async function check(
  checks: readonly Check[],
  { full = false, only, threads, json }: CheckOptions,
): Promise<void> {
  const chosen = chosenChecks(checks, only, full);
  const left = only === undefined ? checks.filter((one) => !chosen.includes(one)) : [];
  await using opened = await Threads.open({ threads });
  const verdicts: Verdict[] = [];
  for await (const verdict of verdictsOf(chosen, full, opened)) {
    progress(undefined);
    if (!json) print(describeVerdict(verdict));
    verdicts.push(verdict);
  }
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

/**
 * Yields the verdicts in the order of the checks. Several threads work on those that they know, which are the
 * laboratory's.
 */
async function* verdictsOf(
  chosen: readonly Check[],
  full: boolean,
  threads: Threads,
): AsyncGenerator<Verdict> {
  let done = 0;
  const show = (one: Check | undefined) => {
    if (one) progress(`${done + 1}/${chosen.length}  ${one.id}  ${one.title}`);
  };
  const fast = chosen.every((one) => one.fast === true);
  const executor = threads.for({ requests: chosen.length < 2 || fast ? 0 : WORTH_THREADS });
  if (executor === undefined || !chosen.every((one) => CHECKS.includes(one))) {
    for (const one of chosen) {
      show(one);
      yield runCheck(one, full, systemClock.now);
      done++;
    }
    return;
  }
  const running = chosen.map(async ({ id }) => {
    const verdict = await executor.run("check", { id, full });
    done++;
    show(chosen[done]);
    return verdict;
  });
  // Each is awaited below, in its turn. One that fails before must not count as forgotten.
  for (const one of running) one.catch(() => undefined);
  show(chosen[0]);
  for (const verdict of running) yield await verdict;
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
