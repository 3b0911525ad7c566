// A log file that keeps working when the file is rotated. With logrotate's `copytruncate` nothing is needed: the file
// is open for appending, so writing continues at the new end. When the file is moved or deleted instead, a check of
// its path every few seconds (see log-writer) finds another inode, and the file is opened again.
import { closeSync, constants, fstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** An output to which a LogWriter writes its bytes. */
export interface LogOutput {
  /** The name of the output in messages. */
  readonly name: string;
  readonly fd: number;
  /** The largest write that is never mixed with the writes of another thread or process. */
  readonly atomicBytes: number;
  /** Whether the path now leads to another file than the file that is open. Never rejects. */
  moved(): Promise<boolean>;
  /** Opens the path again and closes the old descriptor. Called only when no write is in flight; may throw. */
  reopen(): void;
  close(): void;
}

const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;

/** Opens `path` for appending and makes its directory. Throws the error of the file system. */
export class LogFile implements LogOutput {
  readonly name: string;
  readonly atomicBytes: number;
  #fd: number;
  #inode: bigint;

  constructor(path: string) {
    this.name = path;
    this.#fd = openForAppend(path);
    this.#inode = inodeOf(this.#fd);
    this.atomicBytes = atomicBytesOf(this.#fd);
  }

  get fd(): number {
    return this.#fd;
  }

  async moved(): Promise<boolean> {
    try {
      return (await stat(this.name, { bigint: true })).ino !== this.#inode;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT";
    }
  }

  reopen(): void {
    const fresh = openForAppend(this.name);
    closeSync(this.#fd);
    this.#fd = fresh;
    this.#inode = inodeOf(fresh);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Returns an output that writes to standard output. It is never rotated, and fd 1 itself is never closed. */
export function standardOutput(): LogOutput {
  const fd = withoutBlocking(1);
  return {
    name: "stdout",
    fd,
    atomicBytes: atomicBytesOf(fd),
    moved: () => Promise.resolve(false),
    reopen: () => undefined,
    close: () => (fd === 1 ? undefined : closeSync(fd)),
  };
}

/**
 * Opens the pipe behind `fd` a second time, as a descriptor that does not block. When no process reads the pipe, a
 * blocking write would hang and keep this process from exiting. Returns `fd` unchanged when it is no pipe, or when
 * the pipe cannot be opened again.
 */
function withoutBlocking(fd: number): number {
  if (!fstatSync(fd).isFIFO()) return fd;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

/**
 * Returns PIPE_BUF for a pipe (POSIX write(2)). For a file there is no limit, because appending holds the inode's
 * lock.
 */
function atomicBytesOf(fd: number): number {
  return fstatSync(fd).isFIFO() ? 4096 : Number.POSITIVE_INFINITY;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of `bytes`, or throws. It is for the last lines of a process, so it may block: while a
 * pipe is full, it waits for the reader, a quarter of a second in all.
 */
export function writeAllSync(fd: number, bytes: Buffer): void {
  let waits = 25;
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(fd, bytes, offset, bytes.length - offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || waits-- === 0) throw error;
      Atomics.wait(sleeper, 0, 0, 10);
    }
  }
}

function openForAppend(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  // Non-blocking makes a difference for a named pipe only; see withoutBlocking.
  return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, FILE_MODE);
}

function inodeOf(fd: number): bigint {
  return fstatSync(fd, { bigint: true }).ino;
}
