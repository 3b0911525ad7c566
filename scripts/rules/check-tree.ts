// Applies the house's structural rules to a tree: import walls, time and chance only through the
// clock, and the size of a file.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSource, type Source } from "./source.ts";
import { importFault, isTest } from "./walls.ts";

const MAX_LINES = 400;
const CLOCK = "packages/transport/src/clock.ts";
const CLOCKED =
  /^packages\/(?:http|algorithms|transport|config|telemetry|balancer|webserver|cluster)\/src\//;
/** Rule zero: a violation is allowed where the line above says why. */
const EXEMPTION = /\/\/ rule zero: \S/;

/** Every breach in the tree, each as `file:line  what, and what instead`. */
export function checkTree(root: string): string[] {
  const files = globSync("{packages,benchmarks,examples,scripts}/**/*.ts", {
    cwd: root,
    exclude: ["**/node_modules"],
  });
  return files.sort().flatMap((file) => checkFile(file, readFileSync(join(root, file), "utf8")));
}

function checkFile(file: string, text: string): string[] {
  const source = readSource(file, text);
  const faults: string[] = [];
  if (source.lines > MAX_LINES)
    faults.push(`${file}:1  ${source.lines} lines; split it, a file has at most ${MAX_LINES}`);
  for (const { text: specifier, line } of source.imports) {
    const fault = importFault(file, specifier);
    if (fault !== undefined) faults.push(`${file}:${line}  ${fault}`);
  }
  return [...faults, ...clockFaults(file, text, source)];
}

function clockFaults(file: string, text: string, { timeAndChance }: Source): string[] {
  if (!CLOCKED.test(file) || file === CLOCK || isTest(file)) return [];
  const lines = text.split("\n");
  return timeAndChance
    .filter(({ line }) => !EXEMPTION.test(lines[line - 2] ?? ""))
    .map(
      ({ text: name, line }) =>
        `${file}:${line}  '${name}' reads time or chance; take a Clock or Rng of @tandem/transport`,
    );
}
