// `tandem lab test`: checks an algorithm of the user's own, and shows how it does beside the built-in ones.
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { runCheck, type Verdict } from "../checks/check.ts";
import { MANY, scenesOf, TWO } from "../documents/scenes.ts";
import { CONTESTANTS, type SceneScore, scoreScene } from "../documents/score-scenes.ts";
import { ownChecks } from "../own/own-checks.ts";
import { checkContract, type KeptRule } from "../own/own-contract.ts";
import type { OwnAlgorithm } from "../own/own-subject.ts";
import { MOST_SEEDS, seedsUpTo, wholeNumber } from "./options.ts";
import { loadOwn, makeKnown, tellOwnFaults } from "./own-files.ts";
import { contractText, rulesText, scoresText } from "./own-report.ts";
import { provenance } from "./provenance.ts";
import { EXIT, examples, print, printJson, progress } from "./terminal.ts";
import { describeVerdict } from "./verdicts.ts";

const USUAL_SEEDS = 5;

interface TestOptions {
  readonly seeds: number;
  readonly full?: boolean;
  readonly json?: boolean;
}

export function testCommand(): Command {
  return new Command("test")
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

async function testOwn(text: string, { seeds, full = false, json }: TestOptions): Promise<void> {
  const own = await loadOwn(text);
  const tell = (words: string) => {
    if (!json) print(words);
  };
  const contract = checkContract(own);
  tell(contractText(own.name, contract));
  const kept = contract.every(({ holds }) => holds);
  // Where the contract is broken, the guard chooses instead, and every figure would be that of another algorithm.
  const further = kept ? measured(own, seedsUpTo(seeds), full, tell) : { checks: [], scores: [] };
  if (json) printJson(asJson(own, contract, further));
  tell(rulesText(contract, further.checks));
  if (!kept || further.checks.some(({ verdict }) => verdict === "fails"))
    process.exitCode = EXIT.failure;
  tellOwnFaults();
}

interface Measured {
  readonly checks: readonly Verdict[];
  readonly scores: readonly SceneScore[];
}

function measured(
  own: OwnAlgorithm,
  seeds: readonly number[],
  full: boolean,
  tell: (words: string) => void,
): Measured {
  makeKnown(own);
  const checks = ownChecks(own.name).map((check) => {
    progress(`${check.id}  ${check.title}`);
    const verdict = runCheck(check, full, systemClock.now);
    progress(undefined);
    tell(describeVerdict(verdict));
    return verdict;
  });
  const contestants = [{ label: own.name, algorithm: own.name }, ...CONTESTANTS];
  const scores = (full ? [TWO, MANY] : [TWO]).flatMap((fleet) => {
    const found = scenesOf(fleet).flatMap((scene) => {
      progress(`${fleet.name}  ${scene.label}`);
      return scoreScene(scene, seeds, contestants);
    });
    progress(undefined);
    tell(scoresText(fleet, found, seeds.length));
    return found;
  });
  return { checks, scores };
}

function asJson(own: OwnAlgorithm, contract: readonly KeptRule[], found: Measured): unknown {
  return {
    algorithm: own.name,
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
