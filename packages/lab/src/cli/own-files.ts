// Loads the algorithms that a person typed as files, with the balancer's own loader, and makes them known to the
// simulator. Only the command line can name such a file: a scenario is data, and data must not run code.
import { resolve } from "node:path";
import { loadModule } from "@tandem/balancer/custom";
import { describeThrown } from "@tandem/transport";
import { bareOpen, type OwnAlgorithm, ownSubject } from "../own/own-subject.ts";
import { addSubject } from "../sim/algorithms.ts";
import { isFile, readOwnText } from "./own-text.ts";
import { EXIT, say, UsageError } from "./terminal.ts";

/** How often each fault of each file came up while simulations ran. */
const faults = new Map<string, number>();

function complain(name: string, message: string): void {
  const line = `${name}: ${message.replace("the custom algorithm ", "")}`;
  faults.set(line, (faults.get(line) ?? 0) + 1);
}

/**
 * Loads one file and makes a picker of it once. Throws a UsageError when there is no such file, when it does not load,
 * when it does not export `createPicker`, or when that makes no picker.
 */
export async function loadOwn(text: string): Promise<OwnAlgorithm> {
  const { file, parameters } = readOwnText(text);
  try {
    const create = await loadModule(resolve(file), file);
    const own = { name: text, create, parameters, describe: describeThrown };
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

/** Loads those of the typed algorithms that are files. From then on they are algorithms like all others. */
export async function loadOwnFiles(
  typed: readonly string[] = [],
): Promise<readonly OwnAlgorithm[]> {
  const owns: OwnAlgorithm[] = [];
  for (const text of typed.filter(isFile)) {
    const own = await loadOwn(text);
    makeKnown(own);
    owns.push(own);
  }
  return owns;
}

/** Reports what files did wrong in the simulations, and makes the command end with a failure then. */
export function tellOwnFaults(): void {
  for (const [line, count] of faults)
    say(`${line} (${count.toLocaleString("en-US")} times; least-conn chose instead)`);
  if (faults.size > 0) process.exitCode = EXIT.failure;
  faults.clear();
}
