// When a process that died is started again: at once the first time, then after a delay that doubles up to a limit.
// Jitter keeps processes that died together from coming back together. A process that stayed up long enough starts
// again with a short delay.
import type { Clock, Rng } from "@tandem/transport";

export interface RestartBounds {
  readonly minMs: number;
  /** "Back within 5 s" is a promise, so jitter only shortens the delay. */
  readonly maxMs: number;
  /** A process that was ready for this long is stable: its earlier deaths are forgotten. */
  readonly stableMs: number;
  /** From this number of deaths in a row it is called a crash loop. */
  readonly loopAt: number;
}

export const DEFAULT_BOUNDS: RestartBounds = {
  minMs: 250,
  maxMs: 5000,
  stableMs: 10_000,
  loopAt: 3,
};

/** What has to be remembered of one process to decide when to start it again. */
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

  /** Deaths in a row without a stable time between them. */
  get deaths(): number {
    return this.#deaths;
  }

  get crashLoop(): boolean {
    return this.#deaths >= this.#bounds.loopAt;
  }

  /**
   * Called when the process accepts work. The time before that does not count as stable, because the process may
   * just hang.
   */
  ready(): void {
    this.#readyAt = this.#clock.now();
  }

  /** Called when the process died; returns how many milliseconds to wait before the next start. */
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
