// Keys and certificates on disk. Each file is written under a temporary name first and then gets its own name in one
// step, so no reader ever sees half a key.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { CommandRefusal } from "../refusal.ts";

/** A private key and its certificate, both PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface PairPaths {
  readonly key: string;
  readonly cert: string;
}

/** Returns the paths of a key and its certificate in `directory`: `NAME.key` and `NAME.crt`. */
export function pairPaths(directory: string, name: string): PairPaths {
  return { key: join(directory, `${name}.key`), cert: join(directory, `${name}.crt`) };
}

/**
 * Writes `content` so that the file appears complete or not at all. When the file exists already,
 * `replace` decides: true replaces the file, false throws a CommandRefusal.
 */
export function writeAtomically(
  path: string,
  content: string,
  { mode, replace }: { readonly mode: number; readonly replace: boolean },
): void {
  makeFolder(dirname(path), 0o700);
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const fd = openSync(draft, "wx", mode);
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    // link fails when the file exists, but rename would silently replace the file. So with link the check and the
    // write are one step.
    if (replace) renameSync(draft, path);
    else linkSync(draft, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new CommandRefusal(`${path} exists already and was left alone; --force replaces it`);
    // The system does not name the file of a write that failed, and names the draft otherwise.
    throw error instanceof Error ? Object.assign(error, { path, dest: path }) : error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Writes the key (0600) before its certificate. So when a certificate is on disk, its key is on disk too. */
export function writePair(paths: PairPaths, pair: KeyPair, replace: boolean): void {
  writeAtomically(paths.key, pair.key, { mode: 0o600, replace });
  writeAtomically(paths.cert, pair.cert, { mode: 0o644, replace });
}
