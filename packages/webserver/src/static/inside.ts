// Finds names on disk below the root of a location. Symbolic links within the root are followed; a
// link that leaves the root leads to nothing.
import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";

/** What a missing file's error code is. Any other code means that the system failed. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EACCES", "EPERM", "ENXIO"]);

/**
 * Returns the real path of `name` below `root`, or undefined when a link leads out of the root. `name` is a path that
 * `resolveName` has accepted. Rejects when there is no such file.
 */
export async function pathInside(root: string, name: string): Promise<string | undefined> {
  // The root is resolved at each call, because it may be a link that a new release changes.
  const realRoot = await realpath(root);
  const path = await realpath(join(realRoot, name));
  const inside = path === realRoot || path.startsWith(realRoot === sep ? sep : realRoot + sep);
  return inside ? path : undefined;
}

/** Returns the code of an error that says that a file is missing or may not be read. Throws every other error. */
export function absence(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !ABSENT.has(code)) throw error;
  return code;
}
