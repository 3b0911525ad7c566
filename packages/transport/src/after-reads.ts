// Calls back when every socket that is ready has been read. The event loop learns of many ready sockets at once and
// reads them one after the other (its poll phase). After that it runs immediates (its check phase). Until the poll
// phase has ended, a socket that looks idle may have received bytes or a FIN that are not read yet. One immediate
// serves all callers. So at 64 connections, its cost per exchange is too small to measure.
import type { TurnClock } from "./turn-clock.ts";

/** An object that waits until every socket that is ready has been read. */
export interface ReadsDoneListener {
  /** Called when every socket that was ready has been read. Must not throw. */
  readsDone(): void;
}

export class AfterReads {
  readonly #clock: TurnClock;
  /** The objects that are called before `#waiting`, because they still hold bytes that were read. */
  #holding: ReadsDoneListener[] = [];
  #waiting: ReadsDoneListener[] = [];
  /**
   * The empty list that replaces `#waiting` at the next run. The two lists are used in turn, so that no new list is
   * allocated.
   */
  #spare: ReadsDoneListener[] = [];

  constructor(clock: TurnClock) {
    this.#clock = clock;
  }

  add(one: ReadsDoneListener): void {
    this.#schedule();
    this.#waiting.push(one);
  }

  /**
   * Calls `one` before all those of `add`. It is for an object that still holds bytes that were read. An idle connection
   * would else be used for the next request before its unexpected bytes have been seen.
   */
  addHolder(one: ReadsDoneListener): void {
    this.#schedule();
    this.#holding.push(one);
  }

  #schedule(): void {
    if (this.#waiting.length === 0 && this.#holding.length === 0) setImmediate(this.#run);
  }

  readonly #run = (): void => {
    this.#clock.begin();
    try {
      // The reader of a holder's bytes may add a listener, which is called in this run too. So the list is exchanged after.
      for (const holder of this.#holding) holder.readsDone();
      this.#holding.length = 0;
      this.#runWaiting();
    } finally {
      this.#clock.end();
    }
  };

  #runWaiting(): void {
    const due = this.#waiting;
    this.#waiting = this.#spare;
    try {
      for (const one of due) one.readsDone();
    } finally {
      due.length = 0;
      this.#spare = due;
    }
  }
}
