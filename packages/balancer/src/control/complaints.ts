// Logs the warnings of threads. The same message is logged at most once a minute, with the number of times that the
// message was left out in between.
import type { Clock } from "@tandem/transport";

const QUIET_MS = 60_000;
/** How many different messages are remembered. When another message comes, all remembered messages are forgotten. */
const MOST = 100;

/** The part of a logger this file needs. */
export interface Warner {
  warn(details: object, message: string): void;
}

export class Complaints {
  readonly #clock: Clock;
  readonly #logger: Warner;
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  constructor(clock: Clock, logger: Warner) {
    this.#clock = clock;
    this.#logger = logger;
  }

  readonly tell = (message: string): void => {
    const now = this.#clock.now();
    const before = this.#said.get(message);
    if (before !== undefined && now - before.at < QUIET_MS) {
      before.unsaid += 1;
      return;
    }
    if (this.#said.size >= MOST) this.#said.clear();
    this.#said.set(message, { at: now, unsaid: 0 });
    this.#logger.warn(before === undefined ? {} : { repeated: before.unsaid }, message);
  };
}
