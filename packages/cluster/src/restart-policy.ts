// Decides when a process that died is started again: at once the first time, then after a delay that doubles up to a
// limit. Random jitter keeps processes that died together from starting again together. Once a process has stayed up
// long enough, its next delays are short again.
import type { Clock, Rng } from "@tandem/transport";

export interface RestartBounds {
  readonly minMs: number;
  /** The longest delay. Tandem promises that a process is back within 5 s, so jitter only shortens the delay. */
  readonly maxMs: number;
  /**
   * After how many milliseconds a ready process counts as stable. The earlier deaths of a stable
   * process are no longer counted.
   */
  readonly stableMs: number;
  /** From how many deaths in a row the tier counts as being in a crash loop. */
  readonly loopAt: number;
}

export const DEFAULT_BOUNDS: RestartBounds = {
  minMs: 250,
  maxMs: 5000,
  stableMs: 10_000,
  loopAt: 3,
};

/** Counts the deaths of one process and decides when the process is started again. */
export class RestartPolicy {
  readonly #clock: Clock;
  readonly #rng: Rng;
  readonly #bounds: RestartBounds;
  #readyAt: number | undefined;
  #deaths = 0;

  constructor(clock: Clock, rng: Rng, bounds: RestartBounds = DEFAULT_BOUNDS) {
    this.#clock = clock;
    this.#rng = rng;
    this.#bounds = bounds;
  }

  /** Returns how many times in a row the process died without having been stable in between. */
  get deaths(): number {
    return this.#deaths;
  }

  get crashLoop(): boolean {
    return this.#deaths >= this.#bounds.loopAt;
  }

  /**
   * Call this when the process accepts work. The time from the start until then does not count as
   * stable, because the process may be hanging.
   */
  ready(): void {
    this.#readyAt = this.#clock.now();
  }

  /** Call this when the process has died. Returns how many milliseconds to wait before the next start. */
  died(): number {
    const { minMs, maxMs, stableMs } = this.#bounds;
    const readyMs = this.#readyAt === undefined ? 0 : this.#clock.now() - this.#readyAt;
    this.#readyAt = undefined;
    if (readyMs >= stableMs) this.#deaths = 0;
    this.#deaths += 1;
    if (this.#deaths === 1) return 0;
    const full = Math.min(maxMs, minMs * 2 ** Math.min(this.#deaths - 2, 30));
    return full * (0.75 + 0.25 * this.#rng());
  }
}
