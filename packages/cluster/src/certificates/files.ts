// Keys and certificates on disk. Every write goes to a file of its own first and appears under its
// name in one step, so a reader never meets half a key.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "../refusal.ts";

/** A private key and its certificate, PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface PairPaths {
  readonly key: string;
  readonly cert: string;
}

/** The names of a pair in `directory`: `NAME.key` and `NAME.crt`. */
export function pairPaths(directory: string, name: string): PairPaths {
  return { key: join(directory, `${name}.key`), cert: join(directory, `${name}.crt`) };
}

/** Writes `content` so that it appears complete or not at all; refuses an existing file unless `replace`. */
export function writeAtomically(
  path: string,
  content: string,
  { mode, replace }: { readonly mode: number; readonly replace: boolean },
): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const fd = openSync(draft, "wx", mode);
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    // link fails where rename would silently replace: the check and the act are one step.
    if (replace) renameSync(draft, path);
    else linkSync(draft, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new Refusal(`${path} exists already and was left alone; --force replaces it`);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Writes the key (0600) before its certificate: a certificate on disk means that its key is there. */
export function writePair(paths: PairPaths, pair: KeyPair, replace: boolean): void {
  writeAtomically(paths.key, pair.key, { mode: 0o600, replace });
  writeAtomically(paths.cert, pair.cert, { mode: 0o644, replace });
}
