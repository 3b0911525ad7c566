// The life of a request: arrival, pick, network, server, answer, and the failures on the way.
//
//   arrive ─> pick ─> (network) ─> at the server ─> worked on ─> leave ─> (network) ─> answered ─> finish
//              ^ ^                      └─ refused, queue full, black hole ─┘             │
//              │ └─ waits at the balancer while no server has room (HeldRequests)         │
//              └───────────────── failed: retry, within the budget <──────────────────────┘
import type { Outcome, PickReason } from "@tandem/balancer/pickers";
import type { FixedDelayQueue } from "./agenda.ts";
import { FAILURE, OUTCOME, PHASE } from "./attempt-table.ts";
import type { SimulatedBalancer } from "./fleet.ts";
import { HeldRequests } from "./held-requests.ts";
import type { Model } from "./model.ts";
import { NOTHING_TRIED, Retrying } from "./retrying.ts";
import { MODE } from "./servers.ts";
import { mix } from "./stream.ts";
import { hasDeadline } from "./unanswered.ts";
import type { View } from "./view.ts";

const TOLD: readonly Outcome[] = ["ok", "failed", "timeout", "failed"];
/** Returns the hash of a key. Pickers get this hash instead of the key. */
const hashOfKey = (key: number): number => mix(key + 1) >>> 0;
const NAMED = ["ok", "failed", "timeout", "rejected"] as const;

export class Requests {
  /** Called in a closed loop, when the request of a client has ended. */
  userDone: ((user: number) => void) | undefined;
  /** Called after each answer, for passive ejection. */
  answeredBy: ((balancer: SimulatedBalancer, view: View, ok: boolean) => void) | undefined;
  /** Called after each pick. */
  picked: ((balancer: number, server: number) => void) | undefined;
  /** Called when a server has no request left. */
  idle: ((server: number) => void) | undefined;
  /** Whether load reports are needed. If not, the servers do not keep track of their load. */
  tracksLoad = false;
  reportsInAnswers = false;
  /** The slot of the request for which a server is picked now. */
  picking = 0;
  readonly #model: Model;
  readonly #clientTimeouts: FixedDelayQueue | undefined;
  readonly #attemptTimeouts: FixedDelayQueue | undefined;
  readonly #clientTimeout: number;
  readonly #reach: number;
  readonly #answer: number;
  readonly #again: number;
  readonly #drops: boolean;
  readonly #hasDeadline: boolean;
  /** Whether messages take no time on the network. If so, no events are planned for messages. */
  readonly #near: boolean;
  readonly #retrying: Retrying | undefined;
  readonly #held: HeldRequests | undefined;
  readonly #errors: () => number;
  #issued = 0;

  constructor(model: Model) {
    const { agenda, scenario } = model;
    const { timeoutMs, attemptTimeoutMs, retries, abandoned } = scenario.client ?? {};
    this.#model = model;
    this.#clientTimeouts =
      timeoutMs === undefined
        ? undefined
        : agenda.fixedDelay(timeoutMs, (slot, stamp) => this.#clientGone(slot, stamp));
    this.#attemptTimeouts =
      attemptTimeoutMs === undefined
        ? undefined
        : agenda.fixedDelay(attemptTimeoutMs, (slot, stamp) => this.#attemptLate(slot, stamp));
    this.#clientTimeout = agenda.kind((slot, stamp) => this.#clientGone(slot, stamp));
    this.#reach = agenda.kind((slot, stamp) => this.#reached(slot, stamp));
    this.#answer = agenda.kind((slot, stamp) => this.#answered(slot, stamp));
    this.#again = agenda.kind((slot, stamp) => this.#retryNow(slot, stamp));
    const { rttMs = 0, crossZoneMs = 0 } = scenario.network ?? {};
    this.#near = rttMs === 0 && crossZoneMs === 0;
    this.#hasDeadline = hasDeadline(scenario.client);
    this.#drops = abandoned === "drop";
    this.#retrying = retries && new Retrying(model, retries);
    this.#held = HeldRequests.of(model, {
      giveToAny: (slot) => this.#giveToAny(slot),
      give: (slot, view) => this.#give(slot, view, "first-choice"),
      refuse: (slot) => this.#refuse(slot),
      triedBy: (slot) => this.#retrying?.triedBy(slot) ?? NOTHING_TRIED,
      keyOf: (slot) => this.#keyOf(slot),
    });
    this.#errors = model.stream("errors").rng;
  }

