// Whether a process still answers. The supervisor sends a question over the IPC channel now and then, one at a
// time. To the kernel, a process that hangs or was stopped (SIGSTOP) is alive, but it answers no request. The
// supervisor reports it and does not kill it, because an operator may be examining it.
import type { Clock, Timer } from "@tandem/transport";

const EVERY_MS = 1_000;
/** Longer than a busy process may block its event loop. */
const SILENT_MS = 2_000;

export interface PulseOptions {
  readonly clock: Clock;
  /** Sends the question; the answer arrives through `beat`. */
  ask(): void;
  /** Called when the process became silent, `forMs` ago, and when it answers again. */
  changed(silent: boolean, forMs: number): void;
}

export class Pulse {
  readonly #options: PulseOptions;
  readonly #timer: Timer;
  /** When the unanswered question was sent. */
  #askedAt: number | undefined = undefined;
  /** A process that has never answered may be an older version that does not know the question. */
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
