// Whether a process still answers: a question over the IPC channel now and then, one at a time. A process that hangs or
// was stopped (SIGSTOP) is alive for the kernel and answers no request. It is reported, not killed: what it hangs
// on may be what an operator is looking at.
import type { Clock, Timer } from "@tandem/transport";

const EVERY_MS = 1_000;
/** Longer than a busy process keeps its event loop to itself. */
const SILENT_MS = 2_000;

export interface PulseOptions {
  readonly clock: Clock;
  /** Puts the question; the answer is told by `beat`. */
  ask(): void;
  /** It has become silent, `forMs` ago, or answers again. */
  changed(silent: boolean, forMs: number): void;
}

export class Pulse {
  readonly #options: PulseOptions;
  readonly #timer: Timer;
  /** When the question without an answer was put. */
  #askedAt: number | undefined = undefined;
  /** One that never answered may not know the question. */
  #known = false;
  #silent = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#timer = options.clock.every(EVERY_MS, () => this.#look());
    this.#look();
  }

  /** The process has answered. */
  beat(): void {
    this.#askedAt = undefined;
    this.#known = true;
    this.#become(false, 0);
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const { clock, ask } = this.#options;
    if (this.#askedAt === undefined) {
      this.#askedAt = clock.now();
      ask();
      return;
    }
    const forMs = clock.now() - this.#askedAt;
    if (this.#known && forMs >= SILENT_MS) this.#become(true, forMs);
  }

  #become(silent: boolean, forMs: number): void {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#options.changed(silent, forMs);
  }
}
