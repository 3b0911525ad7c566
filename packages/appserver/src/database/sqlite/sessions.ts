// The threads of one SQLite file: one that writes, since SQLite lets one write at a time, and a few that
// read beside it. A query holds up its own thread and never the event loop.
import { availableParallelism } from "node:os";
import type { Clock } from "@tandem/transport";
import type { Session, Sessions } from "../driver.ts";
import { Places } from "../places.ts";
import { Lease, type LeaseOptions } from "./lease.ts";
import { SqliteSession, type Threads } from "./session.ts";
import { Thread } from "./thread.ts";

const QUEUE = 200;
const LEAST_READERS = 2;
const MOST_READERS = 4;
/** For a migration, which has no deadline of its own. */
const LONGEST_BUSY_MS = 60_000;

export class SqliteSessions implements Sessions {
  readonly #writer: ThreadPool;
  readonly #readers: ThreadPool;

  /** With a `timeoutMs` of 0 statements may take as long as they like. */
  constructor(path: string, timeoutMs: number, clock: Clock) {
    const busyMs = timeoutMs || LONGEST_BUSY_MS;
    this.#writer = new ThreadPool({
      ...{ threads: 1, timeoutMs, clock, what: "thread that writes to SQLite" },
      create: () => new Thread({ path, writes: true, busyMs }),
    });
    // In memory each connection would have a database of its own.
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

  async open(): Promise<Session> {
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
  /** For people. */
  readonly what: string;
  create(): Thread;
}

/** A bounded number of threads, made when they are needed. */
class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #places: Places;
  readonly #idle: Thread[] = [];
  readonly #all: Thread[] = [];

  constructor(options: ThreadPoolOptions) {
    const { threads, timeoutMs, clock, what } = options;
    this.#options = options;
    this.#places = new Places({ places: threads, queue: QUEUE, waitMs: timeoutMs, what, clock });
  }

  async lease(): Promise<Lease> {
    await this.#places.enter();
    // The last that was used has its pages in memory.
    const thread = this.#idle.pop() ?? this.#create();
    return new Lease(thread, this.#options, () => {
      this.#idle.push(thread);
      this.#places.leave();
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
