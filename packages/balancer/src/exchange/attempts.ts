// Remembers which servers a request was given to, and decides whether the request may go to another
// server (RFC 9110 §9.2.2). A request may be tried again whatever its method when it was never
// sent, or when the server says that it has not begun with the request. A request that was sent and
// got no byte of an answer may be tried again if its method is idempotent. Once an answer has
// begun, no request may be tried again. In every case, the part of the request's body that was sent
// before must still be in memory.
import type { RetryBudget } from "../backend/retry-budget.ts";
import type { Server } from "../server/server.ts";
import { mayTryAgain, neverSent, type ProxyErrorCode } from "./proxy-error.ts";

const NONE_YET: readonly Server[] = [];

export class Attempts {
  tried: readonly Server[] = NONE_YET;
  /**
   * The hash of the request's key: requests with the same key go to the same server. Undefined when the request has no
   * key.
   */
  readonly key: number | undefined;
  retries = 0;
  /**
   * Whether a kept connection turned out to be closed when this request was sent on it. From then on the request uses
   * new connections only.
   */
  staleOnce = false;
  readonly #method: string;
  readonly #limit: number;
  readonly #budget: RetryBudget;
  #onBudget = false;

  constructor(method: string, retries: number, budget: RetryBudget, key?: number) {
    this.key = key;
    this.#method = method;
    this.#limit = retries;
    this.#budget = budget;
  }

  get idempotent(): boolean {
    switch (this.#method) {
      case "GET":
      case "HEAD":
      case "OPTIONS":
      case "TRACE":
      case "PUT":
      case "DELETE":
        return true;
      default:
        return false;
    }
  }

  /** Notes that the request is given to `server`. */
  note(server: Server): void {
    this.tried = this.tried.length === 0 ? [server] : [...this.tried, server];
  }

  /**
   * Called when the server closed an idle connection just as we wrote to it. The server has done nothing wrong, so the
   * request may be tried on that server once more.
   */
  forgiveStale(server: Server): void {
    if (this.staleOnce) return;
    this.staleOnce = true;
    this.tried = this.tried.filter((tried) => tried !== server);
  }

  /**
   * Returns whether the request, having failed with `code`, may be tried on another server. `answered`: part of an
   * answer has come. `replayable`: the request's body, if it has one, can be sent again.
   */
  mayRetry(code: ProxyErrorCode, answered: boolean, replayable: boolean): boolean {
    if (answered || !replayable || this.retries >= this.#limit) return false;
    return mayTryAgain(code, this.idempotent);
  }

  /**
   * Returns whether the retry budget allows another try after `code`. When no server has begun to work on the
   * request, trying it again does not use the budget.
   */
  afford(code: ProxyErrorCode): boolean {
    if (this.#onBudget || neverSent(code)) return true;
    this.#onBudget = this.#budget.take();
    return this.#onBudget;
  }

  /** Called when the request has ended. If the request has used the retry budget, another request may use it now. */
  end(): void {
    if (this.#onBudget) this.#budget.giveBack();
    this.#onBudget = false;
  }
}
