// Whether a request that failed is tried again. The budget that bounds retries, and which failures Tandem repeats by
// itself, are the balancer's own code; here is only how a simulated failure is called there.
import {
  mayTryAgain,
  neverSent,
  type ProxyErrorCode,
  RetryBudget,
} from "@tandem/balancer/policies";
import { type AttemptTable, FAILURE } from "./attempt-table.ts";
import type { Fleet, SimulatedBalancer } from "./fleet.ts";
import type { Retries } from "./scenario.ts";
import type { View } from "./view.ts";
import type { World } from "./world.ts";

export const NOTHING_TRIED: readonly View[] = [];

/** An attempt's number and its tries are one stamp, which has room for so many. */
const MOST_TRIES = 14;

/** The balancer's words for it; an answer is no error of the balancer's. */
const CODES: Readonly<Record<number, ProxyErrorCode>> = {
  [FAILURE.refused]: "connect-refused",
  [FAILURE.lost]: "server-closed",
  [FAILURE.late]: "server-timeout",
};

export class Retrying {
  readonly backoffMs: number;
  readonly #world: World;
  readonly #attempts: AttemptTable;
  readonly #fleet: Fleet;
  readonly #max: number;
  readonly #asServed: boolean;
  /** One for each balancer; empty = there is no limit. */
  readonly #budgets: readonly RetryBudget[];
  /** Requests that are not over, by balancer. */
  readonly #active: Int32Array;
  /** Servers that failed a request, by its number; only requests that failed somewhere have an entry. */
  readonly #tried = new Map<number, View[]>();

  /** Throws a RangeError for a budget that the balancer does not have. */
  constructor(world: World, { max, backoffMs = 0, budget = false, failures = "all" }: Retries) {
    if (typeof budget !== "boolean")
      throw new RangeError(
        `retries.budget is true or false, not ${budget}: the balancer's own budget has no number`,
      );
    const { attempts, fleet, groups } = world;
    const { length } = fleet.balancers;
    this.backoffMs = backoffMs;
    this.#world = world;
    this.#attempts = attempts;
    this.#fleet = fleet;
    this.#max = Math.min(max, MOST_TRIES);
    this.#asServed = failures === "served";
    this.#budgets = budget ? Array.from({ length }, () => new RetryBudget(groups.length)) : [];
    this.#active = new Int32Array(length);
  }

  /** A request has come to the balancer. */
  began(balancer: number): void {
    const active = (this.#active[balancer] as number) + 1;
    this.#active[balancer] = active;
    this.#budgets[balancer]?.note(active, this.#world.agenda.now);
  }

  /** The servers that failed the request. */
  triedBy(slot: number): readonly View[] {
    if (this.#attempts.tries[slot] === 0) return NOTHING_TRIED;
    return this.#tried.get(this.#attempts.number[slot] as number) ?? NOTHING_TRIED;
  }

  /** Whether the request, whose attempt has failed, is to be tried on another server: the caller has to do so then. */
  mayRetry(slot: number): boolean {
    const { tries, failure } = this.#attempts;
    if ((tries[slot] as number) >= this.#max) return false;
    const code = CODES[failure[slot] as number];
    if (this.#asServed && (code === undefined || !mayTryAgain(code, true))) return false;
    const tried = this.#noteTried(slot);
    if (!this.#fleet.hasUntried(this.#attempts.balancer[slot] as number, tried)) return false;
    return (code !== undefined && neverSent(code)) || this.#afford(slot);
  }

  /** The request is over, whatever came of it. */
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

  /** A request takes one place in the budget, whatever number of tries it makes. */
  #afford(slot: number): boolean {
    const { balancer, onBudget } = this.#attempts;
    const budget = this.#budgets[balancer[slot] as number];
    if (budget === undefined || onBudget[slot] === 1) return true;
    if (!budget.take()) return false;
    onBudget[slot] = 1;
    return true;
  }
}
