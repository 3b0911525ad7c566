// Says whether a tunnel may end now. A balancer that is replaced or stopped lets its tunnels live until the deadline of
// its drain; a tunnel that ends earlier was broken.

/** How much earlier than the deadline a tunnel may end, because the drain measures by its own clock. */
const EARLY_MS = 1_000;
/** How late a client may notice the end of its tunnel. */
const LATE_MS = 2_000;

export class Moment {
  readonly #drainMs: number;
  /** When the last change began that ends balancers, and the one before it. */
  #began = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;

  constructor(drainMs: number) {
    this.#drainMs = drainMs;
  }

  /** A balancer is about to be asked to end. */
  change(): void {
    this.#before = this.#began;
    this.#began = performance.now();
  }

  /** Whether a tunnel that ends now may do so. */
  get mayEnd(): boolean {
    const now = performance.now();
    const earliestMs = this.#drainMs - EARLY_MS;
    if (now - this.#began >= earliestMs) return true;
    return now - this.#began < LATE_MS && now - this.#before >= earliestMs;
  }
}
