// Loads the algorithms that a person typed as files, with the balancer's own loader, and makes them known to the
// simulator. Only the command line can name such a file: a scenario is data, and data must not run code.
import { resolve } from "node:path";
import { loadModule } from "@tandem/balancer/custom";
import { describeThrown } from "@tandem/transport";
import { bareOpen, type OwnAlgorithm, ownSubject } from "../own/own-subject.ts";
import type { Watch } from "../own/watch.ts";
import { addSubject } from "../sim/algorithms.ts";
import { isFile, readOwnText } from "./own-text.ts";
import { EXIT, say, UsageError } from "./terminal.ts";

/** How often each fault of each file came up while simulations ran. */
const faults = new Map<string, number>();

function complain(name: string, message: string): void {
  const line = `${name}: ${message.replace("the custom algorithm ", "")}`;
  countFault(line, 1);
}

function countFault(line: string, count: number): void {
  faults.set(line, (faults.get(line) ?? 0) + count);
}

/** Returns the faults that were counted since the last call. A thread sends them to the one that asked it to simulate. */
export function takeFaults(): [fault: string, count: number][] {
  const taken = [...faults];
  faults.clear();
  return taken;
}

/** Counts faults that another thread has counted. */
export function addFaults(taken: readonly (readonly [fault: string, count: number])[]): void {
  for (const [line, count] of taken) countFault(line, count);
}

/**
 * Loads one file and makes a picker of it once. Throws a UsageError when there is no such file, when it does not load,
 * when it does not export `createPicker`, or when that makes no picker.
 */
export async function loadOwn(
  text: string,
  watched?: OwnAlgorithm["watched"],
): Promise<OwnAlgorithm> {
  const { file, parameters } = readOwnText(text);
  try {
    watched?.watch.enter("load", watched.file);
    const create = await loadModule(resolve(file), file);
    watched?.watch.leave();
    const words = { name: text, create, parameters, describe: describeThrown };
    const own = watched === undefined ? words : { ...words, watched };
    bareOpen(own)({ rng: () => 0.5, now: () => 0, ticket: () => 0 });
    return own;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Makes the algorithm known to the simulator, and counts what it does wrong there. */
export function makeKnown(own: OwnAlgorithm): void {
  addSubject(
    own.name,
    ownSubject(own, (message) => complain(own.name, message)),
  );
}

/**
 * Loads those of the typed algorithms that are files. From then on they are algorithms like all others. The calls of the
 * nth file are told to `watch` as those of file n.
 */
export async function loadOwnFiles(
  typed: readonly string[] = [],
  watch?: Watch,
): Promise<readonly OwnAlgorithm[]> {
  const owns: OwnAlgorithm[] = [];
  for (const [file, text] of typed.filter(isFile).entries()) {
    const own = await loadOwn(text, watch && { watch, file });
    makeKnown(own);
    owns.push(own);
  }
  return owns;
}

/**
 * Lets the simulator accept the names of files that only other threads have loaded. A simulation in this thread throws.
 */
export function acceptNames(typed: readonly string[]): void {
  for (const name of typed.filter(isFile))
    addSubject(name, {
      title: name,
      idea: "",
      paper: "",
      options: {},
      open() {
        throw new Error(`'${name}' is loaded in other threads only`);
      },
    });
}

/** Reports what files did wrong in the simulations, and makes the command end with a failure then. */
export function tellOwnFaults(): void {
  for (const [line, count] of [...faults].sort())
    say(`${line} (${count.toLocaleString("en-US")} times; least-conn chose instead)`);
  if (faults.size > 0) process.exitCode = EXIT.failure;
  faults.clear();
}
