// The journal of a long command: what each finished run has measured, a line each, in the folder of `--out`. When the
// command is started again, what the journal has is not run again. A line is found by everything that a run depends on, so
// more seeds, other values and further algorithms go on from the same journal.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { Measured } from "../../scenarios/run-study.ts";
import type { Run } from "../../scenarios/runner.ts";
import type { Scenario } from "../../sim/scenario.ts";
import { refuseUnwritable } from "../save.ts";
import { EXIT, say, UsageError } from "../terminal.ts";

/** What all runs of a journal have in common, in the words of a message. */
export interface Origin {
  readonly scenario: Scenario;
  readonly metrics: readonly string[];
  readonly revision: string;
}

const NAME = "runs.jsonl";
const FORMAT = "tandem lab runs, 1";

export class Journal {
  readonly #file: string;
  readonly #known = new Map<string, Measured>();

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Opens the journal in the folder, or begins one. Throws a UsageError when the one that is there is of another scenario
   * or revision, or is damaged.
   */
  static open(folder: string, origin: Origin): Journal {
    const journal = new Journal(join(folder, NAME));
    const head = headOf(origin);
    if (existsSync(journal.#file)) journal.#read(head);
    if (!existsSync(journal.#file) || readFileSync(journal.#file).length === 0)
      journal.#append(head);
    return journal;
  }

  get size(): number {
    return this.#known.size;
  }

  find(key: string): Measured | undefined {
    return this.#known.get(key);
  }

  add(key: string, measured: Measured): void {
    this.#known.set(key, measured);
    this.#append({ run: key, ...measured });
  }

  #append(line: object): void {
    try {
      appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      throw new UsageError(
        `cannot write ${this.#file}: ${error instanceof Error ? error.message : String(error)}; ` +
          "what was written stays, and the same command goes on from there",
        EXIT.failure,
      );
    }
  }

  #read(head: ReturnType<typeof headOf>): void {
    const bytes = readFileSync(this.#file);
    // An interrupt may cut the last line off.
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) truncateSync(this.#file, whole);
    const [first, ...lines] = bytes.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
    if (first === undefined) return;
    this.#refuseOther(this.#parsed(first, 1), head);
    for (const [i, text] of lines.entries()) {
      const { run, values, caveats } = this.#parsed(text, i + 2);
      if (typeof run !== "string" || !Array.isArray(values) || typeof caveats !== "object")
        throw this.#damaged(i + 2);
      const measured = values.map((value) => (typeof value === "number" ? value : Number.NaN));
      this.#known.set(run, { values: measured, caveats: caveats as Measured["caveats"] });
    }
  }

  #parsed(text: string, line: number): Readonly<Record<string, unknown>> {
    try {
      return Object(JSON.parse(text));
    } catch {
      throw this.#damaged(line);
    }
  }

  #damaged(line: number): UsageError {
    return new UsageError(
      `${this.#file}:${line}: not a line of a journal of runs; expected what 'tandem lab' wrote. ` +
        "Remove the line, and its run is done again, or choose another --out",
    );
  }

  #refuseOther(found: Readonly<Record<string, unknown>>, head: ReturnType<typeof headOf>): void {
    if (found.format !== head.format) throw this.#damaged(1);
    const other = Object.entries(head).find(([key, value]) => found[key] !== value);
    if (other === undefined) return;
    const [key, value] = other;
    throw new UsageError(
      `${this.#file} has runs of another ${key}: ${found[key]}, and now it is ${value}; ` +
        "choose another --out, or remove the file to begin again",
    );
  }
}

/** Opens the journal of a command, if it has a folder to write to, and says what need not be run again. */
export function openJournal(folder: string | undefined, origin: Origin): Journal | undefined {
  if (folder === undefined) return undefined;
  refuseUnwritable(folder);
  const journal = Journal.open(folder, origin);
  if (journal.size > 0) say(`${journal.size} runs are done already, and are not run again`);
  return journal;
}

const headOf = ({ scenario, metrics, revision }: Origin) => ({
  format: FORMAT,
  revision,
  metrics: metrics.join(", "),
  scenario: `'${scenario.name}' (${hash(scenario)})`,
});

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);

const hashes = new WeakMap<Scenario, string>();

/** Names a run by what it depends on. */
export function keyOf({ scenario, candidate, seed }: Run): string {
  const known = hashes.get(scenario) ?? hash(scenario);
  hashes.set(scenario, known);
  return hash([known, candidate.algorithm, candidate.parameters ?? {}, seed]);
}
