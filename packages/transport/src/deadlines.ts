// Timeouts for many connections at the price of one timer. The deadlines of all stand in one array, and a
// coarse sweep runs through it: late by up to one sweep, never early. Each may be moved at any time, which
// costs a store. A sweep of 10 000 takes 20 to 40 µs; one of 4000 fields scattered over the heap took 2 ms.
// Ending a connection takes some 0.3 ms, and clients that came together are thrown out together: those who are due
// are told for 2 ms, and the rest when everybody else has had a turn. The array never shrinks.
import type { Clock, Timer } from "./clock.ts";

/** What has a deadline. */
export interface Expiring {
  /** Must move the deadline, or end the connection. */
  expired(): void;
}

const SWEEP_MS = 100;
const FIRST_SIZE = 64;
/** How long one turn of a sweep may take, and how long it then leaves the thread to others. */
const TURN_MS = 2;
const PAUSE_MS = 8;
/** A sweep that takes longer than this over all leaves less: nobody is to be told much too late. */
const PATIENCE_MS = 200;
const SHORT_PAUSE_MS = 2;

/** Where deadlines that have ended go on being written to; never swept. */
const NOWHERE = 0;

/** Deadlines by slot, and whose they are. */
class Table {
  times = new Float64Array(FIRST_SIZE).fill(Number.POSITIVE_INFINITY);
  readonly owners: (Expiring | undefined)[] = [undefined];
  readonly #free: number[] = [];

  take(owner: Expiring | undefined): number {
    const slot = this.#free.pop() ?? this.owners.length;
    if (slot === this.times.length) {
      const larger = new Float64Array(2 * slot).fill(Number.POSITIVE_INFINITY);
      larger.set(this.times);
      this.times = larger;
    }
    this.owners[slot] = owner;
    return slot;
  }

  free(slot: number): void {
    this.owners[slot] = undefined;
    this.times[slot] = Number.POSITIVE_INFINITY;
    this.#free.push(slot);
  }
}

/** A moment on the clock of the sweep after which its owner is told, again and again until it moves. */
export class Deadline {
  readonly #table: Table;
  #slot: number;

  constructor(table: Table, owner: Expiring | undefined) {
    this.#table = table;
    this.#slot = table.take(owner);
  }

  set at(ms: number) {
    this.#table.times[this.#slot] = ms;
  }

  /** From now on `owner` is told. */
  belongsTo(owner: Expiring): void {
    if (this.#slot !== NOWHERE) this.#table.owners[this.#slot] = owner;
  }

  /** Nobody is told any more, whatever is written to it. */
  end(): void {
    if (this.#slot !== NOWHERE) this.#table.free(this.#slot);
    this.#slot = NOWHERE;
  }
}

export class Deadlines {
  readonly #clock: Clock;
  #table = new Table();
  #timer: Timer | undefined = undefined;
  /** The rest of a sweep that found many. */
  #rest: Timer | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** A deadline that is never due until it is moved. Its owner may come to it later. */
  add(owner?: Expiring): Deadline {
    this.#timer ??= this.#clock.every(SWEEP_MS, () => this.sweep());
    return new Deadline(this.#table, owner);
  }

  /** Tells whoever is due; the rest of many in a while. */
  sweep(): void {
    if (this.#rest === undefined) this.#tellFrom(NOWHERE + 1, this.#clock.now());
  }

  #tellFrom(first: number, sweepBegan: number): void {
    const table = this.#table;
    const began = this.#clock.now();
    let now = began;
    // Whoever is told may add others, and end them, and stop us.
    for (let slot = first; slot < table.owners.length && table === this.#table; slot++) {
      if ((table.times[slot] ?? now) > now) continue;
      if (now - began >= TURN_MS) {
        const late = now - sweepBegan > PATIENCE_MS;
        this.#rest = this.#clock.after(late ? SHORT_PAUSE_MS : PAUSE_MS, () => {
          this.#rest = undefined;
          this.#tellFrom(slot, sweepBegan);
        });
        return;
      }
      table.owners[slot]?.expired();
      now = this.#clock.now();
    }
  }

  /** Nobody is told any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#rest?.cancel();
    this.#timer = this.#rest = undefined;
    this.#table = new Table();
  }
}
