// The order of requests that wait because servers are full. A request waits in the thread that its client is connected
// to, and no later request in another thread may overtake it. To ensure that, each thread publishes the ticket of its
// oldest waiting request. When a thread sees a free place at a server, the thread first looks for an older ticket in
// other threads. If there is one, the thread wakes the thread with the oldest ticket instead of using the place. This
// is not a lock: when the woken thread is busy or dead and does not take the place in time, the other threads stop
// waiting for it.
//
//   Int32  [last ticket drawn | oldest of thread 0 | of thread 1 | … | bell of thread 0 | of thread 1 | …]
//
// A bell is an index on which its thread sleeps in `Atomics.waitAsync`; `Atomics.notify` on it wakes the thread.

const NO_TICKET = 0;
const NEXT = 0;

/**
 * How long the other threads leave a free place at a server to the thread with the oldest request. A healthy thread is
 * never busy for so long. When a thread dies, requests that wait in other threads may wait this much longer.
 */
const PATIENCE_MS = 500;

export class Turns {
  readonly #shared: Int32Array;
  readonly #threads: number;
  readonly #thread: number;
  readonly #woken: () => void;
  #listening = false;
  /**
   * The ticket of the request, in another thread, that this thread has last left free room to.
   * `#since` is when this thread first left room to that request.
   */
  #leftTo = NO_TICKET;
  #since = 0;
  #closed = false;

  /** Makes the shared memory for that number of threads. */
  static allocate(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + 2 * threads) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** @param woken called when another thread leaves free room at a server to this thread */
  constructor(memory: SharedArrayBuffer, thread: number, woken: () => void) {
    this.#shared = new Int32Array(memory);
    this.#threads = (this.#shared.length - 1) / 2;
    this.#thread = thread;
    this.#woken = woken;
    this.show(NO_TICKET); // this thread may replace a dead one, whose ticket may still be published
  }

  /** Returns whether there are other threads. */
  get shared(): boolean {
    return this.#threads > 1;
  }

  /** Returns a ticket for a request that begins to wait; never 0. */
  ticket(): number {
    return (Atomics.add(this.#shared, NEXT, 1) + 1) | 0 || this.ticket();
  }

  /** Publishes the ticket of the oldest request that waits in this thread; 0 = none waits. */
  show(ticket: number): void {
    const place = 1 + this.#thread;
    if (this.#shared[place] !== ticket) Atomics.store(this.#shared, place, ticket);
    if (ticket !== NO_TICKET) this.#listen();
  }

  /**
   * Returns whether a request in another thread has waited longer than the request with this ticket. With ticket 0:
   * whether any request waits in another thread.
   */
  othersBefore(ticket: number): boolean {
    return this.#before(ticket) !== undefined;
  }

  /**
   * Call this when a server has room. `ticket` is the oldest in this thread (0 = none). If a request in another thread
   * has waited longer, wakes that thread and returns true: the caller must leave the room to that thread. Returns false
   * when no such request waits, or when the room has been left to that request for PATIENCE_MS already. `now`:
   * milliseconds.
   */
  yield(ticket: number, now: number): boolean {
    const thread = this.#before(ticket);
    if (thread === undefined) return false;
    const first = this.#shared[1 + thread] as number;
    if (first !== this.#leftTo) {
      this.#leftTo = first;
      this.#since = now;
    }
    if (now - this.#since > PATIENCE_MS) return false;
    Atomics.notify(this.#shared, 1 + this.#threads + thread);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.show(NO_TICKET);
    Atomics.notify(this.#shared, 1 + this.#threads + this.#thread); // ends the `Atomics.waitAsync` of this thread
  }

  #before(ticket: number): number | undefined {
    if (!this.shared) return undefined;
    let oldest = ticket;
    let whose: number | undefined;
    for (let thread = 0; thread < this.#threads; thread++) {
      const other = this.#shared[1 + thread] as number;
      if (thread === this.#thread || other === NO_TICKET) continue;
      if (oldest !== NO_TICKET && ((other - oldest) | 0) >= 0) continue; // the subtraction stays right when tickets overflow
      oldest = other;
      whose = thread;
    }
    return whose;
  }

  #listen(): void {
    if (this.#listening || this.#closed || !this.shared) return;
    const rings = Atomics.waitAsync(this.#shared, 1 + this.#threads + this.#thread, 0);
    if (!rings.async) return;
    this.#listening = true;
    void rings.value.then(() => {
      this.#listening = false;
      if (this.#closed) return;
      this.#woken();
      if (this.#shared[1 + this.#thread] !== NO_TICKET) this.#listen();
    });
  }
}
