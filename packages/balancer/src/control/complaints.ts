// What threads complain of, in the log: the same words once a minute at most, with how often they were said.
import type { Logger } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";

const QUIET_MS = 60_000;
/** Different messages remembered; beyond it the memory starts anew. */
const MOST = 100;

export class Complaints {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  constructor(clock: Clock, logger: Logger) {
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
