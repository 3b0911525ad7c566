// The threads of a command. Small work is done in the command's own thread, where it is over before another one has
// started. Files of the user's own always run in other threads, so that an endless loop in one is noticed.
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import type { Executor } from "../parallel/executor.ts";
import { ThreadPool } from "../parallel/pool.ts";
import { acceptNames, addFaults } from "./own-files.ts";
import { isFile } from "./own-text.ts";
import { report } from "./terminal.ts";

const MOST_THREADS = 1_024;
/** A thread that takes longer to end never will. */
const END_MS = 10_000;
/** So many requests take about as long to simulate as a thread takes to start. */
const SMALL = 200_000;
/** About so much memory a request takes while its log is replayed, in bytes. */
const BYTES_PER_LOGGED = 400;

export interface ThreadChoice {
  /** As `--threads` says; undefined when the command line does not. */
  readonly threads?: number | undefined;
  /** The algorithms as they were typed; those that are files are loaded. */
  readonly algorithms?: readonly string[] | undefined;
}

/** How much there is to do. */
export interface Work {
  /** About so many requests are simulated, in all runs together. */
  readonly requests: number;
  /** So many of them come from a log, which each thread has to keep. Default: none. */
  readonly logged?: number;
}

export class Threads implements AsyncDisposable {
  readonly #asked: number | undefined;
  readonly #owns: readonly string[];
  #pool: ThreadPool | undefined;

  private constructor({ threads, algorithms = [] }: ThreadChoice) {
    this.#asked = threads;
    this.#owns = algorithms.filter(isFile);
  }

  /** Rejects with a UsageError when a file of the user's own cannot be used. */
  static async open(choice: ThreadChoice): Promise<Threads> {
    const threads = new Threads(choice);
    if (threads.#owns.length > 0) {
      await threads.#started().ready();
      acceptNames(threads.#owns);
    }
    return threads;
  }

  /** Returns what does the work; undefined when this thread should do it. */
  for({ requests, logged = 0 }: Work): Executor | undefined {
    const wanted = this.#asked ?? (requests < SMALL ? 1 : availableParallelism());
    const room = process.availableMemory() / 2 / (logged * BYTES_PER_LOGGED);
    const most = Math.max(1, Math.min(wanted, Math.floor(room)));
    if (most === 1 && this.#owns.length === 0) return undefined;
    const pool = this.#started();
    pool.limit(most);
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    const stuck = setTimeout(() => giveUp(pool.failure), END_MS);
    await pool[Symbol.asyncDispose]();
    clearTimeout(stuck);
  }

  #started(): ThreadPool {
    this.#pool ??= new ThreadPool({ threads: 1, owns: this.#owns, faults: addFaults });
    return this.#pool;
  }
}

/**
 * Ends the process the hard way. V8 does not always stop a thread that has filled its memory, and Node ends a process
 * only when its threads have ended.
 */
function giveUp(failure: Error | undefined): void {
  if (failure !== undefined) report(failure);
  process.kill(process.pid, "SIGKILL");
}

/** Adds the option `--threads` to a command. */
export function withThreads(command: Command): Command {
  return command.option(
    "--threads <n>",
    "simulate on so many threads at once (default: one per core, for small work one)",
    threadCount,
  );
}

function threadCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_THREADS) return value;
  throw new InvalidArgumentError(
    `Expected a whole number from 1 to ${MOST_THREADS.toLocaleString("en-US")}.`,
  );
}
