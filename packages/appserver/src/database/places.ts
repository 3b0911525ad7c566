// A bounded number of places and a bounded queue before them, first come first served. No request waits
// longer than the deadline, and one whose client leaves gives its place in the queue away at once.
import type { Clock } from "@tandem/transport";
import { ClientLeftError, currentClient } from "../client.ts";

export interface PlacesOptions {
  readonly places: number;
  /** How many may wait; one more is refused at once. */
  readonly queue: number;
  /** How long each may wait. 0 = for ever. */
  readonly waitMs: number;
  /** What the places are, such as "database connection". */
  readonly what: string;
  readonly clock: Clock;
}

/** No place came free in time, or too many wait for one already. */
class NoPlaceError extends Error {
  readonly code = "ETIMEDOUT";
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when a place is taken; each needs one `leave`. Rejects without having taken one. */
  async enter(): Promise<void> {
    const { places, queue, what } = this.#options;
    if (currentClient()?.left === true) throw new ClientLeftError();
    if (this.#taken < places) {
      this.#taken += 1;
      return undefined;
    }
    if (this.#waiting.size >= queue) {
      throw new NoPlaceError(`${queue} requests wait for a ${what} already`);
    }
    return this.#wait();
  }

  /** Gives the place to the one that has waited longest, or back. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  #wait(): Promise<void> {
    const { waitMs, what, clock } = this.#options;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(take);
        timer?.cancel();
        stay?.();
      };
      const take = (): void => {
        stop();
        resolve();
      };
      const fail = (error: Error): void => {
        stop();
        reject(error);
      };
      const late = (): void => fail(new NoPlaceError(`no ${what} was free within ${waitMs} ms`));
      const timer = waitMs > 0 ? clock.after(waitMs, late) : undefined;
      const stay = currentClient()?.whenLeaving(() => fail(new ClientLeftError()));
      this.#waiting.add(take);
    });
  }
}
