// `tandem lab test`: checks an algorithm of the user's own, and shows how it does beside the built-in ones.
import { Command } from "commander";
import type { Verdict } from "../checks/check.ts";
import { MANY, scenesOf, TWO } from "../documents/scenes.ts";
import { CONTESTANTS, type SceneScore, scoreSceneOn } from "../documents/score-scenes.ts";
import { ownChecks } from "../own/own-checks.ts";
import type { KeptRule } from "../own/own-contract.ts";
import { type Executor, runnerOf } from "../parallel/executor.ts";
import { MOST_SEEDS, seedsUpTo, wholeNumber } from "./options.ts";
import { tellOwnFaults } from "./own-files.ts";
import { contractText, rulesText, scoresText } from "./own-report.ts";
import { isFile } from "./own-text.ts";
import { provenance } from "./provenance.ts";
import { EXIT, examples, print, printJson, progress } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";
import { describeVerdict } from "./verdicts.ts";

const USUAL_SEEDS = 5;

interface TestOptions {
  readonly seeds: number;
  readonly full?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
}

export function testCommand(): Command {
  return withThreads(new Command("test"))
    .description("test an algorithm of your own, and compare it with the built-in ones")
    .addHelpText(
      "before",
      examples(
        ["test ./mine.ts", "contract, checks, scorecard"],
        ["test ./mine.ts:favourite=s1,busyAt=3", "with parameters, as in tandem.yaml"],
        ["test ./mine.ts --full", "with twenty servers behind ten balancers too"],
      ),
    )
    .argument("<file>", "a file that exports createPicker, as 'algorithm: module' takes it")
    .option(
      "--seeds <n>",
      "runs of each situation of the scorecard, with seeds 1 to n",
      wholeNumber(2, MOST_SEEDS),
      USUAL_SEEDS,
    )
    .option("--full", "more repetitions, and a scorecard of a large fleet too")
    .option("--json", "report as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 everything holds, 1 something does not, 2 the file is at fault.",
    )
    .action(testOwn);
}

/** The file runs in other threads only. */
async function testOwn(text: string, options: TestOptions): Promise<void> {
  const { seeds, full = false, json } = options;
  const name = isFile(text) ? text : `./${text}`;
  await using threads = await Threads.open({ threads: options.threads, algorithms: [name] });
  const executor = threads.for({ requests: Number.POSITIVE_INFINITY });
  if (executor === undefined) throw new Error("a file needs a thread");
  const own: Own = { name, full, executor };
  const tell = (words: string) => {
    if (!json) print(words);
  };
  const contract = await executor.run("contract", { own: own.name });
  tell(contractText(text, contract));
  const kept = contract.every(({ holds }) => holds);
  // Where the contract is broken, the guard chooses instead, and every figure would be that of another algorithm.
  const further = kept ? await measured(own, seedsUpTo(seeds), tell) : { checks: [], scores: [] };
  if (json) printJson(asJson(text, contract, further));
  tell(rulesText(contract, further.checks));
  if (!kept || further.checks.some(({ verdict }) => verdict === "fails"))
    process.exitCode = EXIT.failure;
  tellOwnFaults();
}

interface Own {
  readonly name: string;
  readonly full: boolean;
  readonly executor: Executor;
}

interface Measured {
  readonly checks: readonly Verdict[];
  readonly scores: readonly SceneScore[];
}

async function measured(
  { name, full, executor }: Own,
  seeds: readonly number[],
  tell: (words: string) => void,
): Promise<Measured> {
  const show = ({ id, title }: { readonly id: string; readonly title: string }) =>
    progress(`${id}  ${title}`);
  const known = ownChecks(name);
  const running = known.map(({ id }) => executor.run("ownCheck", { own: name, id, full }));
  for (const one of running) one.catch(() => undefined);
  const checks: Verdict[] = [];
  for (const [i, one] of running.entries()) {
    if (known[i]) show(known[i]);
    checks.push(await one);
    progress(undefined);
    tell(describeVerdict(checks[i] as Verdict));
  }
  const contestants = [{ label: name, algorithm: name }, ...CONTESTANTS];
  const scores: SceneScore[] = [];
  for (const fleet of full ? [TWO, MANY] : [TWO]) {
    const scenes = scenesOf(fleet).map(async (scene) => {
      const found = await scoreSceneOn(runnerOf(executor), scene, seeds, contestants);
      show({ id: fleet.name, title: scene.label });
      return found;
    });
    const found = (await Promise.all(scenes)).flat();
    progress(undefined);
    tell(scoresText(fleet, found, seeds.length));
    scores.push(...found);
  }
  return { checks, scores };
}

function asJson(name: string, contract: readonly KeptRule[], found: Measured): unknown {
  return {
    algorithm: name,
    ...provenance(),
    contract,
    checks: found.checks,
    scores: found.scores.map(({ scene, candidate, mean, best, distance }) => ({
      fleet: scene.scenario.name,
      situation: scene.label,
      unit: scene.metric.unit,
      algorithm: candidate.label,
      mean,
      best,
      distance,
    })),
  };
}
