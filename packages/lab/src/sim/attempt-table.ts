// The requests under way, as columns of numbers. A request is only a number (its slot, an index into the columns), so
// even millions of requests give the garbage collector no work. A slot holds one attempt of one request. A retry reuses
// the slot of the failed attempt. When the server is still busy with that attempt, the retry gets a slot of its own.

/** The phases of an attempt, from a free slot to the answer. */
export const PHASE = {
  free: 0,
  held: 1,
  going: 2,
  waiting: 3,
  served: 4,
  lost: 5,
  returning: 6,
  pausing: 7,
} as const;

/** How a request ended. The numbers are also the indexes of `outcomes` in meter.ts. */
export const OUTCOME = { ok: 0, failed: 1, timeout: 2, rejected: 3 } as const;

/** The reasons why an attempt fails. */
export const FAILURE = {
  /** The server accepted no connection. */
  refused: 0,
  /** The server died while it worked on the attempt. */
  lost: 1,
  /** The attempt took longer than `attemptTimeoutMs`. */
  late: 2,
  /** The server answered with an error. */
  answered: 3,
} as const;

/** The columns that are copied from an attempt to the next attempt of the same request. */
const KEPT = [
  "number",
  "arrivedAt",
  "demand",
  "key",
  "balancer",
  "user",
  "server",
  "tries",
  "onBudget",
] as const;

const FIRST_CAPACITY = 4096;

export class AttemptTable {
  capacity = FIRST_CAPACITY;
  /** How many slots are in use. */
  used = 0;
  /** The position of the request in the order of arrivals. */
  number = new Float64Array(FIRST_CAPACITY);
  arrivedAt = new Float64Array(FIRST_CAPACITY);
  givenAt = new Float64Array(FIRST_CAPACITY);
  /** When the attempt reached its server. */
  reachedAt = new Float64Array(FIRST_CAPACITY);
  /** The work of the request, in milliseconds on a server of speed 1. */
  demand = new Float64Array(FIRST_CAPACITY);
  /**
   * The work of this attempt, in milliseconds on a server of speed 1: less than `demand` when the server has the key in
   * its cache.
   */
  work = new Float64Array(FIRST_CAPACITY);
  /** When the attempt will be finished, on the server's clock of work (see stations.ts). */
  finishAt = new Float64Array(FIRST_CAPACITY);
  key = new Int32Array(FIRST_CAPACITY);
  /** Grows by 16 with each use of the slot; a request has fewer than 16 tries. So `generation + tries` is unique. */
  generation = new Int32Array(FIRST_CAPACITY);
  tries = new Int32Array(FIRST_CAPACITY);
  phase = new Uint8Array(FIRST_CAPACITY);
  outcome = new Uint8Array(FIRST_CAPACITY);
  failure = new Uint8Array(FIRST_CAPACITY);
  /** 1 = the request counts in the retry budget, from its first retry until it has ended; 0 = it does not count. */
  onBudget = new Uint8Array(FIRST_CAPACITY);
  abandoned = new Uint8Array(FIRST_CAPACITY);
  server = new Int32Array(FIRST_CAPACITY);
  balancer = new Int32Array(FIRST_CAPACITY);
  user = new Int32Array(FIRST_CAPACITY);
  /** How many requests were on the server when this request came, itself included. */
  depth = new Int32Array(FIRST_CAPACITY);
  /** Links of the queue in which the attempt waits. `next` also chains the free slots. */
  next = new Int32Array(FIRST_CAPACITY);
  previous = new Int32Array(FIRST_CAPACITY);
  /** The attempt's position in the heap of attempts that its server works on, which is ordered by `finishAt`. */
  place = new Int32Array(FIRST_CAPACITY);
  #firstFree = 0;

  constructor() {
    this.#chain(0);
  }

  take(): number {
    if (this.#firstFree === this.capacity) this.#grow();
    const slot = this.#firstFree;
    this.#firstFree = this.next[slot] as number;
    this.used++;
    this.tries[slot] = 0;
    this.abandoned[slot] = 0;
    this.onBudget[slot] = 0;
    return slot;
  }

  /** Takes a slot for the next attempt of the request in `slot`, and copies what belongs to the request. */
  copy(slot: number): number {
    const again = this.take();
    for (const column of KEPT) this[column][again] = this[column][slot] as number;
    return again;
  }

  free(slot: number): void {
    this.phase[slot] = PHASE.free;
    this.generation[slot] = ((this.generation[slot] as number) + 16) | 0;
    this.next[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.used--;
  }

  /**
   * Returns a number (stamp) that identifies the attempt which uses the slot now. An event stores
   * the stamp when it is planned. If the slot has another stamp when the event happens, the attempt
   * has ended and the event is ignored.
   */
  stamp(slot: number): number {
    return ((this.generation[slot] as number) + (this.tries[slot] as number)) | 0;
  }

  #chain(from: number): void {
    for (let slot = from; slot < this.capacity; slot++) this.next[slot] = slot + 1;
  }

  #grow(): void {
    const from = this.capacity;
    this.capacity *= 2;
    const { capacity } = this;
    const floats = (old: Float64Array) => {
      const larger = new Float64Array(capacity);
      larger.set(old);
      return larger;
    };
    const ints = (old: Int32Array) => {
      const larger = new Int32Array(capacity);
      larger.set(old);
      return larger;
    };
    const bytes = (old: Uint8Array) => {
      const larger = new Uint8Array(capacity);
      larger.set(old);
      return larger;
    };
    this.number = floats(this.number);
    this.arrivedAt = floats(this.arrivedAt);
    this.givenAt = floats(this.givenAt);
    this.reachedAt = floats(this.reachedAt);
    this.demand = floats(this.demand);
    this.work = floats(this.work);
    this.finishAt = floats(this.finishAt);
    this.key = ints(this.key);
    this.generation = ints(this.generation);
    this.tries = ints(this.tries);
    this.server = ints(this.server);
    this.balancer = ints(this.balancer);
    this.user = ints(this.user);
    this.depth = ints(this.depth);
    this.next = ints(this.next);
    this.previous = ints(this.previous);
    this.place = ints(this.place);
    this.phase = bytes(this.phase);
    this.outcome = bytes(this.outcome);
    this.failure = bytes(this.failure);
    this.onBudget = bytes(this.onBudget);
    this.abandoned = bytes(this.abandoned);
    this.#chain(from);
  }
}
