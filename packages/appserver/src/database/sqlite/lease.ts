// A thread while a session has it: questions are answered in turn, and a late answer is an error.
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

export class Lease {
  readonly #thread: Answering;
  readonly #timeoutMs: number;
  readonly #back: () => void;
  #last: Promise<unknown> = Promise.resolve();

  /** `back` is called once, when the thread is free again. */
  constructor(thread: Answering, timeoutMs: number, back: () => void) {
    this.#thread = thread;
    this.#timeoutMs = timeoutMs;
    this.#back = back;
  }

  get inTransaction(): boolean {
    return this.#thread.inTransaction;
  }

  ask(question: Question): Promise<Result> {
    const answer = this.#last.then(() => this.#thread.ask(question));
    this.#last = answer.catch(() => undefined);
    return this.#timeoutMs === 0 ? answer : inTime(answer, this.#timeoutMs + GRACE_MS);
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

function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new LateError(ms)), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
