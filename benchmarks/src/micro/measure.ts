// Starts the processes that measure, for this revision or for another one, each round in turns.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { turnsOf } from "../run/turns.ts";
import type { Cost, Row } from "./row.ts";

/** A revision that is measured. */
export interface Measured {
  readonly name: string;
  /** Its folder, with all packages. */
  readonly root: string;
}

const HERE = import.meta.dirname;
const FLAGS = ["--expose-gc", "--max-semi-space-size=128", "--min-semi-space-size=128"];

function output(args: readonly string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

/** Measures the picks of one algorithm, with the revision's own program for it. */
export function measurePicks(root: string, name: string, sizes: readonly number[]): Cost {
  const program = join(root, "benchmarks/src/micro/picks-process.ts");
  return { name, rows: output([...FLAGS, program, name, ...sizes.map(String)]) as Row[] };
}

/** Returns how many requests per second of processor time the revision's simulator handles. */
export function measureSimulator(root: string, name: string): number {
  return output([join(HERE, "simulator/simulator-process.ts"), root, name]) as number;
}

/** Measures all revisions `rounds` times, in turns. Returns for each revision its measurements, one per round. */
export function inTurns<T>(
  revisions: readonly Measured[],
  rounds: number,
  measure: (root: string) => T,
): readonly (readonly T[])[] {
  const found = revisions.map((): T[] => []);
  for (let round = 1; round <= rounds; round++)
    for (const revision of turnsOf(revisions, round))
      found[revisions.indexOf(revision)]?.push(measure(revision.root));
  return found;
}
