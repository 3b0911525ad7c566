// `npm test`: checks lint, types, dead code and import rules in parallel, then runs every test.
// When a check fails, the tests still run. With test files as arguments, only those tests run; with
// --check, only the checks run. After tests the last line is "N passed, N failed", in which a
// failed check counts as one failure.
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TapOutput, type Totals } from "./tap-output.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string) => join(root, "node_modules", ".bin", name);

const STEPS: readonly (readonly [name: string, ...command: string[]])[] = [
  ["lint", bin("biome"), "check", "--error-on-warnings", "."],
  ["types", bin("tsc")],
  // The laboratory's page runs in a browser, so it is checked with the browser's types, which the rest of the code
  // must not use.
  ["types of the page", bin("tsc"), "--project", join(root, "packages/lab/src/page")],
  ["dead code", bin("knip")],
  ["import rules", process.execPath, join(root, "scripts/import-rules.ts")],
];

const children = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function finished(child: ChildProcess): Promise<number> {
  children.add(child);
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => {
      children.delete(child);
      resolve(code ?? 1);
    });
  });
}

async function runStep([name, command = "", ...args]: (typeof STEPS)[number]): Promise<boolean> {
  const began = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => output.push(chunk));
  const passed = (await finished(child)) === 0;
  console.log(`${passed ? "ok    " : "FAILED"}  ${name}  (${seconds(began)})`);
  if (!passed) console.log(Buffer.concat(output).toString());
  return passed;
}

async function runTests(args: readonly string[]): Promise<Totals & { passedAll: boolean }> {
  const began = performance.now();
  const runner = fileURLToPath(
    import.meta.resolve("tap/package.json").replace(/package\.json$/, "dist/esm/run.mjs"),
  );
  // Coverage of a few files has no meaning, and measuring it costs time during development.
  const coverage = args.length > 0 ? ["--disable-coverage"] : ["--coverage-report=json-summary"];
  const tap = spawn(process.execPath, [runner, "--reporter=tap", ...coverage, ...args], {
    cwd: root,
    stdio: ["inherit", "pipe", "inherit"],
  });
  const exit = finished(tap);
  const output = new TapOutput(console.log);
  for await (const line of createInterface({ input: tap.stdout })) output.line(line);
  const code = await exit;
  const totals = output.totals();
  console.log(`${code === 0 ? "ok    " : "FAILED"}  tests  (${seconds(began)})`);
  for (const skipped of totals.skipped) console.log(`skipped: ${skipped}`);
  if (args.length === 0) console.log(await coverageLine());
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

const files = process.argv.slice(2).filter((argument) => argument !== "--check");
const checkOnly = process.argv.includes("--check");
const steps = files.length > 0 ? [] : await Promise.all(STEPS.map(runStep));
const failedSteps = steps.filter((passed) => !passed).length;
if (checkOnly) {
  process.exitCode = failedSteps === 0 ? 0 : 1;
} else {
  const tests = await runTests(files);
  const failed = tests.failed + failedSteps + (tests.passedAll || tests.failed > 0 ? 0 : 1);
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`\n${tests.passed} passed, ${failed} failed`);
}
