// The output of the commands: results go to stdout, messages for a person to stderr. Colour is used on a
// terminal, or anywhere with FORCE_COLOR=1, but never when NO_COLOR (https://no-color.org) is set.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { ConfigError, formatProblems } from "@tandem/config";
import picocolors from "picocolors";
import { CommandRefusal, EXIT } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";

/** Whether output to `stream` should be coloured. */
export function colored(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return FORCE_COLOR === "1" || (stream.isTTY === true && TERM !== "dumb");
}

/** Writes a result to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a message to stderr. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/**
 * Returns functions that colour text for `stream`. They leave the text unchanged where output should not be coloured.
 */
export function palette(
  stream: NodeJS.WriteStream = process.stdout,
): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(colored(stream));
}

/** Returns the rows as lines. Each column is padded to its widest cell, except the last column. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join("  "),
  );
}

/**
 * Returns the words that call `tandem` again from the current folder. Messages use them in commands that a person can
 * copy.
 */
export function invocation(): string {
  const script = process.argv[1] ?? "";
  if (!script.endsWith(".ts")) return "tandem";
  const path = relative(process.cwd(), script);
  if (path.startsWith("..")) return `${shellWord(process.execPath)} ${shellWord(script)}`;
  // In a clone, use the Node that the set-up has installed. The system's Node may be too old to run .ts files.
  const node = join("node_modules", ".bin", "node");
  return `${shellWord(existsSync(node) ? node : process.execPath)} ${shellWord(path)}`;
}

/** Prints `error` and returns the exit code. A stack is printed only if the error is a bug. */
export function report(error: unknown): number {
  if (error instanceof ConfigError) {
    say(formatProblems(error.problems, { color: colored(process.stderr) }));
    return EXIT.config;
  }
  if (error instanceof CommandRefusal) {
    say(error.message);
    return error.exitCode;
  }
  say(`tandem: ${error instanceof Error ? error.stack : error}`);
  return EXIT.failure;
}
