// Requests that wait because every usable server is full. First come, first served; bounded in number
// and in time; a client that leaves takes its request out.
import type { Deadlines, Watched } from "@tandem/transport";
import { COUNTER, type CounterRow } from "./counters.ts";

export interface Waiter {
  /** A server may have room: try again. Returns false when it found none after all. */
  retry(): boolean;
  /** It has failed on some servers already: room that it cannot use may serve another. */
  readonly picky: boolean;
  /** It has waited too long. */
  timedOut(): void;
}

interface Entry {
  readonly waiter: Waiter;
  readonly until: number;
}

export class Queue implements Watched {
  readonly #deadlines: Deadlines;
  #limit: number;
  #timeoutMs: number;
  readonly #counters: CounterRow;
  #entries: Entry[] = [];

  constructor(deadlines: Deadlines, limit: number, timeoutMs: number, counters: CounterRow) {
    this.#deadlines = deadlines;
    this.#counters = counters;
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
    deadlines.watch(this);
  }

  /** For those that come from now on. */
  configure(limit: number, timeoutMs: number): void {
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
  }

  get length(): number {
    return this.#entries.length;
  }

  /**
   * Always due while somebody waits: the room may have been made by another thread, which does not
   * tell us, so every sweep looks again.
   */
  get deadline(): number {
    return this.#entries.length === 0 ? Number.POSITIVE_INFINITY : 0;
  }

  /** False when the queue is full. */
  join(waiter: Waiter): boolean {
    if (this.#entries.length >= this.#limit) return false;
    this.#entries.push({ waiter, until: this.#deadlines.now() + this.#timeoutMs });
    this.#count();
    return true;
  }

  leave(waiter: Waiter): void {
    if (this.#entries.length === 0) return;
    this.#entries = this.#entries.filter((entry) => entry.waiter !== waiter);
    this.#count();
  }

  /** A server has room, perhaps: lets as many in as fit. */
  advance(): void {
    for (let at = 0; at < this.#entries.length; ) {
      const entry = this.#entries[at] as Entry;
      this.#entries.splice(at, 1); // what it leads to may come back here
      if (entry.waiter.retry()) continue;
      this.#entries.splice(at, 0, entry);
      if (!entry.waiter.picky) break; // no room for anybody
      at++;
    }
    this.#count();
  }

  expired(): void {
    const now = this.#deadlines.now();
    for (let first = this.#entries[0]; first !== undefined && first.until <= now; ) {
      this.#entries.shift();
      first.waiter.timedOut();
      first = this.#entries[0];
    }
    this.advance();
  }

  close(): void {
    this.#deadlines.forget(this);
  }

  #count(): void {
    this.#counters[COUNTER.queued] = this.#entries.length;
  }
}
