// The checks that run no code of Tandem: lint, types, dead code, import rules. They run in parallel.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { bin, finished, root, seconds } from "./child.ts";

const CHECKS: readonly (readonly [name: string, ...command: string[]])[] = [
  ["lint", bin("biome"), "check", "--error-on-warnings", "."],
  ["types", bin("tsc")],
  // The laboratory's page runs in a browser, so it is checked with the browser's types, which the rest of the code
  // must not use.
  ["types of the page", bin("tsc"), "--project", join(root, "packages/lab/src/page")],
  ["dead code", bin("knip")],
  ["import rules", process.execPath, join(root, "scripts/import-rules.ts")],
];

async function check([name, command = "", ...args]: (typeof CHECKS)[number]): Promise<boolean> {
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

/** Runs all checks and prints their results. Resolves to the number of those that failed. */
export async function runChecks(): Promise<number> {
  const passed = await Promise.all(CHECKS.map(check));
  return passed.filter((one) => !one).length;
}
