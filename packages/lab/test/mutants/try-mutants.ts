// Tries mutants one after the other, and says how each fared.
import type { Journal } from "./journal.ts";
import { type Part, type Running, runSuite } from "./kill.ts";
import type { Fate, Mutant } from "./mutant.ts";
import { suitesOf, suitesOfAll } from "./suites.ts";

export interface Progress {
  /** Called before the run without a mutant, and before each mutant. */
  readonly begins: (what: string, index: number, count: number) => void;
  readonly ended: (mutant: Mutant, fate: Fate, known: boolean) => void;
}

interface Attempt {
  readonly root: string;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Tries every mutant whose fate the journal does not know, and returns all fates. Throws an Error when a test or a check
 * fails without a mutant, because then nothing can be told.
 */
export async function tryMutants(
  mutants: readonly Mutant[],
  attempt: Attempt,
): Promise<readonly Fate[]> {
  const { journal, progress } = attempt;
  const left = mutants.filter((mutant) => journal.fateOf(mutant) === undefined).length;
  if (left > 0 && journal.usual === undefined) await measureUsual(mutants, attempt);
  const fates: Fate[] = [];
  let tried = 0;
  for (const mutant of mutants) {
    const known = journal.fateOf(mutant);
    if (known === undefined) progress.begins(mutant.id, ++tried, left);
    const fate = known ?? (await fateOf(mutant, attempt));
    if (known === undefined) journal.note(mutant, fate);
    progress.ended(mutant, fate, known !== undefined);
    fates.push(fate);
  }
  return fates;
}

async function measureUsual(mutants: readonly Mutant[], attempt: Attempt): Promise<void> {
  const { root, journal, signal, progress } = attempt;
  const suites = suitesOfAll(mutants, root);
  const parts: Part[] = [];
  for (const [index, suite] of suites.entries()) {
    progress.begins(`without a mutant: ${suite.script}`, index + 1, suites.length);
    const run = await runSuite(suite, undefined, { root, signal, usual: () => undefined });
    if (run.noticed !== undefined)
      throw new Error(
        `${run.noticed} fails without a mutant; mend that first:\n${run.output.trimEnd()}`,
      );
    parts.push(...run.done);
  }
  journal.noteUsual(Object.fromEntries(parts.map(({ name, seconds }) => [name, seconds])));
}

async function fateOf(mutant: Mutant, { root, journal, signal }: Attempt): Promise<Fate> {
  const began = performance.now();
  const running: Running = { root, signal, usual: (part) => journal.usual?.[part] };
  for (const suite of suitesOf(mutant, root)) {
    const { noticed, timedOut } = await runSuite(suite, mutant, running);
    signal.throwIfAborted();
    if (noticed === undefined) continue;
    const expected = mutant.by === undefined || noticed === mutant.by;
    return {
      id: mutant.id,
      fate: expected ? "killed" : "not by its check",
      suite: noticed,
      ...(timedOut && { timedOut }),
      seconds: (performance.now() - began) / 1000,
    };
  }
  return { id: mutant.id, fate: "survived", seconds: (performance.now() - began) / 1000 };
}
