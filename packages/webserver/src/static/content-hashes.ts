// SHA-256 of large files, one after another on a thread of its own: an event loop that hashes a film answers no
// request meanwhile. The thread lives only while there is something to hash.
import { Worker } from "node:worker_threads";

/** What the thread is asked; it answers with the hash in hex, or undefined when the file is another version by now. */
export interface HashJob {
  readonly path: string;
  /** As `versionOf` has it. */
  readonly version: string;
}

interface Waiting extends HashJob {
  readonly done: (hash: string | undefined) => void;
}

const ENTRY = new URL("./hash-thread.ts", import.meta.url);
/** More wait than this only where a client asks for every file there is; those beyond stay without a tag for now. */
const MAX_WAITING = 1024;

export class ContentHashes {
  /** The first is being hashed. */
  readonly #jobs: Waiting[] = [];
  #thread: Worker | undefined = undefined;

  /** SHA-256 in hex of that version of a file; undefined when it cannot be read, or is another version. */
  of(path: string, version: string): Promise<string | undefined> {
    if (this.#jobs.length >= MAX_WAITING) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#jobs.push({ path, version, done: resolve });
    if (this.#jobs.length === 1) this.#next();
    return promise;
  }

  /** Forgets what was asked: those promises never settle. */
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
    const thread = new Worker(ENTRY, { name: "hashes" });
    thread.unref(); // a process that wants to end does not wait for a hash
    const over = (hash: string | undefined): void => {
      if (thread !== this.#thread) return; // stopped, or replaced
      this.#jobs.shift()?.done(hash);
      this.#next();
    };
    thread.on("message", over);
    thread.on("error", () => {
      // Out of memory, say: this file gets no tag, the next one a new thread.
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
