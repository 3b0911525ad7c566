// Whose turn it is when servers are full: requests wait in the thread that their client is connected to, and none
// is overtaken by one that came later to another thread. Each thread shows all others the ticket of its oldest
// waiter; who has room to give looks for an older one first, and wakes its thread. That is a courtesy and no lock: one
// that does not take the room in time, because its thread is busy or dead, is waited for no longer.
//
//   Int32  [next ticket | oldest of thread 0 | of thread 1 | … | bell of thread 0 | of thread 1 | …]

const NOBODY = 0;
const NEXT = 0;

/** Longer than a healthy thread is ever busy; and what the death of a thread costs those that wait in another. */
const PATIENCE_MS = 500;

export class Turns {
  readonly #shared: Int32Array;
  readonly #threads: number;
  readonly #thread: number;
  readonly #woken: () => void;
  #listening = false;
  /** Whom the room was left to last, and since when. */
  #leftTo = NOBODY;
  #since = 0;
  #closed = false;

  /** The memory for so many threads. */
  static allocate(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + 2 * threads) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** @param woken called when another thread has room to give */
  constructor(memory: SharedArrayBuffer, thread: number, woken: () => void) {
    this.#shared = new Int32Array(memory);
    this.#threads = (this.#shared.length - 1) / 2;
    this.#thread = thread;
    this.#woken = woken;
    this.show(NOBODY); // what one before it in this place may have left
  }

  /** There are other threads. */
  get shared(): boolean {
    return this.#threads > 1;
  }

  /** For one that begins to wait; never 0. */
  ticket(): number {
    return (Atomics.add(this.#shared, NEXT, 1) + 1) | 0 || this.ticket();
  }

  /** The oldest that waits in this thread; 0 = nobody does. */
  show(ticket: number): void {
    const place = 1 + this.#thread;
    if (this.#shared[place] !== ticket) Atomics.store(this.#shared, place, ticket);
    if (ticket !== NOBODY) this.#listen();
  }

  /** Whether somebody in another thread has waited for longer than `ticket`; 0 = than nobody. */
  othersBefore(ticket: number): boolean {
    return this.#before(ticket) !== undefined;
  }

  /**
   * There is room, and `ticket` is the oldest here: leaves it to who has waited for longest, if that is somebody in
   * another thread who has not been given his turn for long. Returns whether it is. `now`: milliseconds.
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
    this.show(NOBODY);
    Atomics.notify(this.#shared, 1 + this.#threads + this.#thread); // what listened is let go
  }

  #before(ticket: number): number | undefined {
    if (!this.shared) return undefined;
    let oldest = ticket;
    let whose: number | undefined;
    for (let thread = 0; thread < this.#threads; thread++) {
      const other = this.#shared[1 + thread] as number;
      if (thread === this.#thread || other === NOBODY) continue;
      if (oldest !== NOBODY && ((other - oldest) | 0) >= 0) continue; // tickets run over
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
      if (this.#shared[1 + this.#thread] !== NOBODY) this.#listen();
    });
  }
}
