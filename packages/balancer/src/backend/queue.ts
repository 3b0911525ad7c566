// Requests that wait because every usable server is full, or the one they belong to is. First come, first
// served; bounded in number and in time; a client that leaves takes its request out.
import type { Deadline, Deadlines, Expiring } from "@tandem/transport";
import { COUNTER, type CounterRow } from "./counters.ts";
import type { Turns } from "./turns.ts";

export interface Waiter {
  /** A server may have room: try again. Returns false when it found none after all. */
  retry(): boolean;
  /** It has failed on some servers already: room that it cannot use may serve another. */
  readonly picky: boolean;
  /** It has waited too long. */
  timedOut(): void;
}

interface Entry<W> {
  readonly waiter: W;
  readonly ticket: number;
  readonly until: number;
}

/** Who got the room there was. `elsewhere`: another thread was told of it. */
export type Served = "here" | "elsewhere" | "nobody";

export class Queue<W extends Waiter = Waiter> implements Expiring {
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline;
  #limit: number;
  #timeoutMs: number;
  readonly #counters: CounterRow;
  readonly #sweep: () => void;
  readonly #turns: Turns | undefined;
  #entries: Entry<W>[] = [];

  /**
   * @param sweep called at every sweep while somebody waits; has to lead to `advance`
   * @param turns with the queues of other threads for the same room
   */
  constructor(
    deadlines: Deadlines,
    limit: number,
    timeoutMs: number,
    counters: CounterRow,
    sweep: () => void,
    turns?: Turns,
  ) {
    this.#deadlines = deadlines;
    this.#counters = counters;
    this.#sweep = sweep;
    this.#turns = turns;
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
    this.#deadline = deadlines.add(this);
  }

  /** For those that come from now on. */
  configure(limit: number, timeoutMs: number): void {
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** The place it has now, from 1 on; 0 when the queue is full. */
  join(waiter: W): number {
    if (this.#entries.length >= this.#limit) return 0;
    const ticket = this.#turns?.ticket() ?? 0;
    this.#entries.push({ waiter, ticket, until: this.#deadlines.now() + this.#timeoutMs });
    this.#count();
    return this.#entries.length;
  }

  /** The ticket of the one that any room serves and that came first; 0 = there is none. */
  get #oldest(): number {
    return this.#entries.find(({ waiter }) => !waiter.picky)?.ticket ?? 0;
  }

  leave(waiter: W): void {
    if (this.#entries.length === 0) return;
    this.#entries = this.#entries.filter((entry) => entry.waiter !== waiter);
    this.#count();
  }

  /** Takes out all for whom `gone` holds. */
  remove(gone: (waiter: W) => boolean): readonly W[] {
    const out = this.#entries.map(({ waiter }) => waiter).filter(gone);
    this.#entries = this.#entries.filter(({ waiter }) => !out.includes(waiter));
    this.#count();
    return out;
  }

  /** Whether anybody waits, here or in another thread, whom one that comes now must not overtake. */
  get busy(): boolean {
    return this.#entries.length > 0 || this.othersWait;
  }

  /** Other threads have queues for the same room. */
  get shared(): boolean {
    return this.#turns?.shared ?? false;
  }

  /** Somebody waits in another thread. */
  get othersWait(): boolean {
    return this.#turns?.othersBefore(0) ?? false;
  }

  /** A server has room: it is for whoever has waited for longest, wherever that is. */
  serve(): Served {
    if (this.#turns?.yield(this.#oldest, this.#deadlines.now())) return "elsewhere";
    return this.#admit() ? "here" : "nobody";
  }

  expired(): void {
    const now = this.#deadlines.now();
    for (let first = this.#entries[0]; first !== undefined && first.until <= now; ) {
      this.#entries.shift();
      first.waiter.timedOut();
      first = this.#entries[0];
    }
    this.#count();
    this.#sweep();
  }

  close(): void {
    this.#deadline.end();
    this.#turns?.close();
  }

  /** Lets the first one in that fits. */
  #admit(): boolean {
    for (let at = 0; at < this.#entries.length; at++) {
      const entry = this.#entries[at] as Entry<W>;
      this.#entries.splice(at, 1); // what it leads to may come back here
      const admitted = entry.waiter.retry();
      if (!admitted) this.#entries.splice(at, 0, entry);
      this.#count();
      if (admitted) return true;
      if (!entry.waiter.picky) return false; // no room for anybody
    }
    return false;
  }

  /**
   * After every change. Always due while somebody waits: a thread or a health check that made room may not have
   * told us, so every sweep looks again.
   */
  #count(): void {
    const { length } = this.#entries;
    this.#counters[COUNTER.queued] = length;
    this.#deadline.at = length === 0 ? Number.POSITIVE_INFINITY : 0;
    this.#turns?.show(this.#oldest);
  }
}
