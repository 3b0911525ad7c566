// Which servers a request was given to, and whether it may go to another one (RFC 9110 §9.2.2): never sent, or refused
// by a server that had not begun with it → any method; sent without any byte of an answer → idempotent methods; an
// answer has begun → never. A body that was sent has to be there still.
import type { RetryBudget } from "../backend/retry-budget.ts";
import type { Server } from "../server/server.ts";
import { mayTryAgain, neverSent, type ProxyErrorCode } from "./proxy-error.ts";

const NOBODY: readonly Server[] = [];

export class Attempts {
  tried: readonly Server[] = NOBODY;
  /** Hash of what keeps requests together; undefined = nothing does. */
  readonly key: number | undefined;
  retries = 0;
  /** A kept connection died under this request: only new ones from now on. */
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

  /** The request is given to `server`. */
  note(server: Server): void {
    this.tried = this.tried.length === 0 ? [server] : [...this.tried, server];
  }

  /** A server that closed an idle connection as we wrote to it has done nothing wrong: it may be tried again, once. */
  forgiveStale(server: Server): void {
    if (this.staleOnce) return;
    this.staleOnce = true;
    this.tried = this.tried.filter((tried) => tried !== server);
  }

  /**
   * Whether the request, having failed with `code`, may be tried on another server: how much of an
   * answer came, and whether its body, if it has one, can be sent again.
   */
  mayRetry(code: ProxyErrorCode, answered: boolean, replayable: boolean): boolean {
    if (answered || !replayable || this.retries >= this.#limit) return false;
    return mayTryAgain(code, this.idempotent);
  }

  /** Whether the budget allows another try after `code`. What was never sent has cost no server anything, and is free. */
  afford(code: ProxyErrorCode): boolean {
    if (this.#onBudget || neverSent(code)) return true;
    this.#onBudget = this.#budget.take();
    return this.#onBudget;
  }

  /** The request is over: its place in the budget is free. */
  end(): void {
    if (this.#onBudget) this.#budget.giveBack();
    this.#onBudget = false;
  }
}
