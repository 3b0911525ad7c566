// Keeps the last lines that a process wrote, to show why the process died. The kept text is limited, whatever the
// process writes.

const MAX_LINE = 2000;

export class LineRing {
  readonly #keep: number;
  readonly #lines: string[] = [];
  #partial = "";

  constructor(keep = 20) {
    this.#keep = keep;
  }

  /** Adds a piece of output; returns the lines that it completed. */
  push(chunk: string): readonly string[] {
    const pieces = (this.#partial + chunk).split("\n");
    this.#partial = (pieces.pop() ?? "").slice(-MAX_LINE);
    const lines = pieces.map((line) => line.slice(0, MAX_LINE));
    this.#lines.push(...lines);
    this.#lines.splice(0, this.#lines.length - this.#keep);
    return lines;
  }

  /** Returns the lines that are kept, including an unfinished last line. */
  lines(): readonly string[] {
    return this.#partial === "" ? [...this.#lines] : [...this.#lines, this.#partial];
  }
}
