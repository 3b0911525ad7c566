// The results so far, a line of JSON each, so that a run that was ended goes on where it stopped. A result counts only
// for the same mutant in the same sources and tests: every line carries a digest of them.
import { createHash } from "node:crypto";
import { appendFileSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Fate, Mutant } from "./mutant.ts";

/** What a result depends on: the mutated packages, with their tests, and the table of the suites. */
const SOURCES = ["packages/algorithms/src/**/*.ts", "packages/lab/src/{checks,sim,stats}/**/*.ts"];

/** How long each part takes without a mutant, in seconds. */
export type Usual = Readonly<Record<string, number>>;

type Line =
  | { readonly kind: "usual"; readonly digest: string; readonly usual: Usual }
  | { readonly kind: "fate"; readonly digest: string; readonly fate: Fate };

export class Journal {
  readonly #file: string;
  readonly #sources: string;
  readonly #fates = new Map<string, Fate>();
  usual: Usual | undefined;

  /** Reads the lines of an earlier run from `file`, as far as they still count. */
  constructor(root: string, file: string) {
    this.#file = file;
    this.#sources = digestOf(
      ...SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root }).sort()).map((name) =>
        readFileSync(join(root, name), "utf8"),
      ),
    );
    for (const line of this.#lines())
      if (line.kind === "fate") this.#fates.set(line.digest, line.fate);
      else if (line.digest === this.#sources) this.usual = line.usual;
  }

  fateOf(mutant: Mutant): Fate | undefined {
    return this.#fates.get(this.#digest(mutant));
  }

  note(mutant: Mutant, fate: Fate): void {
    this.#fates.set(this.#digest(mutant), fate);
    this.#append({ kind: "fate", digest: this.#digest(mutant), fate });
  }

  noteUsual(usual: Usual): void {
    this.usual = usual;
    this.#append({ kind: "usual", digest: this.#sources, usual });
  }

  forget(): void {
    this.#fates.clear();
    this.usual = undefined;
    rmSync(this.#file, { force: true });
  }

  #digest({ id, file, find, replace, by = "" }: Mutant): string {
    return digestOf(this.#sources, id, file, find, replace, by);
  }

  #append(line: Line): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  #lines(): readonly Line[] {
    let text: string;
    try {
      text = readFileSync(this.#file, "utf8");
    } catch {
      return [];
    }
    return text.split("\n").flatMap((line): Line[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        return []; // the last line of a run that was ended while it wrote
      }
    });
  }
}

function digestOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex").slice(0, 16);
}
