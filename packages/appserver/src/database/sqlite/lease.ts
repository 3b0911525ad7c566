// Lends a thread that runs SQL to one session. A session sends questions, for example to run a statement, and the
// thread answers one after another. When an answer takes too long, the session gets an error in its place.
import type { Clock } from "@tandem/transport";
import { inTime } from "../in-time.ts";
import type { Question, Result } from "./protocol.ts";

/**
 * How many milliseconds an answer may take beyond the query timeout. At the query timeout SQLite
 * itself stops waiting for another process's lock and reports an error. A statement that has no
 * answer even after the additional time is slow for another reason.
 */
const GRACE_MS = 1000;

/**
 * The error of a statement that takes too long. The statement continues in its thread, and the thread counts as busy
 * until the statement ends.
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

  /** `back` is called once, when the session has released the thread and the thread has finished its last statement. */
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
   * Gives the thread back after its last answer. An open transaction is rolled back first. With
   * `fresh`, the thread is also ended, so that the next question starts a new worker thread.
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
