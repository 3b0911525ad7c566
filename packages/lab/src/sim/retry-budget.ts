// Retries as a share of first attempts (Finagle, Envoy): every request earns a fraction of a retry, and what is
// saved up is bounded, so a total failure is not multiplied.

/** Retries that can be saved up: what lets a small failure in quiet times be repaired wholly. */
const MOST_SAVED = 100;

export class RetryBudget {
  readonly #saved: Float64Array;
  readonly #share: number;

  constructor(balancers: number, share: number) {
    this.#saved = new Float64Array(balancers).fill(MOST_SAVED / 10);
    this.#share = share;
  }

  earn(balancer: number): void {
    this.#saved[balancer] = Math.min(MOST_SAVED, (this.#saved[balancer] as number) + this.#share);
  }

  /** Takes one retry out; false when there is none. */
  spend(balancer: number): boolean {
    if ((this.#saved[balancer] as number) < 1) return false;
    (this.#saved[balancer] as number)--;
    return true;
  }
}
