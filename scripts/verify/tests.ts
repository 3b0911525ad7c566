// Runs test files under tap, and prints a line for each.
import { spawn } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { finished, root, seconds } from "./child.ts";
import { TapOutput, type Totals } from "./tap-output.ts";

/**
 * Where Node keeps the compiled modules of the tests and of the programs that they start, instead of compiling them in
 * each of some thousand processes. This halves the time of a start. Functions that come from the cache are covered as
 * a whole, not block by block: in the balancer's tests that made 0.03 % more lines covered, and 0.1 % fewer branches.
 */
const COMPILE_CACHE = join(root, "node_modules/.cache/tests");

const RUNNER = fileURLToPath(
  import.meta.resolve("tap/package.json").replace(/package\.json$/, "dist/esm/run.mjs"),
);

/** Returns the files that `npm test` leaves out: what they test changes seldom, or is tested there in a smaller way. */
export const longTests = (): readonly string[] =>
  globSync("{benchmarks,distribution,examples,packages,website}/**/*.long.test.ts", {
    cwd: root,
    exclude: ["**/node_modules/**"],
  }).sort();

/**
 * Runs these files, or all but the long ones when there are none. Prints their results. Coverage has to be asked for:
 * while Node counts, the laboratory's checks need 2.5 times as much CPU time, and the balancer's tests a seventh more.
 */
export async function runTests(
  files: readonly string[],
  covered = false,
): Promise<Totals & { readonly passedAll: boolean }> {
  const began = performance.now();
  const all = files.length === 0;
  // The cache keeps what was compiled of files that are gone, so a whole run begins without one.
  if (all) rmSync(COMPILE_CACHE, { recursive: true, force: true });
  const coverage = covered ? "--coverage-report=json-summary" : "--disable-coverage";
  const tap = spawn(process.execPath, [RUNNER, "--reporter=tap", coverage, ...files], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ["inherit", "pipe", "inherit"],
  });
  const exit = finished(tap);
  const output = new TapOutput(console.log);
  for await (const line of createInterface({ input: tap.stdout })) output.line(line);
  const code = await exit;
  const totals = output.totals();
  console.log(`${code === 0 ? "ok    " : "FAILED"}  tests  (${seconds(began)})`);
  for (const skipped of totals.skipped) console.log(`skipped: ${skipped}`);
  if (covered) console.log(await coverageLine());
  if (code !== 0 && totals.failed === 0)
    console.log("No test failed, but tap did: coverage below its threshold, or no tests ran.");
  return { ...totals, passedAll: code === 0 && totals.failed === 0 };
}

interface Summary {
  readonly total: Readonly<Record<"lines" | "branches" | "functions", { readonly pct: number }>>;
}

async function coverageLine(): Promise<string> {
  try {
    const file = join(root, ".tap/report/coverage-summary.json");
    const { total } = JSON.parse(await readFile(file, "utf8")) as Summary;
    const { lines, branches, functions } = total;
    return `coverage: lines ${lines.pct} %, branches ${branches.pct} %, functions ${functions.pct} %`;
  } catch {
    return "coverage: not measured";
  }
}
