// Requests of a backend that wait because servers are full. A request waits either in the backend's
// queue, for the first server with room, or in the own queue of the server that its key selects.
// This file decides when a waiting request goes to a server, and when a request no longer waits for
// one server only.
//
// This file uses no socket, clock or thread of its own, so that the laboratory can simulate waiting
// requests with it.
import type { PickContext, PickServer } from "@tandem/algorithms";
import type { Deadlines } from "@tandem/transport";
import type { CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";
import type { Server } from "../server/server.ts";
import { Queue } from "./queue.ts";
import { type BoundRequest, type QueuedServer, ServerQueues, type Wait } from "./server-queues.ts";

/** The properties and methods of a backend's `Choosing` that this file uses. */
interface Chooses<S extends PickServer> {
  /** A number that rises whenever the servers' states or weights are worked out anew. */
  readonly revision: number;
  /** Whether at least one server takes a request now. */
  readonly hasRoom: boolean;
  preferred(context: PickContext<S>): S | undefined;
  refreshIfChanged(): void;
}

/** The part of a backend's plan that this file uses. */
interface WaitingPlan<S> {
  readonly config: {
    readonly queue: { readonly limit: number; readonly timeout: number };
  };
  readonly servers: readonly S[];
  /** Whether a request may wait in the queue of one server, the server that its key selects. */
  readonly ownQueues: boolean;
}

/**
 * Each thread has a queue of its own for `server`, or for the whole backend when `server` is undefined. Returns the
 * object that decides which thread's queue gets free room; undefined when no other thread has queues. `woken` is
 * called when another thread leaves free room to this thread.
 */
type TurnsOf<S> = (server: S | undefined, woken: () => void) => Turns | undefined;

export class Waiting<S extends QueuedServer = Server> {
  /** The backend's queue: requests that wait until at least one server has room. */
  readonly queue: Queue;
  readonly #choosing: Chooses<S>;
  readonly #serverQueues: ServerQueues<S>;
  #ownQueues = false;
  /** The value of `revision` when the requests in the servers' own queues were last reviewed. */
  #reviewed = 0;

  /** @param counters the counters of the backend in this thread */
  constructor(
    choosing: Chooses<S>,
    plan: WaitingPlan<S>,
    turnsOf: TurnsOf<S>,
    counters: CounterRow,
    deadlines: Deadlines,
  ) {
    this.#choosing = choosing;
    const { limit, timeout } = plan.config.queue;
    const sweep = (): void => this.#sweep();
    const woken = (): void => this.advance();
    const turns = turnsOf(undefined, woken);
    this.queue = new Queue(deadlines, limit, timeout, counters, sweep, turns);
    this.#serverQueues = new ServerQueues(deadlines, sweep, (server) => turnsOf(server, woken));
    this.#open(plan);
  }

  /**
   * Adopts a plan, which `choosing` has adopted already. A request may go to every server from now
   * on when the server that it waits for has no queue in this plan. When the picker was replaced,
   * all requests in servers' queues may go to every server, because their keys were worked out for
   * the old picker.
   */
  adopt(plan: WaitingPlan<S>, samePicker: boolean): void {
    const { limit, timeout } = plan.config.queue;
    this.queue.configure(limit, timeout);
    const released = [...this.#open(plan)];
    if (!samePicker) released.push(...this.#serverQueues.remove(() => true));
    for (const { request } of released) request.released();
    this.#sweep();
  }

  /**
   * Lets a request wait for the server that its key selects, when that server is full and has a
   * queue with free places. Otherwise returns undefined, and the request may go to every server.
   */
  waitForOwn(request: BoundRequest<S>): Wait<S> | undefined {
    if (!this.#ownQueues) return undefined;
    this.#choosing.refreshIfChanged();
    this.#serverQueues.advance(this.queue); // requests that wait already come before this new request
    if (request.attempts.key === undefined) return undefined;
    const own = this.#choosing.preferred(request.attempts);
    return own && this.#serverQueues.join(request, own);
  }

  /**
   * Called when a server may have room. Gives waiting requests to servers until no server has room, or wakes another
   * thread whose request has waited longer.
   */
  advance(): void {
    const { queue } = this;
    if (this.#ownQueues && this.#serverQueues.advance(queue) === "other-thread") return;
    while (queue.busy && this.#choosing.hasRoom && queue.serve() === "here");
  }

  /**
   * Called when a request has joined a queue. Looks for room again, because another thread may have made room since the
   * request looked for a server.
   */
  joined(): void {
    if (this.queue.shared) this.advance();
  }

  close(): void {
    this.queue.close();
    this.#serverQueues.close();
  }

  /**
   * Called several times a second while requests wait. Looks for room, because other threads may make room without
   * telling this thread.
   */
  #sweep(): void {
    if (this.#ownQueues) {
      this.#choosing.refreshIfChanged();
      if (this.#reviewed !== this.#choosing.revision) this.#review();
    }
    this.advance();
  }

  /**
   * Lets a request go to every server from now on when the server that it waits for is down or
   * drained, or when its key selects another server now.
   */
  #review(): void {
    const choosing = this.#choosing;
    this.#reviewed = choosing.revision;
    const gone = this.#serverQueues.remove(({ request, server }) => {
      return choosing.preferred(request.attempts) !== server || !(server.up || server.forced);
    });
    for (const { request } of gone) request.released();
  }

  #open({ ownQueues, servers }: WaitingPlan<S>): readonly Wait<S>[] {
    this.#ownQueues = ownQueues;
    return this.#serverQueues.configure(ownQueues ? servers : []);
  }
}
