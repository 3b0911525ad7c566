// Parsers for the values of command-line options. Each parser rejects a bad value while the command line is parsed.
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InvalidArgumentError } from "commander";

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("expected a number above 0");
  return value;
}

export function wholePositive(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("expected a whole number above 0");
  return value;
}

/**
 * Returns `path` when a file can be written there. It is called at the start of a run, so that a wrong path is
 * refused at once and not when the results are ready.
 */
export function writable(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) throw new Error("it is a folder");
    accessSync(found === undefined ? dirname(resolve(path)) : path, constants.W_OK);
    return path;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`expected a file that can be written: ${why}`);
  }
}
