// When a process that died is started again: at once the first time, then after a delay that doubles
// up to a bound, with jitter so that processes that died together do not come back together. One that
// stayed up long enough has earned a clean slate.
import type { Clock, Rng } from "@tandem/transport";

export interface RestartBounds {
  readonly minMs: number;
  /** "Back within 5 s" is a promise: jitter only ever shortens the delay. */
  readonly maxMs: number;
  /** Ready for this long = stable: earlier deaths are forgotten. */
  readonly stableMs: number;
  /** Deaths in a row from which on it is a crash loop. */
  readonly loopAt: number;
}

export const DEFAULT_BOUNDS: RestartBounds = {
  minMs: 250,
  maxMs: 5000,
  stableMs: 10_000,
  loopAt: 3,
};

/** The history of one process as far as it matters for the next start. */
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

  /** Deaths in a row, none of them after a stable time. */
  get deaths(): number {
    return this.#deaths;
  }

  get crashLoop(): boolean {
    return this.#deaths >= this.#bounds.loopAt;
  }

  /** Called when the process takes work. Time before that proves nothing: it may just hang. */
  ready(): void {
    this.#readyAt = this.#clock.now();
  }

  /** Called when it died; answers how many milliseconds to wait before the next start. */
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
