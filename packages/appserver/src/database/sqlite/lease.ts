// A session's use of a thread: questions are answered in turn, and a late answer becomes an error.
import type { Clock } from "@tandem/transport";
import { inTime } from "../in-time.ts";
import type { Question, Result } from "./protocol.ts";

/** SQLite gives up waiting for another process's lock before this. A statement that takes longer is slow itself. */
const GRACE_MS = 1000;

/** The statement is not ended by this error: it runs on in its thread, and its place stays taken until then. */
export class LateError extends Error {
  readonly code = "ETIMEDOUT";
  constructor(ms: number) {
    super(`the database did not answer within ${ms} ms`);
  }
}

/** A thread that answers one question at a time. */
export interface Answering {
  /** The transaction state in the last answer. */
  readonly inTransaction: boolean;
  ask(question: Question): Promise<Result>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** How long an answer may take. 0 = no limit. */
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
   * Returns the thread after its last answer, and rolls back an open transaction first. With `fresh` the thread is
   * replaced.
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
