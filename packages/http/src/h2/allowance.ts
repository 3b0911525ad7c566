// How much of something a peer may do: so much at once, and so much in each second from then on. Frames that cost us
// work and bring no work done (resets, pings, settings) are counted like this.

export interface AllowanceLimits {
  readonly burst: number;
  readonly perSecond: number;
}

export class Allowance {
  readonly #limits: AllowanceLimits;
  #left: number;
  #at: number;

  /** @param now milliseconds on the clock of the connection's owner */
  constructor(limits: AllowanceLimits, now: number) {
    this.#limits = limits;
    this.#left = limits.burst;
    this.#at = now;
  }

  /** Takes one. Returns false when none is left. */
  take(now: number): boolean {
    const { burst, perSecond } = this.#limits;
    if (now > this.#at) {
      this.#left = Math.min(burst, this.#left + ((now - this.#at) * perSecond) / 1000);
      this.#at = now;
    }
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Gives `more` back, for work that was done. */
  give(more: number): void {
    this.#left = Math.min(this.#limits.burst, this.#left + more);
  }
}
