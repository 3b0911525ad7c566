// Requests that wait because every usable server is full, or the one they belong to is. First come, first
// served; bounded in number and in time; a client that leaves takes its request out. Under overload requests come and
// leave as fast as they are served, so both cost the same however many wait: the places are a linked list.
//
//   first ⇄ place ⇄ … ⇄ last          plain: the first place that any room serves
import type { Deadline, Deadlines, Expiring } from "@tandem/transport";
import { COUNTER, type CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";

export interface Waiter {
  /** A server may have room: try again. Returns false when it found none after all. */
  retry(): boolean;
  /** It has failed on some servers already: room that it cannot use may serve another. Stays so while it waits. */
  readonly restricted: boolean;
  /** It has waited too long. */
  timedOut(): void;
}

/** Whose list a place is in. */
interface Places<W> {
  take(place: Place<W>): void;
}

/** Where a request waits. */
export class Place<W = Waiter> {
  readonly waiter: W;
  /** Which one it was when it came, from 1 on. */
  readonly number: number;
  readonly ticket: number;
  readonly until: number;
  readonly restricted: boolean;
  before: Place<W> | undefined = undefined;
  after: Place<W> | undefined = undefined;
  waits = true;
  /** Its request looks for a server at this moment: a call that comes back here leaves this place alone. */
  trying = false;
  readonly #places: Places<W>;

  constructor(
    places: Places<W>,
    waiter: W,
    {
      number,
      ticket,
      until,
      restricted,
    }: Pick<Place<W>, "number" | "ticket" | "until" | "restricted">,
  ) {
    this.#places = places;
    this.waiter = waiter;
    this.number = number;
    this.ticket = ticket;
    this.until = until;
    this.restricted = restricted;
  }

  /** It waits no longer. Nothing happens when it does not anyway. */
  leave(): void {
    if (this.waits) this.#places.take(this);
  }
}

/** Who got the room there was. `other-thread`: another thread was told of it. */
export type Served = "here" | "other-thread" | "none";

export class Queue<W extends Waiter = Waiter> implements Expiring, Places<W> {
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline;
  #limit: number;
  #timeoutMs: number;
  readonly #counters: CounterRow;
  readonly #sweep: () => void;
  readonly #turns: Turns | undefined;
  #first: Place<W> | undefined = undefined;
  #last: Place<W> | undefined = undefined;
  #plain: Place<W> | undefined = undefined;
  #length = 0;

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
    return this.#length;
  }

  /** A place at the end; undefined when the queue is full. */
  join(waiter: W): Place<W> | undefined {
    if (this.#length >= this.#limit) return undefined;
    const place = new Place(this, waiter, {
      number: this.#length + 1,
      ticket: this.#turns?.ticket() ?? 0,
      until: this.#deadlines.now() + this.#timeoutMs,
      restricted: waiter.restricted,
    });
    place.before = this.#last;
    if (this.#last === undefined) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    if (!place.restricted) this.#plain ??= place;
    this.#length += 1;
    this.#changed();
    return place;
  }

  /** Takes a place out, which is in. */
  take(place: Place<W>): void {
    const { before, after } = place;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    while (this.#plain === place || this.#plain?.restricted) this.#plain = this.#plain.after;
    place.waits = false;
    place.before = place.after = undefined;
    this.#length -= 1;
    this.#changed();
  }

  /** Takes out all for whom `gone` holds. */
  remove(gone: (waiter: W) => boolean): readonly W[] {
    const out: W[] = [];
    for (let place = this.#first; place !== undefined; ) {
      const { after, waiter } = place;
      if (gone(waiter)) {
        this.take(place);
        out.push(waiter);
      }
      place = after;
    }
    return out;
  }

  /** Whether anybody waits, here or in another thread, whom one that comes now must not overtake. */
  get busy(): boolean {
    return this.#length > 0 || this.othersWait;
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
    if (this.#turns?.yield(this.#oldest, this.#deadlines.now())) return "other-thread";
    return this.#admit() ? "here" : "none";
  }

  expired(): void {
    const now = this.#deadlines.now();
    for (let first = this.#first; first !== undefined && first.until <= now; first = this.#first) {
      this.take(first);
      first.waiter.timedOut();
    }
    this.#sweep();
  }

  close(): void {
    this.#deadline.end();
    this.#turns?.close();
  }

  /** The ticket of the one that any room serves and that came first; 0 = there is none. */
  get #oldest(): number {
    return this.#plain?.ticket ?? 0;
  }

  /** Lets the first one in that fits. What that leads to may come back here. */
  #admit(): boolean {
    for (let place = this.#first; place?.waits; place = place.after) {
      if (place.trying) continue;
      place.trying = true;
      const admitted = place.waiter.retry();
      place.trying = false;
      if (admitted) {
        place.leave();
        return true;
      }
      if (!place.restricted) return false; // no server has room
    }
    return false;
  }

  /**
   * Always due while a request waits: a thread or a health check that made room may not have told us, so every
   * sweep looks again.
   */
  #changed(): void {
    this.#counters[COUNTER.queued] = this.#length;
    this.#deadline.at = this.#length === 0 ? Number.POSITIVE_INFINITY : 0;
    this.#turns?.show(this.#oldest);
  }
}
