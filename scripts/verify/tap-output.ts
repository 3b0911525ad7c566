// Reads tap's output line by line and shortens it: a line for each file that passed, the whole block of each file
// that failed, the skipped tests with their reasons, and the totals.

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Takes each line of tap's output through `line`, and calls `print` with the lines to show. */
export class TapOutput {
  readonly #print: (line: string) => void;
  #block: string[] = [];
  #names: string[] = [];
  #passed = 0;
  #failed = 0;
  #skipped: string[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  line(line: string): void {
    const depth = (/^ */.exec(line)?.[0].length ?? 0) / 4;
    this.#note(line.trim(), depth);
    if (line.startsWith("# Subtest: ")) this.#block = [];
    if (/^(?: {4}|# Subtest: )/.test(line)) {
      this.#block.push(line);
      return;
    }
    if (line.startsWith("not ok ")) for (const kept of this.#block) this.#print(kept);
    this.#block = [];
    if (!/^(?:$|TAP version|\d+\.\.\d+|# No coverage|json-summary report)/.test(line))
      this.#print(line);
  }

  totals(): Totals {
    return { passed: this.#passed, failed: this.#failed, skipped: this.#skipped };
  }

  #note(line: string, depth: number): void {
    const subtest = /^# Subtest: (.*)$/.exec(line);
    if (subtest !== null) {
      this.#names.length = Math.floor(depth);
      this.#names.push(subtest[1] ?? "");
    }
    const skip = /^ok \d+ - (.*?) # SKIP(.*)$/.exec(line);
    if (skip !== null) this.#skip(skip[1] ?? "", (skip[2] ?? "").trim(), depth);
    if (depth === 0 && /^# \{ total: \d+.*\}$/.test(line)) {
      this.#passed = count(line, "pass");
      this.#failed += count(line, "fail");
    }
  }

  #skip(name: string, reason: string, depth: number): void {
    // A test file without an assertion cannot fail, so it counts as failed.
    if (reason === "no tests found") {
      this.#failed += 1;
      this.#print(`not ok - ${name}: this file runs no test`);
      return;
    }
    const where = [...this.#names.slice(0, Math.floor(depth)), name].join(" > ");
    this.#skipped.push(`${where}: ${reason === "" ? "no reason given" : reason}`);
  }
}

function count(totals: string, name: string): number {
  return Number(new RegExp(` ${name}: (\\d+)`).exec(totals)?.[1] ?? 0);
}