  /** Lets a new request arrive now. `user` is −1 in an open loop. */
  arrive(demand: number, key: number, balancer: number, user: number): void {
    const { attempts, agenda, meter, tap } = this.#model;
    const slot = attempts.take();
    const number = this.#issued++;
    attempts.number[slot] = number;
    attempts.arrivedAt[slot] = agenda.now;
    attempts.demand[slot] = demand;
    attempts.key[slot] = key;
    attempts.balancer[slot] = balancer;
    attempts.user[slot] = user;
    attempts.server[slot] = -1;
    meter.arrived();
    tap?.arrival?.(agenda.now, number, balancer, key < 0 ? undefined : key);
    if (this.#clientTimeouts !== undefined)
      this.#clientTimeouts.push(slot, attempts.generation[slot] as number);
    this.#retrying?.began(balancer);
    if (this.#held !== undefined) this.#held.begin(slot);
    else this.#choose(slot);
  }

  #choose(slot: number): void {
    if (this.#held !== undefined) this.#held.choose(slot);
    else if (!this.#giveToAny(slot)) this.#refuse(slot);
  }

  #keyOf(slot: number): number | undefined {
    const key = this.#model.attempts.key[slot] as number;
    return key < 0 ? undefined : hashOfKey(key);
  }

  /**
   * Gives the request to a server on which the request has not failed before. Returns false when
   * all these servers are down or full.
   */
  #giveToAny(slot: number): boolean {
    const { attempts, fleet } = this.#model;
    const { context, picker } = fleet.balancers[
      attempts.balancer[slot] as number
    ] as SimulatedBalancer;
    context.tried = this.#retrying?.triedBy(slot) ?? NOTHING_TRIED;
    context.key = this.#keyOf(slot);
    this.picking = slot;
    const view = picker.pick(context);
    if (view === undefined) return false;
    if (attempts.phase[slot] === PHASE.held) this.#held?.forget(slot);
    this.#give(slot, view, picker.why);
    return true;
  }

  #give(slot: number, view: View, why: PickReason): void {
    const model = this.#model;
    const { attempts, agenda, fleet } = model;
    const index = attempts.balancer[slot] as number;
    const balancer = fleet.balancers[index] as SimulatedBalancer;
    const { server } = view;
    attempts.server[slot] = server;
    attempts.givenAt[slot] = agenda.now;
    model.meter.given(slot, server, why);
    model.tap?.pick?.(agenda.now, attempts.number[slot] as number, index, server, why);
    fleet.started(balancer, view);
    this.picked?.(index, server);
    if (this.#attemptTimeouts !== undefined) this.#attemptTimeouts.push(slot, attempts.stamp(slot));
    if (model.servers.zone[server] !== balancer.zone) model.meter.acrossZones++;
    const delay = this.#near ? 0 : model.oneWayMs(balancer.zone, server);
    if (delay === 0) {
      this.#reachServer(slot);
      return;
    }
    attempts.phase[slot] = PHASE.going;
    agenda.at(agenda.now + delay, this.#reach, slot, attempts.stamp(slot));
  }

  /** Ends the request with an error from the balancer, because no server can take the request. */
  #refuse(slot: number): void {
    const { attempts } = this.#model;
    attempts.phase[slot] = PHASE.pausing;
    this.#finish(slot, OUTCOME.rejected);
    attempts.free(slot);
  }

  #reached(slot: number, stamp: number): void {
    const { attempts } = this.#model;
    if (stamp !== attempts.stamp(slot) || attempts.phase[slot] !== PHASE.going) return;
    if (attempts.abandoned[slot] === 1) attempts.free(slot);
    else this.#reachServer(slot);
  }

