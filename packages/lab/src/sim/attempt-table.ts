// Requests under way, as columns: a request is a number (its slot), so millions of them are no work for the
// garbage collector. A slot is one attempt of one request; a retry reuses it unless the server is still busy
// with the attempt that was given up.

/** Where an attempt is. */
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

/** How it ended; the order of the meter's counters. */
export const OUTCOME = { ok: 0, failed: 1, timeout: 2, rejected: 3 } as const;

/** Why an attempt failed. */
export const FAILURE = {
  /** Its server took no connection. */
  refused: 0,
  /** Its server died with it. */
  lost: 1,
  /** It took longer than an attempt may. */
  late: 2,
  /** Its server answered that it cannot. */
  answered: 3,
} as const;

const FIRST_CAPACITY = 4096;

export class AttemptTable {
  capacity = FIRST_CAPACITY;
  /** Slots in use. */
  used = 0;
  /** Position of the request in the order of arrivals; the seed of everything drawn for it. */
  number = new Float64Array(FIRST_CAPACITY);
  arrivedAt = new Float64Array(FIRST_CAPACITY);
  givenAt = new Float64Array(FIRST_CAPACITY);
  /** When it came to its server. */
  reachedAt = new Float64Array(FIRST_CAPACITY);
  /** Work on a server of speed 1. */
  demand = new Float64Array(FIRST_CAPACITY);
  /** Work of this attempt on its server, after the cache. */
  work = new Float64Array(FIRST_CAPACITY);
  /** On the server's own clock of work: when it is finished. */
  finishAt = new Float64Array(FIRST_CAPACITY);
  key = new Int32Array(FIRST_CAPACITY);
  /** Grows by 16 with each use, so that it plus `tries` names an attempt; late events are told by it. */
  generation = new Int32Array(FIRST_CAPACITY);
  tries = new Int32Array(FIRST_CAPACITY);
  phase = new Uint8Array(FIRST_CAPACITY);
  outcome = new Uint8Array(FIRST_CAPACITY);
  failure = new Uint8Array(FIRST_CAPACITY);
  /** 1: it has a place in the budget for retries, until the request is over. */
  onBudget = new Uint8Array(FIRST_CAPACITY);
  abandoned = new Uint8Array(FIRST_CAPACITY);
  server = new Int32Array(FIRST_CAPACITY);
  balancer = new Int32Array(FIRST_CAPACITY);
  user = new Int32Array(FIRST_CAPACITY);
  /** Requests on the server when it came, itself included. */
  depth = new Int32Array(FIRST_CAPACITY);
  /** Links of the queue it waits in; `next` also chains the free slots. */
  next = new Int32Array(FIRST_CAPACITY);
  previous = new Int32Array(FIRST_CAPACITY);
  /** Its place in the heap of its server. */
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

  free(slot: number): void {
    this.phase[slot] = PHASE.free;
    this.generation[slot] = ((this.generation[slot] as number) + 16) | 0;
    this.next[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.used--;
  }

  /** What a planned event keeps to know later whether it is still about the same attempt. */
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
