// The output of the commands: results go to stdout, messages for a person to stderr.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { ConfigError, formatProblems } from "@tandem/config";
import { colored } from "@tandem/telemetry/colors";
import { CommandRefusal, EXIT } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { systemFault } from "../system-fault.ts";

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

/** Returns what `report` would print of an error, without colours and without the stack of a bug. */
export function wordsOfError(error: unknown): string {
  if (error instanceof ConfigError) return formatProblems(error.problems, { color: false });
  return systemFault(error) ?? (error instanceof Error ? error.message : String(error));
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
  const bug = error instanceof Error ? error.stack : error;
  say(`tandem: ${systemFault(error) ?? bug}`);
  return EXIT.failure;
}
