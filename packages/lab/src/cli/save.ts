// Writes files whole or not at all: each file is written under another name and then renamed. Ctrl-C while files are
// written takes effect after the last one.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EXIT, UsageError } from "./terminal.ts";

/**
 * Creates the folder if needed. Throws a UsageError when the folder cannot be written. A command calls this first, so
 * that it does not compute results that it cannot save.
 */
export function refuseUnwritable(folder: string): void {
  try {
    createFolders(folder);
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`cannot write to ${folder}: ${messageOf(error)}`, EXIT.failure);
  }
}

/**
 * Creates the missing folders one by one. Node's recursive mkdir would never return below /proc, where a mkdir answers that
 * the parent does not exist: it then creates the parent, which is there, and tries again.
 */
function createFolders(folder: string): void {
  const missing: string[] = [];
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const path of missing.toReversed())
    try {
      mkdirSync(path);
    } catch (error) {
      // Another process may have created it meanwhile.
      if (!existsSync(path)) throw error;
    }
}

export interface NamedFile {
  readonly path: string;
  /** Text, or bytes of a format that is no text. */
  readonly text: string | Uint8Array;
}

/** Writes all files. Ctrl-C meanwhile does not stop the writing; the process exits when all files are written. */
export function saveAll(files: readonly NamedFile[]): void {
  let interrupted = false;
  const wait = () => {
    interrupted = true;
  };
  process.on("SIGINT", wait);
  process.on("SIGTERM", wait);
  try {
    for (const file of files) saveOne(file);
  } finally {
    process.off("SIGINT", wait);
    process.off("SIGTERM", wait);
  }
  if (interrupted) process.exit(EXIT.interrupted);
}

function saveOne({ path, text }: NamedFile): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${messageOf(error)}`, EXIT.failure);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
