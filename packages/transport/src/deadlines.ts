// Timeouts for many connections with a single timer. All deadlines are in one array, and a sweep reads the whole array
// every SWEEP_MS: a deadline expires late by up to one sweep, never early. Moving a deadline costs one store. A sweep
// of 10 000 deadlines takes 20 to 40 µs; when 4000 deadlines were fields of objects scattered over the heap, a sweep
// took 2 ms. Ending a connection takes about 0.3 ms, and the deadlines of clients that connected at the same time pass
// at the same time. So a sweep calls owners for 2 ms, then pauses so that the thread can do other work, and then
// continues. The array never shrinks.
import type { Clock, Timer } from "./clock.ts";

/** The owner of a deadline, such as a connection. */
export interface Expiring {
  /** Called when the deadline has passed. The owner must move the deadline, or end the connection. */
  expired(): void;
}

const SWEEP_MS = 100;
const FIRST_SIZE = 64;
/**
 * For how many milliseconds a sweep (a pass over all deadlines) calls the owners of passed deadlines before it
 * pauses. PAUSE_MS is the length of the pause, in which the thread does other work.
 */
const TURN_MS = 2;
const PAUSE_MS = 8;
/**
 * When a sweep over all deadlines has lasted longer than this, its next pauses last only SHORT_PAUSE_MS. Otherwise
 * the owners of the last deadlines would be called far too late.
 */
const PATIENCE_MS = 200;
const SHORT_PAUSE_MS = 2;

/** The array index (slot) that ended deadlines use. No sweep reads this slot. */
const NOWHERE = 0;

/**
 * The times and the owners of all deadlines. The time and the owner of one deadline have the same array index, its
 * slot.
 */
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

/** A point in time. Once it has passed, each sweep calls the owner, until the deadline is moved or ended. */
export class Deadline {
  readonly #table: Table;
  #slot: number;

  constructor(table: Table, owner: Expiring | undefined) {
    this.#table = table;
    this.#slot = table.take(owner);
  }

  get at(): number {
    return this.#table.times[this.#slot] ?? Number.POSITIVE_INFINITY;
  }

  set at(ms: number) {
    this.#table.times[this.#slot] = ms;
  }

  /** Sets the owner that is called when the deadline has passed. Has no effect after `end`. */
  belongsTo(owner: Expiring): void {
    if (this.#slot !== NOWHERE) this.#table.owners[this.#slot] = owner;
  }

  /** Ends the deadline: the owner is not called any more, even if `at` is set later. */
  end(): void {
    if (this.#slot !== NOWHERE) this.#table.free(this.#slot);
    this.#slot = NOWHERE;
  }
}

export class Deadlines {
  readonly #clock: Clock;
  #table = new Table();
  #timer: Timer | undefined = undefined;
  /** The timer that continues a sweep after a pause. Undefined = no sweep pauses now. */
  #rest: Timer | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Makes a deadline that never passes until `at` is set. The owner may be set later. */
  add(owner?: Expiring): Deadline {
    this.#timer ??= this.#clock.every(SWEEP_MS, () => this.sweep());
    return new Deadline(this.#table, owner);
  }

  /**
   * Calls the owners of all deadlines that have passed. When many have passed, some owners are called only after a
   * pause. Does nothing while an earlier sweep pauses.
   */
  sweep(): void {
    if (this.#rest === undefined) this.#callFrom(NOWHERE + 1, this.#clock.now());
  }

  #callFrom(first: number, sweepBegan: number): void {
    const table = this.#table;
    const began = this.#clock.now();
    let now = began;
    // An owner may add deadlines, end deadlines, and call `stop`. So the loop reads the number of slots and the table
    // anew each time.
    for (let slot = first; slot < table.owners.length && table === this.#table; slot++) {
      if ((table.times[slot] ?? now) > now) continue;
      if (now - began >= TURN_MS) {
        const late = now - sweepBegan > PATIENCE_MS;
        this.#rest = this.#clock.after(late ? SHORT_PAUSE_MS : PAUSE_MS, () => {
          this.#rest = undefined;
          this.#callFrom(slot, sweepBegan);
        });
        return;
      }
      table.owners[slot]?.expired();
      now = this.#clock.now();
    }
  }

  /** Stops the sweeps and forgets all deadlines made so far: their owners are not called any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#rest?.cancel();
    this.#timer = this.#rest = undefined;
    this.#table = new Table();
  }
}
