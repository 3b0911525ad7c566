// A mutant is one deliberate fault in the source. The tests and checks are good when each mutant is noticed ("dies").

export interface Mutant {
  /** A short name, which stays the same when rows are added: results are kept under it. */
  readonly id: string;
  /** The file, from the root of the repository. */
  readonly file: string;
  /** The exact source text, which has to occur once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What the fault breaks, in words. */
  readonly breaks: string;
  /** The check that has to notice the fault. Without it, any test or check may. */
  readonly by?: string;
  /** Why nothing notices the fault, and why that is right. Such a mutant has to survive. */
  readonly survives?: string;
}

/** Makes the rows of one file. */
export function inFile(file: string, rows: readonly Omit<Mutant, "file">[]): readonly Mutant[] {
  return rows.map((row) => ({ ...row, file }));
}

/** How a mutant fared. `suite` is the test file or the check that noticed it. */
export interface Fate {
  readonly id: string;
  readonly fate: "killed" | "survived" | "not by its check";
  readonly suite?: string;
  /** Whether the suite did not fail but ran for too long, as with a loop without end. */
  readonly timedOut?: boolean;
  readonly seconds: number;
}

/** Returns the source with the mutant in it. Throws an Error when its text does not occur exactly once. */
export function mutated(source: string, { id, file, find, replace }: Mutant): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(
      `mutant ${id}: its text occurs ${more.length + (after === undefined ? 0 : 1)} times in ${file}, expected once; adapt the row:\n${find}`,
    );
  return `${before}${replace}${after}`;
}
