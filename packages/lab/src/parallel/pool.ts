// A pool of threads. Tasks wait in one queue, so a thread that is done early takes the next one. The first failure ends
// all threads: what is left would be thrown away anyway.
import type { ResourceLimits } from "node:worker_threads";
import type { Executor } from "./executor.ts";
import type { OwnFaults } from "./messages.ts";
import { type Job, PoolThread } from "./pool-thread.ts";
import type { Answer, Given, TaskName } from "./tasks.ts";

export interface PoolOptions {
  /** At most so many threads. They start when there is work for them. */
  readonly threads: number;
  /** The files of the user's own, as they were typed. Every thread loads them. */
  readonly owns?: readonly string[];
  /** Called with what such files did wrong. */
  readonly faults?: (faults: OwnFaults) => void;
  /** A call of such a file that takes longer than this, in milliseconds, counts as an endless loop. */
  readonly patienceMs?: number;
  /** Limits of the memory of each thread. Default: those of Node. */
  readonly limits?: ResourceLimits;
}

/** Looks at the threads so often within the patience. */
const LOOKS = 10;
const PATIENCE_MS = 5_000;

export class ThreadPool implements Executor, AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #threads = new Set<PoolThread>();
  readonly #free: PoolThread[] = [];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<PoolThread, Job>();
  readonly #watch: NodeJS.Timeout;
  readonly #ready = Promise.withResolvers<void>();
  #failure: Error | undefined;
  #ended: Promise<void> | undefined;
  #most: number;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#most = options.threads;
    const { patienceMs = PATIENCE_MS } = options;
    const waited = `${patienceMs / 1000} s`;
    const look = () => {
      for (const thread of this.#threads) thread.look(LOOKS, waited);
    };
    this.#watch = setInterval(look, patienceMs / LOOKS).unref();
    this.#ready.promise.catch(() => undefined);
  }

  /** From now on there are at most so many threads. Those that run stay. */
  limit(threads: number): void {
    this.#most = threads;
  }

  /** Starts the first thread. Rejects when a file of the user's own cannot be used. */
  async ready(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#threads.size === 0) this.#start();
    await this.#ready.promise;
  }

  run<K extends TaskName>(task: K, given: Given<K>): Promise<Answer<K>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#failure === undefined) {
      this.#waiting.push({ task, given, resolve, reject });
      this.#next();
    } else reject(this.#failure);
    return promise as Promise<Answer<K>>;
  }

  /** The error that has ended the pool, if one has. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Ends all threads, and resolves when they are gone. */
  [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    this.#ended ??= Promise.all([...this.#threads].map((thread) => thread.end())).then(() => {});
    return this.#ended;
  }

  #next(): void {
    while (this.#free.length > 0) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const thread = this.#free.shift();
      if (thread === undefined) return;
      this.#running.set(thread, job);
      thread.start(job);
    }
    const starting = this.#threads.size - this.#running.size;
    const wanted = Math.min(this.#most - this.#threads.size, this.#waiting.length - starting);
    for (let i = 0; i < wanted; i++) this.#start();
  }

  #start(): void {
    const { owns = [], limits, faults = () => undefined } = this.#options;
    const thread = new PoolThread({
      owns,
      faults,
      ...(limits && { limits }),
      free: (freed) => {
        this.#ready.resolve();
        this.#running.delete(freed);
        this.#free.push(freed);
        this.#next();
      },
      failed: (error) => this.#fail(error),
    });
    this.#threads.add(thread);
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#ready.reject(error);
    void this[Symbol.asyncDispose]();
    for (const job of [...this.#running.values(), ...this.#waiting]) job.reject(error);
    this.#waiting.length = 0;
    this.#running.clear();
  }
}
