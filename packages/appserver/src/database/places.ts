// A semaphore with a queue of limited length. Each place stands for one connection or thread. Requests get places in
// the order in which they asked. A request that waits longer than the deadline is refused. A request whose client
// disconnects leaves the queue at once.
import type { Clock } from "@tandem/transport";
import { ClientLeftError, currentClient } from "../client.ts";

export interface PlacesOptions {
  readonly places: number;
  /** How many requests may wait at the same time. Any further request is refused at once. */
  readonly queue: number;
  /** How many milliseconds each request may wait. 0 = no limit. */
  readonly waitMs: number;
  /** The thing that a place stands for, such as "database connection". */
  readonly what: string;
  readonly clock: Clock;
}

/** The error when no place became free in time, or the queue was full. */
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

  /** Returns how many requests wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a place, and waits until one is free if necessary. When `enter` has resolved, the caller must call `leave`
   * once. When `enter` has rejected, the caller has no place.
   */
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

  /** Gives the place to the request that has waited longest. If no request waits, the place becomes free. */
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
