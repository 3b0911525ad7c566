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
    if (this.#waiting.length === 0) setImmediate(this.#run);
    this.#waiting.push(one);
  }

  readonly #run = (): void => {
    const due = this.#waiting;
    this.#waiting = this.#spare;
    this.#clock.begin();
    try {
      for (const one of due) one.readsDone();
    } finally {
      this.#clock.end();
      due.length = 0;
      this.#spare = due;
    }
  };
}
