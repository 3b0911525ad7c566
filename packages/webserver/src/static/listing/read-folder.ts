// Reads what a listing shows of a folder: only names that a request can get. Hidden names are left out, and so are
// links that leave the root, lead to a hidden file or lead nowhere, and what is neither a file nor a folder. The work
// for one listing has a bound, however many files the folder has.
import type { Dirent, Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { absence, lastingPath, openInside } from "../inside.ts";
import { LOOK_FLAGS } from "../open-flags.ts";
import { isServable } from "../resolve.ts";

/** How many entries are shown at most. */
const MOST_SHOWN = 2000;
/** How many names are read at most. Beyond this the listing says "more than". */
const MOST_READ = 20_000;
/** How many entries are asked for at once. File reads of other requests share the same few threads. */
const AT_ONCE = 16;

export interface Entry {
  readonly name: string;
  readonly folder: boolean;
  /** In bytes; 0 for a folder. */
  readonly size: number;
  /** The modification time, in milliseconds since 1970. */
  readonly modifiedAt: number;
}

export interface Listing {
  /** Folders come first; then by name, numbers in names by their value. */
  readonly entries: readonly Entry[];
  /** How many more names the folder has. */
  readonly more: number;
  /** Whether the folder may have even more names than `more` says, because reading it stopped at its bound. */
  readonly unread: boolean;
}

export interface Bounds {
  readonly shown: number;
  readonly read: number;
}

/**
 * Returns the listing of the folder `name` below `root`, or a text that says why there is none. Rejects only when the
 * system fails.
 */
export async function readFolder(
  root: string,
  name: string,
  { shown, read }: Bounds = { shown: MOST_SHOWN, read: MOST_READ },
): Promise<Listing | string> {
  try {
    const opened = await openInside(root, name);
    if (typeof opened === "string") return opened;
    await using _folder = opened.handle; // is open until all entries have been looked at through it
    const { names, unread } = await readNames(lastingPath(opened), read);
    const chosen = names.length > shown ? names.sort(inByteOrder).slice(0, shown) : names;
    const entries = await lookAt(root, name, chosen);
    return { entries: entries.sort(inReadingOrder), more: names.length - chosen.length, unread };
  } catch (error) {
    return absence(error);
  }
}

async function readNames(
  path: string,
  most: number,
): Promise<{ readonly names: Dirent[]; readonly unread: boolean }> {
  const names: Dirent[] = [];
  let read = 0;
  for await (const entry of await opendir(path, { bufferSize: 256 })) {
    read += 1;
    if (read > most) return { names, unread: true };
    const linked = entry.isSymbolicLink();
    if (!isServable(entry.name)) continue;
    if (linked || entry.isFile() || entry.isDirectory()) names.push(entry);
  }
  return { names, unread: false };
}

async function lookAt(root: string, folder: string, names: readonly Dirent[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  const queue = names.values();
  const worker = async () => {
    for (const name of queue) {
      const entry = await entryOf(root, folder, name);
      if (entry !== undefined) entries.push(entry);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return entries;
}

/** Returns the entry; undefined when a request for this name would get no file and no folder. */
async function entryOf(root: string, folder: string, found: Dirent): Promise<Entry | undefined> {
  const { name } = found;
  try {
    const stats = found.isSymbolicLink()
      ? await behindLink(root, `${folder}${name}`)
      : await lstat(join(found.parentPath, name));
    if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined;
    const isFolder = stats.isDirectory();
    return { name, folder: isFolder, size: isFolder ? 0 : stats.size, modifiedAt: stats.mtimeMs };
  } catch (error) {
    absence(error); // the file is gone since its name was read, or its link leads nowhere
    return undefined;
  }
}

async function behindLink(root: string, name: string): Promise<Stats | undefined> {
  const opened = await openInside(root, name, LOOK_FLAGS);
  if (typeof opened === "string") return undefined;
  await using handle = opened.handle;
  return await handle.stat();
}

function inByteOrder(a: Dirent, b: Dirent): number {
  const folders = Number(b.isDirectory()) - Number(a.isDirectory());
  if (folders !== 0) return folders;
  return a.name < b.name ? -1 : 1;
}

const { compare } = new Intl.Collator("en", { numeric: true });

function inReadingOrder(a: Entry, b: Entry): number {
  const folders = Number(b.folder) - Number(a.folder);
  return folders !== 0 ? folders : compare(a.name, b.name);
}
