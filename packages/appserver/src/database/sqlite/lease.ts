// The use of a thread by one session. Questions to the thread are answered in turn, and an answer that comes too late
// becomes an error.
import type { Clock } from "@tandem/transport";
import { inTime } from "../in-time.ts";
import type { Question, Result } from "./protocol.ts";

/**
 * How much longer than SQLite this code waits. SQLite gives up waiting for another process's lock before this time is
 * over. So a statement that takes longer is slow itself.
 */
const GRACE_MS = 1000;

/**
 * The error of a statement that takes too long. The statement continues in its thread, and its place stays taken until
 * it ends.
 */
export class LateError extends Error {
  readonly code = "ETIMEDOUT";
  constructor(ms: number) {
    super(`the database did not answer within ${ms} ms`);
  }
}

/** A thread that answers one question at a time. */
export interface Answering {
  /** Whether a transaction was open at the last answer. */
  readonly inTransaction: boolean;
  ask(question: Question): Promise<Result>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** How many milliseconds an answer may take. 0 = no limit. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export class Lease {
  readonly #thread: Answering;
  readonly #options: LeaseOptions;
  readonly #back: () => void;
  #last: Promise<unknown> = Promise.resolve();

  /** Calls `back` once, when the thread is free again. */
  constructor(thread: Answering, options: LeaseOptions, back: () => void) {
    this.#thread = thread;
    this.#options = options;
    this.#back = back;
  }

  get inTransaction(): boolean {
    return this.#thread.inTransaction;
  }

  ask(question: Question): Promise<Result> {
    const answer = this.#last.then(() => this.#thread.ask(question));
    this.#last = answer.catch(() => undefined);
    const { timeoutMs, clock } = this.#options;
    const ms = timeoutMs === 0 ? 0 : timeoutMs + GRACE_MS;
    return inTime(clock, ms, answer, () => new LateError(ms));
  }

  /**
   * Returns the thread after its last answer. If a transaction is open, it is rolled back before. With `fresh`, the
   * thread is replaced by a new one.
   */
  release(fresh: boolean): void {
    this.#last
      .then(async () => {
        if (this.#thread.inTransaction) {
          await this.#thread.ask({ ask: "run", sql: "rollback", parameters: [] });
        }
        if (fresh) await this.#thread.close();
      })
      .catch(() => this.#thread.close())
      .finally(this.#back);
  }
}
