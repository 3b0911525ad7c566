// Makes a folder and those above it. Node's own `recursive` never returns below a folder such as /proc, where making a
// folder fails as if the folder above did not exist.
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Makes `folder`, and what is missing above it, with `mode`. Does nothing when it exists. Throws the system's error. */
export function makeFolder(folder: string, mode: number): void {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have made it in the meantime.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
