// What a mutant has to get past: the unit tests first, which take a second, then the checks, the quick ones first.
import { existsSync, globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CHECKS } from "../../src/checks/checks.ts";
import type { Mutant } from "./mutant.ts";

/** A test file, or several checks that one process runs one after the other. */
export interface Suite {
  readonly script: string;
  /** The names of what the script runs: checks, or the test file itself. */
  readonly parts: readonly string[];
  readonly args: readonly string[];
}

/** Tests of the whole, which every mutant has to get past. */
const OF_THE_WHOLE = [
  "packages/algorithms/src/contract.test.ts",
  "packages/lab/src/sim/engine.test.ts",
  "packages/lab/src/sim/simulation.test.ts",
];
const RUN_CHECKS = "packages/lab/test/mutants/run-checks.ts";

const testSuite = (script: string): Suite => ({ script, parts: [script], args: [] });

export function checkSuite(...ids: readonly string[]): Suite {
  return { script: RUN_CHECKS, parts: ids, args: ids };
}

/** Returns the checks, the quick ones first. */
function checksInOrder(): readonly string[] {
  const quick = CHECKS.filter(({ fast }) => fast);
  return [...quick, ...CHECKS.filter(({ fast }) => !fast)].map(({ id }) => id);
}

/** Returns the suites for a mutant in the order in which they run. */
export function suitesOf(mutant: Mutant, root: string): readonly Suite[] {
  const { file, by } = mutant;
  const checks = checkSuite(...checksInOrder().filter((id) => id !== by));
  const named = by === undefined ? [] : [checkSuite(by)];
  return [...named, ...testsFor(file, root).map(testSuite), checks];
}

/** Returns every suite that any of the mutants may run, for the run without a mutant. */
export function suitesOfAll(mutants: readonly Mutant[], root: string): readonly Suite[] {
  const tests = new Set(mutants.flatMap(({ file }) => testsFor(file, root)));
  return [...[...tests].map(testSuite), checkSuite(...checksInOrder())];
}

/** Returns the test of the file, those beside it, and those of the whole. */
function testsFor(file: string, root: string): readonly string[] {
  const folder = dirname(file);
  const own = join(folder, `${basename(file, ".ts")}.test.ts`);
  const beside = globSync(`${folder}/*.test.ts`, { cwd: root }).sort();
  const first = existsSync(join(root, own)) ? [own] : [];
  return [...new Set([...first, ...beside, ...OF_THE_WHOLE])];
}
