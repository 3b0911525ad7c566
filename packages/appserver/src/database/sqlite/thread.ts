// A SQLite thread as the event loop sees it. The thread is started at the first question. When the thread dies, the
// question that it was answering fails, and the next question starts a new thread.
import type { Worker } from "node:worker_threads";
import { startThread } from "@tandem/transport";
import type { Answering } from "./lease.ts";
import type { Answer, Question, Result, ThreadData } from "./protocol.ts";

const ENTRY = new URL("./thread-main.ts", import.meta.url);

/** The error when the thread ended before it answered. Whether a change was made is then unknown. */
export class ThreadLostError extends Error {
  readonly code = "ECONNRESET";
  constructor(cause: unknown) {
    super("the database's thread ended before it answered", { cause });
  }
}

interface Waiting {
  readonly worker: Worker;
  readonly answered: (answer: Answer) => void;
  readonly lost: (error: Error) => void;
}

export class Thread implements Answering {
  readonly #data: ThreadData;
  #worker: Worker | undefined;
  #waiting: Waiting | undefined;
  /** Whether a transaction was open at the last answer. */
  inTransaction = false;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** Asks one question. Call this only after the previous question was answered. */
  async ask(question: Question): Promise<Result> {
    const worker = this.#worker ?? this.#start();
    // The thread keeps the process alive only while it is answering a question.
    worker.ref();
    try {
      const answer = await new Promise<Answer>((answered, lost) => {
        this.#waiting = { worker, answered, lost };
        worker.postMessage(question);
      });
      this.inTransaction = answer.inTransaction;
      if ("result" in answer) return answer.result;
      const { message, ...rest } = answer.failure;
      throw Object.assign(new Error(message), rest);
    } finally {
      this.#waiting = undefined;
      // If `close` was called meanwhile, the process must stay alive until the thread has ended.
      if (this.#worker === worker) worker.unref();
    }
  }

  /** Ends the thread after its present answer. Resolves when the thread has closed the file. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    this.inTransaction = false;
    worker.ref();
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage("close");
    await ended;
  }

  #start(): Worker {
    const worker = startThread(ENTRY, { workerData: this.#data });
    this.#worker = worker;
    let why: unknown;
    worker.on("message", (answer: Answer) => this.#waiting?.answered(answer));
    worker.on("error", (error) => {
      why = error;
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
      if (this.#waiting?.worker !== worker) return;
      this.inTransaction = false;
      this.#waiting.lost(new ThreadLostError(why));
    });
    return worker;
  }
}
