// The threads of one SQLite file. One thread writes, because SQLite allows one writer at a time, and a few others read
// meanwhile. A query blocks its own thread, never the event loop.
import { availableParallelism } from "node:os";
import type { Clock } from "@tandem/transport";
import type { DatabaseSession, DatabaseSessions } from "../driver.ts";
import { Semaphore } from "../semaphore.ts";
import { Lease, type LeaseOptions } from "./lease.ts";
import { SqliteSession, type Threads } from "./session.ts";
import { Thread } from "./thread.ts";

const QUEUE = 200;
const LEAST_READERS = 2;
const MOST_READERS = 4;
/** How many milliseconds a migration may wait for another writer. A migration has no deadline of its own. */
const LONGEST_BUSY_MS = 60_000;

export class SqliteSessions implements DatabaseSessions {
  readonly #writer: ThreadPool;
  readonly #readers: ThreadPool;

  /** Makes the pools of threads. With a `timeoutMs` of 0 statements have no time limit. */
  constructor(path: string, timeoutMs: number, clock: Clock) {
    const busyMs = timeoutMs || LONGEST_BUSY_MS;
    this.#writer = new ThreadPool({
      ...{ threads: 1, timeoutMs, clock, what: "thread that writes to SQLite" },
      create: () => new Thread({ path, writes: true, busyMs }),
    });
    // With `:memory:` each connection would have a database of its own, so one thread must do everything.
    if (path === ":memory:") {
      this.#readers = this.#writer;
      return;
    }
    const threads = Math.min(MOST_READERS, Math.max(LEAST_READERS, availableParallelism()));
    this.#readers = new ThreadPool({
      ...{ threads, timeoutMs, clock, what: "thread that reads from SQLite" },
      create: () => new Thread({ path, writes: false, busyMs }),
    });
  }

  async open(): Promise<DatabaseSession> {
    const threads: Threads = {
      reader: () => this.#readers.lease(),
      writer: () => this.#writer.lease(),
    };
    return new SqliteSession(threads);
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.close(), this.#writer.close()]);
  }
}

interface ThreadPoolOptions extends LeaseOptions {
  readonly threads: number;
  /** How messages name the threads of this pool. */
  readonly what: string;
  create(): Thread;
}

/** A limited number of threads. A thread is started when it is needed. */
class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #semaphore: Semaphore;
  readonly #idle: Thread[] = [];
  readonly #all: Thread[] = [];

  constructor(options: ThreadPoolOptions) {
    const { threads, timeoutMs, clock, what } = options;
    this.#options = options;
    this.#semaphore = new Semaphore({
      permits: threads,
      queue: QUEUE,
      waitMs: timeoutMs,
      what,
      clock,
    });
  }

  async lease(): Promise<Lease> {
    await this.#semaphore.acquire();
    // Takes the thread that was used last, because the pages of the file that it has read are still in memory.
    const thread = this.#idle.pop() ?? this.#create();
    return new Lease(thread, this.#options, () => {
      this.#idle.push(thread);
      this.#semaphore.release();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.close()));
  }

  #create(): Thread {
    const thread = this.#options.create();
    this.#all.push(thread);
    return thread;
  }
}