  #reachServer(slot: number): void {
    const { attempts, agenda, servers, stations, meter, tap } = this.#model;
    const server = attempts.server[slot] as number;
    attempts.reachedAt[slot] = agenda.now;
    tap?.start?.(agenda.now, attempts.number[slot] as number, server);
    const mode = servers.mode[server] as number;
    if (mode === MODE.up) {
      if (servers.paused(server)) meter.onPaused++;
      if (stations.full(server)) {
        this.#fail(slot, FAILURE.answered, 0);
        return;
      }
      const demand = attempts.demand[slot] as number;
      attempts.work[slot] = servers.workOf(server, demand, attempts.key[slot] as number);
      stations.enter(server, slot);
      return;
    }
    if (mode === MODE.silent) {
      this.#lose(slot);
      return;
    }
    if (mode === MODE.blackHole)
      this.#fail(slot, FAILURE.answered, servers.failMs[server] as number);
    else this.#fail(slot, FAILURE.refused, 0);
  }

  /** Called by `Stations` when the server has done the work of an attempt. The answer, good or bad, is then sent. */
  readonly done = (slot: number, server: number): void => {
    const { attempts, servers, stations } = this.#model;
    const errorShare = servers.errorShare[server] as number;
    const outcome = errorShare > 0 && this.#errors() < errorShare ? OUTCOME.failed : OUTCOME.ok;
    attempts.failure[slot] = FAILURE.answered;
    if (this.tracksLoad) servers.finished(slot, server, outcome);
    const last = stations.depth[server] === 0;
    if (attempts.abandoned[slot] === 1) attempts.free(slot);
    else this.#leave(slot, outcome, 0);
    if (last && this.idle !== undefined) this.idle(server);
  };

  /**
   * Fails every attempt on a server that died. Each balancer gets an error for its attempts. With `silently` the
   * balancers get no answer at all.
   */
  breakAll(server: number, silently: boolean): void {
    const { attempts, stations, meter } = this.#model;
    for (const slot of [...stations.on(server)]) {
      stations.remove(slot);
      meter.broken(server);
      if (attempts.abandoned[slot] === 1) attempts.free(slot);
      else if (silently) this.#lose(slot);
      else this.#fail(slot, FAILURE.lost, 0);
    }
  }

  /** Lets an attempt wait for an answer that never comes. */
  #lose(slot: number): void {
    const { attempts, meter } = this.#model;
    attempts.phase[slot] = PHASE.lost;
    if (!this.#hasDeadline) meter.unanswered();
  }

  #fail(slot: number, failure: number, afterMs: number): void {
    this.#model.attempts.failure[slot] = failure;
    this.#leave(slot, OUTCOME.failed, afterMs);
  }

  /** Sends the answer from the server, after `afterMs`. */
  #leave(slot: number, outcome: number, afterMs: number): void {
    const model = this.#model;
    const { attempts, agenda, fleet, tap } = model;
    const server = attempts.server[slot] as number;
    tap?.leave?.(agenda.now, attempts.number[slot] as number, server);
    const balancer = fleet.balancers[attempts.balancer[slot] as number] as SimulatedBalancer;
    const delay = afterMs + (this.#near ? 0 : model.oneWayMs(balancer.zone, server));
    if (delay === 0) {
      this.#settle(slot, outcome);
      return;
    }
    attempts.outcome[slot] = outcome;
    attempts.phase[slot] = PHASE.returning;
    agenda.at(agenda.now + delay, this.#answer, slot, attempts.stamp(slot));
  }

  #answered(slot: number, stamp: number): void {
    const { attempts } = this.#model;
    if (stamp !== attempts.stamp(slot) || attempts.phase[slot] !== PHASE.returning) return;
    if (attempts.abandoned[slot] === 1) attempts.free(slot);
    else this.#settle(slot, attempts.outcome[slot] as number);
  }

  /** Handles an answer that has reached the balancer. The request ends with this answer or is tried again. */
  #settle(slot: number, outcome: number): void {
    const { attempts } = this.#model;
    this.#release(slot, outcome);
    if (outcome !== OUTCOME.ok && this.#retrying?.mayRetry(slot)) {
      this.#planRetry(slot);
      return;
    }
    this.#finish(slot, outcome);
    const balancer = attempts.balancer[slot] as number;
    attempts.free(slot);
    this.#held?.advance(balancer);
  }

  /**
   * Removes an ended attempt from the balancer's counts of requests in flight, and reports the outcome to the picker.
   */
  #release(slot: number, outcome: number): void {
    const { attempts, agenda, fleet, servers } = this.#model;
    const balancer = fleet.balancers[attempts.balancer[slot] as number] as SimulatedBalancer;
    const server = attempts.server[slot] as number;
    const view = balancer.views[server] as View;
    const ms = agenda.now - (attempts.givenAt[slot] as number);
    fleet.ended(balancer, view, TOLD[outcome] as Outcome, ms);
    if (this.reportsInAnswers && outcome !== OUTCOME.timeout)
      balancer.picker.report?.(view, servers.report(server));
    this.answeredBy?.(balancer, view, outcome === OUTCOME.ok);
  }

  #clientGone(slot: number, generation: number): void {
    const { attempts } = this.#model;
    if (generation !== attempts.generation[slot] || attempts.abandoned[slot] === 1) return;
    this.#giveUp(slot);
    this.#finish(slot, OUTCOME.timeout);
    this.#end(slot);
  }

  #attemptLate(slot: number, stamp: number): void {
    const { attempts } = this.#model;
    if (stamp !== attempts.stamp(slot) || attempts.abandoned[slot] === 1) return;
    this.#giveUp(slot);
    attempts.failure[slot] = FAILURE.late;
    if (this.#retrying?.mayRetry(slot) !== true) {
      this.#finish(slot, OUTCOME.timeout);
      this.#end(slot);
      return;
    }
    const again = this.#copy(slot);
    this.#dismiss(slot);
    this.#planRetry(again);
  }

  /** Removes an attempt that timed out from the balancer's queue, or from its counts of requests in flight. */
  #giveUp(slot: number): void {
    const { phase } = this.#model.attempts;
    if (phase[slot] === PHASE.held) {
      this.#held?.leave(slot);
      return;
    }
    if (phase[slot] === PHASE.pausing) return;
    this.#release(slot, OUTCOME.timeout);
  }

  /**
   * Ends a given-up attempt that is not tried again. Then the server has room again, so a request
   * that waits at the balancer may get that room.
   */
  #end(slot: number): void {
    const balancer = this.#model.attempts.balancer[slot] as number;
    this.#dismiss(slot);
    this.#held?.advance(balancer);
  }

  /**
   * Ends a given-up attempt at its server. If the scenario says so, the server drops the work.
   * Otherwise the server finishes the work, and the answer is ignored.
   */
  #dismiss(slot: number): void {
    const { attempts, stations, agenda, tap } = this.#model;
    const phase = attempts.phase[slot] as number;
    const onServer = phase === PHASE.waiting || phase === PHASE.served;
    if (onServer && this.#drops) {
      stations.remove(slot);
      tap?.leave?.(agenda.now, attempts.number[slot] as number, attempts.server[slot] as number);
    }
    const comesBack = phase === PHASE.going || phase === PHASE.returning;
    if (comesBack || (onServer && !this.#drops)) attempts.abandoned[slot] = 1;
    else attempts.free(slot);
  }

  #planRetry(slot: number): void {
    const { attempts, agenda, meter } = this.#model;
    attempts.phase[slot] = PHASE.pausing;
    (attempts.tries[slot] as number)++;
    meter.retried(slot);
    const backoffMs = this.#retrying?.backoffMs ?? 0;
    agenda.at(agenda.now + backoffMs, this.#again, slot, attempts.stamp(slot));
    if (backoffMs > 0) this.#held?.advance(attempts.balancer[slot] as number);
  }

  #retryNow(slot: number, stamp: number): void {
    const { attempts } = this.#model;
    if (stamp !== attempts.stamp(slot) || attempts.phase[slot] !== PHASE.pausing) return;
    const balancer = attempts.balancer[slot] as number;
    this.#choose(slot);
    this.#held?.advance(balancer); // a waiting request may use the room of the failed attempt
  }

  /** Makes a new slot for the next attempt of a request, because the server is still busy with the last attempt. */
  #copy(slot: number): number {
    const { attempts, agenda, scenario } = this.#model;
    const again = attempts.copy(slot);
    attempts.phase[again] = PHASE.pausing;
    const timeoutMs = scenario.client?.timeoutMs;
    if (timeoutMs !== undefined) {
      const at = (attempts.arrivedAt[slot] as number) + timeoutMs;
      agenda.at(at, this.#clientTimeout, again, attempts.generation[again] as number);
    }
    return again;
  }

  #finish(slot: number, outcome: number): void {
    const { attempts, agenda, meter, tap } = this.#model;
    meter.finished(slot, outcome);
    this.#retrying?.over(slot);
    if (tap !== undefined) {
      const number = attempts.number[slot] as number;
      const server = attempts.server[slot] as number;
      const latency = agenda.now - (attempts.arrivedAt[slot] as number);
      tap.end?.(agenda.now, number, server, NAMED[outcome] ?? "failed", latency);
    }
    const user = attempts.user[slot] as number;
    if (user >= 0) this.userDone?.(user);
  }
}
