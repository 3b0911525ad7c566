// A thread while a session has it: questions are answered in turn, and a late answer is an error.
import type { Clock } from "@tandem/transport";
import { inTime } from "../in-time.ts";
import type { Question, Result } from "./protocol.ts";

/** SQLite gives up waiting for another process's lock before this; what is late then is slow itself. */
const GRACE_MS = 1000;

/** A statement is not ended by this: it runs on in its thread, whose place stays taken until then. */
export class LateError extends Error {
  readonly code = "ETIMEDOUT";
  constructor(ms: number) {
    super(`the database did not answer within ${ms} ms`);
  }
}

/** What answers one question at a time. */
export interface Answering {
  /** What the last answer said. */
  readonly inTransaction: boolean;
  ask(question: Question): Promise<Result>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** An answer may take this long. 0 = for ever. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export class Lease {
  readonly #thread: Answering;
  readonly #options: LeaseOptions;
  readonly #back: () => void;
  #last: Promise<unknown> = Promise.resolve();

  /** `back` is called once, when the thread is free again. */
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

  /** Gives the thread back when it has answered, without a transaction; `fresh` makes it a new one. */
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
