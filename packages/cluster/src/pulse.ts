// Finds out whether a process still answers. The supervisor regularly sends the process a question over the IPC
// channel, one question at a time. A process that hangs or was stopped (SIGSTOP) is alive for the kernel, but it
// answers no request. The supervisor reports such a process and does not kill it, because an operator may be examining
// it.
import type { Clock, Timer } from "@tandem/transport";

const EVERY_MS = 1_000;
/**
 * After how many milliseconds without an answer a process counts as silent. The limit is longer than a busy process may
 * block its event loop.
 */
const SILENT_MS = 2_000;

export interface PulseOptions {
  readonly clock: Clock;
  /** Sends the question; the answer arrives through `beat`. */
  ask(): void;
  /**
   * Called with true when the process has left a question unanswered for `forMs` milliseconds, and with false when it
   * answers again.
   */
  changed(silent: boolean, forMs: number): void;
}

export class Pulse {
  readonly #options: PulseOptions;
  readonly #timer: Timer;
  /**
   * When the unanswered question was sent, in milliseconds of the clock; undefined when every question has been
   * answered.
   */
  #askedAt: number | undefined = undefined;
  /**
   * Whether the process has ever answered. A process that never answered may be an older version
   * that does not know the question, so the process never counts as silent.
   */
  #known = false;
  #silent = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#timer = options.clock.every(EVERY_MS, () => this.#look());
    this.#look();
  }

  /** Call this when the process has answered. */
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
