// When checks change a server's state: `fall` failures in a row take it down, `rise` passes bring it up. At a start
// nothing is known yet: the first check decides alone, and a server that was not ready then is looked at often and
// believed at once when it is.

export interface Thresholds {
  readonly rise: number;
  readonly fall: number;
}

/** How soon to look again for a server that has not been up since our start. */
const AWAITED_MS = 250;

export class RiseAndFall {
  #known = false;
  #seenUp = false;
  #streak = 0;

  /**
   * Takes in the result of a check. Returns whether the server is to change to the other side, which counts as done.
   * @param up what it counts as now; undefined = an operator has decided, and no check changes that
   */
  judge(passed: boolean, up: boolean | undefined, { rise, fall }: Thresholds): boolean {
    const alone = !this.#known || !this.#seenUp;
    this.#known = true;
    this.#seenUp ||= passed;
    if (up === undefined) return false;
    this.#streak = passed === up ? 0 : this.#streak + 1;
    if (this.#streak === 0 || !(alone || this.#streak >= (passed ? rise : fall))) return false;
    this.#streak = 0;
    return true;
  }

  /** How long after a check the next one is due: ±5 %, so that many balancers do not ask at the same moment. */
  pauseMs(intervalMs: number, rng: () => number): number {
    const interval = this.#seenUp ? intervalMs : Math.min(intervalMs, AWAITED_MS);
    return interval * (0.95 + 0.1 * rng());
  }

  /** Other thresholds hold from now on: checks in a row are counted anew. */
  restart(): void {
    this.#streak = 0;
  }

  /** What the last check found may be over: the next one decides alone again. */
  forget(): void {
    this.#known = false;
  }
}
