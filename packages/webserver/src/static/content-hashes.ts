// Computes the SHA-256 of large files, one after the other, on a separate thread. If a large film
// were hashed on the event loop, all answers would have to wait. The thread lives only while there
// are files to hash.
import type { Worker } from "node:worker_threads";
import { startThread } from "@tandem/transport";

/**
 * A job for the thread that computes hashes. The thread answers with the hash in hex, or with undefined when the file
 * cannot be read or is no longer the given version.
 */
export interface HashJob {
  readonly path: string;
  /** The version of the file, as `versionOf` returns it. */
  readonly version: string;
}

interface Waiting extends HashJob {
  readonly done: (hash: string | undefined) => void;
}

const ENTRY = new URL("./hash-thread.ts", import.meta.url);
/**
 * How many jobs may wait. The limit is reached only when a client requests a great many files. A
 * file beyond the limit is sent without an entity tag, and is hashed at a later request.
 */
const MAX_WAITING = 1024;

export class ContentHashes {
  /** The waiting jobs. The first one is being hashed. */
  readonly #jobs: Waiting[] = [];
  #thread: Worker | undefined = undefined;

  /**
   * Returns the SHA-256 in hex of the given version of a file. Returns undefined when the file
   * cannot be read, when the file is no longer this version, or when too many jobs wait.
   */
  of(path: string, version: string): Promise<string | undefined> {
    if (this.#jobs.length >= MAX_WAITING) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#jobs.push({ path, version, done: resolve });
    if (this.#jobs.length === 1) this.#next();
    return promise;
  }

  /** Drops all jobs: their promises never settle. */
  stop(): void {
    this.#jobs.length = 0;
    this.#end();
  }

  #next(): void {
    const job = this.#jobs[0];
    if (job === undefined) {
      this.#end();
      return;
    }
    this.#thread ??= this.#start();
    this.#thread.postMessage({ path: job.path, version: job.version } satisfies HashJob);
  }

  #start(): Worker {
    const thread = startThread(ENTRY, { name: "hashes" });
    thread.unref(); // the process can exit without waiting for a hash
    const over = (hash: string | undefined): void => {
      if (thread !== this.#thread) return; // the thread has been stopped or replaced
      this.#jobs.shift()?.done(hash);
      this.#next();
    };
    thread.on("message", over);
    thread.on("error", () => {
      // The thread has failed, for example for lack of memory. The file that was being hashed gets
      // no entity tag. The next job starts a new thread.
      const first = this.#jobs.shift();
      this.#thread = undefined;
      first?.done(undefined);
      this.#next();
    });
    return thread;
  }

  #end(): void {
    void this.#thread?.terminate();
    this.#thread = undefined;
  }
}
