// Opens what is below the root of a location. Symbolic links within the root are followed. Refused is what a link
// leads to outside the root, and what is hidden below the root (a dot in front of a part of its real path). A path
// that was checked may lead elsewhere a moment later, when a folder in it is replaced by a link. So what was opened is
// checked again, and only its descriptor is used from then on.
import { existsSync, readlinkSync } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { OPEN_FLAGS } from "./open-flags.ts";

/** What a missing file's error code is. Any other code means that the system failed. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EACCES", "EPERM", "ENXIO"]);
/** Linux tells here where each open file is now. */
const DESCRIPTORS = "/proc/self/fd";
const TOLD = process.platform === "linux" && existsSync(DESCRIPTORS);
/** How many times a name is opened at most, when its path changes each time between the check and the opening. */
const TRIES = 4;

/** An open file or folder below the root. The caller closes `handle`. */
export interface Opened {
  readonly handle: FileHandle;
  /** Its real path when it was opened. */
  readonly path: string;
}

/**
 * Opens `name` below `root`, or returns a text that says why it may not be served. `name` is a path that `resolveName`
 * has accepted. Rejects when there is no such file.
 */
export async function openInside(
  root: string,
  name: string,
  flags: number = OPEN_FLAGS,
): Promise<Opened | string> {
  let refused = "";
  for (let tries = 0; tries < TRIES; tries++) {
    // The root is resolved at each call, because it may be a link that a new release changes.
    const realRoot = await realpath(root);
    const path = await realpath(join(realRoot, name));
    const fault = faultOf(realRoot, path);
    if (fault !== undefined) return fault;
    const handle = await open(path, flags);
    const changed = await faultOfOpened(handle, realRoot, path);
    if (changed === undefined) return { handle, path };
    await handle.close();
    refused = changed;
  }
  return refused;
}

/**
 * Returns a path that leads to the open folder, and to nothing else as long as it is open. Only Linux has such a path;
 * elsewhere the result is the folder's own path, which may lead to another folder later.
 */
export function lastingPath({ handle, path }: Opened): string {
  return TOLD ? `${DESCRIPTORS}/${handle.fd}` : path;
}

/** Returns the code of an error that says that a file is missing or may not be read. Throws every other error. */
export function absence(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !ABSENT.has(code)) throw error;
  return code;
}

/** Returns why what has the real path `path` is not served; undefined when it is. */
function faultOf(realRoot: string, path: string): string | undefined {
  if (path === realRoot) return undefined;
  const folder = realRoot === sep ? sep : realRoot + sep;
  if (!path.startsWith(folder)) return "a link that leaves the folder";
  return path.includes(`${sep}.`, folder.length - 1) ? "a link to a hidden file" : undefined;
}

/** Returns why what was opened as `path` is not served; undefined when it is. Closes `handle` before it rejects. */
async function faultOfOpened(
  handle: FileHandle,
  realRoot: string,
  path: string,
): Promise<string | undefined> {
  try {
    // The kernel has the answer in memory. A trip to another thread would take longer than the call.
    if (TOLD) return faultOf(realRoot, readlinkSync(`${DESCRIPTORS}/${handle.fd}`));
    return await faultByIdentity(handle, realRoot, path);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Judges what was opened where the system does not tell its path: `path` must still be a real path, and must lead to
 * the same file. A path that changes twice during this call can deceive it.
 */
export async function faultByIdentity(
  handle: FileHandle,
  realRoot: string,
  path: string,
): Promise<string | undefined> {
  const now = await realpath(path);
  const there = await lstat(now, { bigint: true });
  const opened = await handle.stat({ bigint: true });
  const same = there.dev === opened.dev && there.ino === opened.ino;
  return same ? faultOf(realRoot, now) : "a path that changes while it is opened";
}
