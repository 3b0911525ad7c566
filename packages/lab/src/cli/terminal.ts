// Output of the commands: results go to stdout, messages for a person to stderr.
import { ScenarioError } from "../schema/check.ts";

/** The exit codes of every command: success, failure, faulty input, interrupted. */
export const EXIT = { ok: 0, failure: 1, input: 2, interrupted: 130 } as const;

/** A failure with a message that tells the person what to do. The command prints it and exits with `exitCode`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.input) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Writes a result to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a message to stderr. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints JSON. JSON has no NaN, so a value that was not measured becomes null. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/**
 * Shows one line, which the next call overwrites; `undefined` erases the line. Does nothing when stderr is not a
 * terminal.
 */
export function progress(text: string | undefined): void {
  if (process.stderr.isTTY !== true) return;
  const width = (process.stderr.columns ?? 80) - 1;
  process.stderr.write(`\r\x1b[2K${text === undefined ? "" : text.slice(0, width)}`);
}

/**
 * Returns a table whose columns are padded to their widest cell. Columns in `right` are right-aligned. The last column
 * is not padded.
 */
export function table(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        if (right.has(i)) return cell.padStart(width);
        return i === row.length - 1 ? cell : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Returns examples that stand at the top of a command's help. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `${lines.map(([c, does]) => `  $ tandem lab ${c.padEnd(width)}  # ${does}`).join("\n")}\n`;
}

/** Prints `error` and returns the exit code. The stack is printed only for a bug. */
export function report(error: unknown): number {
  progress(undefined);
  if (error instanceof UsageError) {
    say(error.message);
    return error.exitCode;
  }
  if (error instanceof ScenarioError) {
    say(error.message);
    return EXIT.input;
  }
  say(`tandem lab: ${error instanceof Error ? error.stack : error}`);
  return EXIT.failure;
}
