// Reads the text of a configuration file. Every reader of the file reads it here, so that all keep the same limits: a
// regular file, and not a large one.
import { readFileSync, type Stats, statSync } from "node:fs";
import { ConfigError } from "./problem.ts";

/**
 * The largest size of a file, far above any real configuration. When the path is wrong and leads to a disk image or a
 * log, the file is thus refused quickly.
 */
const MAX_BYTES = 1024 * 1024;

/** Returns the text of the file. Throws a ConfigError when the path leads to no regular file of a sensible size. */
export function readConfigText(file: string): string {
  try {
    const facts = statSync(file);
    // A device or a pipe has the size 0 and may never end, and opening a pipe waits for its writer.
    if (!facts.isFile())
      throw unreadable(file, `is ${kindOf(facts)}, expected a file${adviceOn(facts)}`);
    const { size } = facts;
    if (size > MAX_BYTES) throw unreadable(file, `found ${size} bytes, expected at most 1 MiB`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw unreadable(file, READ_FAILURES[code] ?? `cannot be read (${code})`);
  }
}

function kindOf(facts: Stats): string {
  if (facts.isDirectory()) return "a folder";
  if (facts.isFIFO()) return "a pipe";
  if (facts.isSocket()) return "a socket";
  return "a device";
}

/** Returns what to do instead. A shell's `<(…)` and `/dev/stdin` behind `|` are pipes, and are given on purpose. */
function adviceOn(facts: Stats): string {
  return facts.isFIFO() ? "; write its text to a file, and name that" : "";
}

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: "no such file; say which configuration to read",
  EACCES: "may not be read by this user; check the file's owner and mode",
  ENOTDIR: "a part of this path is a file, expected a folder",
};

function unreadable(file: string, message: string): ConfigError {
  const docs = "docs/configuration.md#top-level";
  return new ConfigError([
    { file, line: 1, column: 1, width: 1, path: "", message, source: "", docs },
  ]);
}
