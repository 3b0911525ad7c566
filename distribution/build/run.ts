// Runs the programs that a build needs.
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { basename } from "node:path";

/**
 * The program runs without NODE_OPTIONS. tap puts a module loader there, also into the environments that a test gives
 * its children, and with this loader TypeScript's own script does not start.
 */
const WITHOUT_LOADERS = ["-u", "NODE_OPTIONS"] as const;

/** Runs a program to its end and returns what it printed. Throws with its messages when it fails. */
export function run(program: string, args: readonly string[], options?: SpawnSyncOptions): string {
  const { status, error, stdout, stderr } = spawnSync(
    "env",
    [...WITHOUT_LOADERS, program, ...args],
    { ...options, encoding: "utf8" },
  );
  if (status === 0) return stdout;
  const reason = error === undefined ? `${stdout}${stderr}`.trim() : error.message;
  throw new Error(`${basename(program)} failed: ${reason}`);
}
