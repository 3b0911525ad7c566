// A queue of requests that wait because every usable server is full, or because their own server (the server that their
// key selects) is full. First come, first served. The number of requests and the waiting time are limited, and a
// request leaves the queue when its client disconnects. Under overload, requests join and leave the queue as fast as
// the servers answer. The places in the queue are a linked list, so that joining and leaving take the same time however
// many requests wait.
//
//   #first ⇄ place ⇄ … ⇄ #last     ⇄: `after` and `before`     #plain: the oldest request that may go to every server
import type { Deadline, Deadlines, Expiring } from "@tandem/transport";
import { COUNTER, type CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";

export interface Waiter {
  /** Called when a server may have room: the request looks for a server again. Returns false when it found no room. */
  retry(): boolean;
  /**
   * Whether only some servers may get the request: it has failed on others, or its client has a private connection to
   * one server. Room on the excluded servers may go to a later request in the queue. The value does not change while
   * the request waits.
   */
  readonly restricted: boolean;
  /** Called when the request has waited for too long. */
  timedOut(): void;
}

/** The queue to which a place (the entry of one waiting request) belongs. */
interface Places<W> {
  take(place: Place<W>): void;
}

/** A waiting request's place in the queue. */
export class Place<W = Waiter> {
  readonly waiter: W;
  /** The position of the request in the queue when it joined, counted from 1. */
  readonly number: number;
  readonly ticket: number;
  readonly until: number;
  readonly restricted: boolean;
  before: Place<W> | undefined = undefined;
  after: Place<W> | undefined = undefined;
  waits = true;
  /**
   * Whether the request is looking for a server at this moment. When that search calls this queue again, the queue
   * skips this place.
   */
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

  /** Takes the request out of the queue. No effect when it is not in the queue. */
  leave(): void {
    if (this.waits) this.#places.take(this);
  }
}

/**
 * Which thread's request got the free room at a server. `here`: a request of this thread.
 * `other-thread`: another thread was woken to use the room. `none`: no waiting request could use
 * the room.
 */
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
   * @param sweep called several times a second while requests wait (whenever `deadlines` looks for passed
   * deadlines); has to look for room at a server again
   * @param turns decides which thread's queue gets free room, when other threads have queues for the same servers
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

  /** Sets the longest queue and the longest wait for requests that join from now on. */
  configure(limit: number, timeoutMs: number): void {
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
  }

  get length(): number {
    return this.#length;
  }

  /** Lets a request wait at the end of the queue. Returns the request's place; undefined when the queue is full. */
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

  /** Takes a place out of the list. The place must be in the list. */
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

  /** Takes every request out for which `gone` returns true. Returns these requests. */
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

  /** Returns whether requests wait already, in this thread or another. A new request must not overtake them. */
  get busy(): boolean {
    return this.#length > 0 || this.othersWait;
  }

  /** Returns whether other threads have queues for the same servers. */
  get shared(): boolean {
    return this.#turns?.shared ?? false;
  }

  /** Returns whether requests wait in other threads. */
  get othersWait(): boolean {
    return this.#turns?.othersBefore(0) ?? false;
  }

  /**
   * Called when a server has room. The room goes to the request that has waited longest, in whichever thread it
   * waits.
   */
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

  /**
   * Returns the ticket of the oldest request in this queue that may go to every server (is not
   * `restricted`); 0 when there is no such request.
   */
  get #oldest(): number {
    return this.#plain?.ticket ?? 0;
  }

  /**
   * Lets the oldest request that finds room at a server leave the queue. Returns false when no request finds room.
   * While a request looks for room, it may call this queue again.
   */
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
      if (!place.restricted) return false; // this request may go to any server and found no room, so later requests would find none either
    }
    return false;
  }

  /**
   * Called when a request has joined or left. While requests wait, the deadline is 0, so `expired` is called several
   * times a second and looks for room. This finds room that another thread or a health check has made unnoticed.
   */
  #changed(): void {
    this.#counters[COUNTER.queued] = this.#length;
    this.#deadline.at = this.#length === 0 ? Number.POSITIVE_INFINITY : 0;
    this.#turns?.show(this.#oldest);
  }
}
