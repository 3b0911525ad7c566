// Decides when checks change a server's state. `fall` failed checks in a row change the state from up to down, and
// `rise` passed checks in a row from down to up. At the start nothing is known yet, so the first check decides alone. A
// server that fails the first check is checked often, and is up as soon as one check passes.

export interface Thresholds {
  readonly rise: number;
  readonly fall: number;
}

/** The interval of checks for a server that has not been up since the balancer started. */
const AWAITED_MS = 250;

export class RiseAndFall {
  #known = false;
  #seenUp = false;
  #streak = 0;

  /**
   * Counts the result of a check. Returns whether the server's state changes now; the caller has to make the
   * change.
   * @param up the current state; undefined = an operator has set the state, so checks do not change it
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

  /**
   * Returns the pause before the next check. It is the interval ±5 %, so that many balancers do not check a server at
   * the same moment.
   */
  pauseMs(intervalMs: number, rng: () => number): number {
    const interval = this.#seenUp ? intervalMs : Math.min(intervalMs, AWAITED_MS);
    return interval * (0.95 + 0.1 * rng());
  }

  /** Call this when the thresholds change: the results in a row are counted from zero again. */
  restart(): void {
    this.#streak = 0;
  }

  /** Call this when the last result may be outdated: the next check then decides alone, as at the start. */
  forget(): void {
    this.#known = false;
  }
}
