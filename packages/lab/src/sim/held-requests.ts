// Requests that wait at their balancer because servers are full. The balancer's own code
// (backend/waiting.ts) decides how these requests wait, in which order they are let in and when
// they have waited too long. Each simulated balancer has one `Waiting` object of that code, which
// looks for expired deadlines every 100 ms. One thing is not simulated. Balancers with shared
// counts stand for threads of one process. In Tandem such threads let in the oldest request of all
// threads first. In the simulator each balancer looks only at its own queue.
import {
  type BoundRequest,
  type CounterRow,
  type Place,
  ROW,
  type Wait,
  type Waiter,
  Waiting,
} from "@tandem/balancer/policies";
import { Deadlines } from "@tandem/transport/deadlines";
import { PHASE } from "./attempt-table.ts";
import type { SimulatedBalancer } from "./fleet.ts";
import type { Model } from "./model.ts";
import { simulatedClock } from "./simulated-clock.ts";
import type { View } from "./view.ts";

/** What can be done with a request that waited. */
export interface Admission {
  /** Gives the request to a server that has room. Returns false when no server has room. */
  giveToAny(slot: number): boolean;
  /** Gives the request to `view`, the server that the algorithm chose for the request's key. */
  give(slot: number, view: View): void;
  /** Ends the request with the balancer's error that no server has room. */
  refuse(slot: number): void;
  triedBy(slot: number): readonly View[];
  keyOf(slot: number): number | undefined;
}

/** How long a request may wait at the balancer, in milliseconds: the default of the balancer's configuration. */
const TIMEOUT_MS = 5_000;

export class HeldRequests {
  readonly #model: Model;
  readonly #admission: Admission;
  readonly #waiting: readonly Waiting<View>[];
  readonly #held = new Map<number, HeldRequest>();
  /** For each balancer: 1 while the balancer gives its waiting requests to servers, otherwise 0. */
  readonly #advancing: Uint8Array;
  readonly #ownQueues: boolean;

  /** Returns the waiting requests of all balancers; undefined when the scenario has no queue at the balancers. */
  static of(model: Model, admission: Admission): HeldRequests | undefined {
    const limit = model.scenario.balancers?.queueLimit ?? 0;
    const own = model.groups.some(({ balancerQueue }) => (balancerQueue?.limit ?? 0) > 0);
    return limit > 0 || own ? new HeldRequests(model, admission, limit, own) : undefined;
  }

  private constructor(model: Model, admission: Admission, limit: number, own: boolean) {
    const { fleet, agenda, scenario } = model;
    this.#model = model;
    this.#admission = admission;
    const deadlines = new Deadlines(simulatedClock(agenda));
    const queue = { limit, timeout: scenario.balancers?.queueTimeoutMs ?? TIMEOUT_MS };
    this.#ownQueues = own && fleet.balancers.some(({ picker }) => picker.preferred !== undefined);
    this.#waiting = fleet.balancers.map((balancer) => {
      const servers = balancer.views.filter((view) => view !== undefined);
      const plan = { config: { queue }, servers, ownQueues: this.#ownQueues };
      const counters: CounterRow = new Float64Array(ROW);
      return new Waiting(choiceOf(balancer), plan, () => undefined, counters, deadlines);
    });
    this.#advancing = new Uint8Array(fleet.balancers.length);
  }

  /**
   * Handles a new request. When the request's key belongs to a server that is full, the request may wait for that
   * server.
   */
  begin(slot: number): void {
    if (!this.#ownQueues) {
      this.choose(slot);
      return;
    }
    const waiting = this.#of(slot);
    const request = this.#request(slot);
    request.wait = waiting.waitForOwn(request);
    if (request.wait === undefined) this.choose(slot);
    else this.#hold(request, waiting);
  }

  /**
   * Gives a request to a server that has room and has not failed this request before. When there is no such server,
   * or when other requests wait already, the request waits too, or is refused.
   */
  choose(slot: number): void {
    const waiting = this.#of(slot);
    if (!waiting.queue.othersWait && this.#admission.giveToAny(slot)) return;
    const request = this.#request(slot);
    const balancer = this.#model.attempts.balancer[slot] as number;
    if (this.#model.fleet.hasUntried(balancer, request.attempts.tried))
      request.place = waiting.queue.join(request);
    if (request.place === undefined) this.#admission.refuse(slot);
    else this.#hold(request, waiting);
  }

  /** Removes a request from the queue, because its client has gone. */
  leave(slot: number): void {
    const request = this.#held.get(slot);
    this.#held.delete(slot);
    request?.wait?.leave();
    request?.place?.leave();
  }

  /**
   * Gives waiting requests to servers, because a server may have room now. Such a request may fail at once and so
   * cause another call of this function. That inner call returns at once, and the outer call goes on.
   */
  advance(balancer: number): void {
    if (this.#advancing[balancer] === 1) return;
    this.#advancing[balancer] = 1;
    this.#waiting[balancer]?.advance();
    this.#advancing[balancer] = 0;
  }

  /** Forgets a request that waits no more. The caller decides what happens to the request. */
  forget(slot: number): void {
    this.#held.delete(slot);
  }

  #of(slot: number): Waiting<View> {
    return this.#waiting[this.#model.attempts.balancer[slot] as number] as Waiting<View>;
  }

  #request(slot: number): HeldRequest {
    return new HeldRequest(this, this.#admission, slot);
  }

  #hold(request: HeldRequest, waiting: Waiting<View>): void {
    this.#model.attempts.phase[request.slot] = PHASE.held;
    this.#held.set(request.slot, request);
    waiting.joined();
  }
}

class HeldRequest implements Waiter, BoundRequest<View> {
  readonly slot: number;
  readonly attempts: { readonly tried: readonly View[]; readonly key: number | undefined };
  wait: Wait<View> | undefined = undefined;
  place: Place | undefined = undefined;
  readonly #requests: HeldRequests;
  readonly #admission: Admission;

  constructor(requests: HeldRequests, admission: Admission, slot: number) {
    this.#requests = requests;
    this.#admission = admission;
    this.slot = slot;
    this.attempts = { tried: admission.triedBy(slot), key: admission.keyOf(slot) };
  }

  get restricted(): boolean {
    return this.attempts.tried.length > 0;
  }

  retry(): boolean {
    return this.#admission.giveToAny(this.slot);
  }

  timedOut(): void {
    this.#requests.forget(this.slot);
    this.#admission.refuse(this.slot);
  }

  admitted(view: View): boolean {
    this.#requests.forget(this.slot);
    this.#admission.give(this.slot, view);
    return true;
  }

  released(): void {
    this.#requests.forget(this.slot);
    this.#requests.choose(this.slot);
  }
}

/**
 * Presents the balancer in the form that `Waiting` needs. `refreshIfChanged` does nothing, because the fleet updates
 * the views and the picker together.
 */
function choiceOf(balancer: SimulatedBalancer) {
  return {
    get revision() {
      return balancer.revision;
    },
    get hasRoom() {
      return balancer.views.some((view) => view?.usable === true);
    },
    preferred: (context: HeldRequest["attempts"]) => balancer.picker.preferred?.(context),
    refreshIfChanged: () => undefined,
  };
}
