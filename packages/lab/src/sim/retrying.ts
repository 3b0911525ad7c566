// Decides whether a request that failed is tried again. The balancer's own code limits the retries (retry-budget.ts)
// and says which failures Tandem retries by itself (proxy-error.ts). This file translates simulated failures into the
// error codes of the balancer.
import {
  mayTryAgain,
  neverSent,
  type ProxyErrorCode,
  RetryBudget,
} from "@tandem/balancer/policies";
import { type AttemptTable, FAILURE } from "./attempt-table.ts";
import type { Fleet, SimulatedBalancer } from "./fleet.ts";
import type { Model } from "./model.ts";
import type { Retries } from "./scenario.ts";
import type { View } from "./view.ts";

export const NOTHING_TRIED: readonly View[] = [];

/**
 * The most retries of a request. The number (stamp) that identifies an attempt has four bits for the tries of its
 * request (`generation` and `stamp` in attempt-table.ts), so it has no room for more.
 */
const MOST_TRIES = 14;

/**
 * The balancer's error code for each failure. An error that the server answered has no code,
 * because the balancer passes the answer on to the client.
 */
const CODES: Readonly<Record<number, ProxyErrorCode>> = {
  [FAILURE.refused]: "connect-refused",
  [FAILURE.lost]: "server-closed",
  [FAILURE.late]: "server-timeout",
};

export class Retrying {
  readonly backoffMs: number;
  readonly #model: Model;
  readonly #attempts: AttemptTable;
  readonly #fleet: Fleet;
  readonly #max: number;
  readonly #asServed: boolean;
  /** One retry budget for each balancer. Empty = retries have no limit. */
  readonly #budgets: readonly RetryBudget[];
  /** For each balancer, the number of requests that have not ended. */
  readonly #active: Int32Array;
  /** The servers that failed a request, by the request's number. A request that no server failed has no entry. */
  readonly #tried = new Map<number, View[]>();

  /** Throws a RangeError when `budget` is neither true nor false. */
  constructor(model: Model, { max, backoffMs = 0, budget = false, failures = "all" }: Retries) {
    if (typeof budget !== "boolean")
      throw new RangeError(
        `retries.budget is true or false, not ${budget}: the balancer's own budget has no number`,
      );
    const { attempts, fleet, groups } = model;
    const { length } = fleet.balancers;
    this.backoffMs = backoffMs;
    this.#model = model;
    this.#attempts = attempts;
    this.#fleet = fleet;
    this.#max = Math.min(max, MOST_TRIES);
    this.#asServed = failures === "served";
    this.#budgets = budget ? Array.from({ length }, () => new RetryBudget(groups.length)) : [];
    this.#active = new Int32Array(length);
  }

  /** Counts a request that has come to the balancer. */
  began(balancer: number): void {
    const active = (this.#active[balancer] as number) + 1;
    this.#active[balancer] = active;
    this.#budgets[balancer]?.note(active, this.#model.agenda.now);
  }

  /** Returns the servers that failed the request. */
  triedBy(slot: number): readonly View[] {
    if (this.#attempts.tries[slot] === 0) return NOTHING_TRIED;
    return this.#tried.get(this.#attempts.number[slot] as number) ?? NOTHING_TRIED;
  }

  /**
   * Decides, after a failed attempt, whether the request is tried on another server. When this returns true, the caller
   * must try the request again.
   */
  mayRetry(slot: number): boolean {
    const { tries, failure } = this.#attempts;
    if ((tries[slot] as number) >= this.#max) return false;
    const code = CODES[failure[slot] as number];
    if (this.#asServed && (code === undefined || !mayTryAgain(code, true))) return false;
    const tried = this.#noteTried(slot);
    if (!this.#fleet.hasUntried(this.#attempts.balancer[slot] as number, tried)) return false;
    return (code !== undefined && neverSent(code)) || this.#afford(slot);
  }

  /** Notes that the request has ended, with any outcome. */
  over(slot: number): void {
    const { number, balancer, onBudget } = this.#attempts;
    const at = balancer[slot] as number;
    (this.#active[at] as number)--;
    if (this.#tried.size > 0) this.#tried.delete(number[slot] as number);
    if (onBudget[slot] === 1) this.#budgets[at]?.giveBack();
  }

  #noteTried(slot: number): readonly View[] {
    const { number, server, balancer } = this.#attempts;
    const { views } = this.#fleet.balancers[balancer[slot] as number] as SimulatedBalancer;
    const view = views[server[slot] as number] as View;
    const tried = this.#tried.get(number[slot] as number);
    if (tried !== undefined) {
      tried.push(view);
      return tried;
    }
    const first = [view];
    this.#tried.set(number[slot] as number, first);
    return first;
  }

  /**
   * Counts a request in the retry budget, when there is a budget. Returns false when the budget is used up. A request
   * is counted only once, however many retries it makes.
   */
  #afford(slot: number): boolean {
    const { balancer, onBudget } = this.#attempts;
    const budget = this.#budgets[balancer[slot] as number];
    if (budget === undefined || onBudget[slot] === 1) return true;
    if (!budget.take()) return false;
    onBudget[slot] = 1;
    return true;
  }
}
