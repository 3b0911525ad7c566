// A semaphore with a queue of limited length. Each permit stands for one connection or thread. Requests get permits in
// the order in which they asked. A request that waits longer than the deadline is refused. A request whose client
// disconnects leaves the queue at once.
import type { Clock } from "@tandem/transport";
import { ClientLeftError, currentClient } from "../client.ts";

export interface SemaphoreOptions {
  readonly permits: number;
  /** How many requests may wait at the same time. Any further request is refused at once. */
  readonly queue: number;
  /** How many milliseconds each request may wait. 0 = no limit. */
  readonly waitMs: number;
  /**
   * The thing that a permit stands for, as error messages name it, such as "database connection".
   */
  readonly what: string;
  readonly clock: Clock;
}

/** The error when no permit became free in time, or the queue was full. */
class NoPermitError extends Error {
  readonly code = "ETIMEDOUT";
}

export class Semaphore {
  readonly #options: SemaphoreOptions;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(options: SemaphoreOptions) {
    this.#options = options;
  }

  /** Returns how many requests wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a permit, and waits until one is free if necessary. When `acquire` has resolved, the caller must call `release`
   * once. When `acquire` has rejected, the caller has no permit.
   */
  async acquire(): Promise<void> {
    const { permits, queue, what } = this.#options;
    if (currentClient()?.left === true) throw new ClientLeftError();
    if (this.#taken < permits) {
      this.#taken += 1;
      return undefined;
    }
    if (this.#waiting.size >= queue) {
      throw new NoPermitError(`${queue} requests wait for a ${what} already`);
    }
    return this.#wait();
  }

  /** Gives the permit to the request that has waited longest. If no request waits, the permit becomes free. */
  release(): void {
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
      const late = (): void => fail(new NoPermitError(`no ${what} was free within ${waitMs} ms`));
      const timer = waitMs > 0 ? clock.after(waitMs, late) : undefined;
      const stay = currentClient()?.whenLeaving(() => fail(new ClientLeftError()));
      this.#waiting.add(take);
    });
  }
}
