// Checks the structural rules of CONTRIBUTING.md on a tree of files: imports between packages
// (walls) and between a package's folders (floors), import cycles, time and chance only through
// `Clock` and `Rng`, and the size of a file.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Arrow, cycleFaults } from "./cycles.ts";
import { floorFault, roomFault } from "./floors.ts";
import { entriesOf, targetOf } from "./resolve.ts";
import { readSource, type Source } from "./source.ts";
import { importFault, isTest } from "./walls.ts";

const MAX_LINES = 400;
const CLOCK = "packages/transport/src/clock.ts";
const CLOCKED =
  /^packages\/(?:http|algorithms|transport|config|telemetry|balancer|webserver|appserver|cluster)\/src\//;
/**
 * Matches a comment that allows the next line to use time or chance directly (rule 0 in
 * CONTRIBUTING.md). The comment must give the reason.
 */
const EXEMPTION = /\/\/ rule zero: \S/;

/** A file of the tree, with its imports of other files of this repository. */
interface Checked {
  readonly file: string;
  readonly text: string;
  readonly source: Source;
  readonly arrows: readonly Arrow[];
}

/** Returns every breach of the rules below `root`, each as `file:line  what is wrong, and what to do instead`. */
export function checkTree(root: string): string[] {
  const files = globSync("{packages,benchmarks,examples,scripts,website}/**/*.ts", {
    cwd: root,
    exclude: ["**/node_modules"],
  });
  const entries = entriesOf(root);
  const all = files.sort().map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const source = readSource(file, text);
    return { file, text, source, arrows: arrowsOf(file, source, entries) };
  });
  const cycles = cycleFaults(new Map(all.map(({ file, arrows }) => [file, arrows])));
  return [...all.flatMap(faultsOf), ...cycles];
}

function arrowsOf(
  file: string,
  { imports }: Source,
  entries: ReadonlyMap<string, string>,
): readonly Arrow[] {
  return imports.flatMap(({ text, line, typeOnly }) => {
    const to = targetOf(file, text, entries);
    return to === undefined ? [] : { from: file, to, line, typeOnly };
  });
}

function faultsOf(checked: Checked): string[] {
  const { file, source } = checked;
  const faults: string[] = [];
  if (source.lines > MAX_LINES)
    faults.push(`${file}:1  ${source.lines} lines; split it, a file has at most ${MAX_LINES}`);
  for (const { text: specifier, line } of source.imports) {
    const fault = importFault(file, specifier);
    if (fault !== undefined) faults.push(`${file}:${line}  ${fault}`);
  }
  return [...faults, ...floorFaults(checked), ...clockFaults(checked)];
}

function floorFaults({ file, arrows }: Checked): string[] {
  if (isTest(file)) return [];
  const room = roomFault(file);
  if (room !== undefined) return [`${file}:1  ${room}`];
  return arrows.flatMap(({ to, line }) => {
    const fault = floorFault(file, to);
    return fault === undefined ? [] : `${file}:${line}  ${fault}`;
  });
}

function clockFaults({ file, text, source: { timeAndChance } }: Checked): string[] {
  if (!CLOCKED.test(file) || file === CLOCK || isTest(file)) return [];
  const lines = text.split("\n");
  return timeAndChance
    .filter(({ line }) => !EXEMPTION.test(lines[line - 2] ?? ""))
    .map(
      ({ text: name, line }) =>
        `${file}:${line}  '${name}' reads time or chance; take a Clock or Rng of @tandem/transport`,
    );
}
