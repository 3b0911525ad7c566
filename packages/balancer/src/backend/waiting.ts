// Requests of a backend that wait because servers are full. A request waits for any server, in the backend's queue,
// or for the server that it belongs to, in that server's own queue. This file decides when a request is let in, and
// when a request stops belonging to a server.
//
// It uses no socket, clock or thread of its own, so that the laboratory can simulate waiting requests with this same
// file.
import type { PickContext, PickServer } from "@tandem/algorithms";
import type { Deadlines } from "@tandem/transport";
import type { CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";
import type { Server } from "../server/server.ts";
import { Queue } from "./queue.ts";
import { type Awaited, type OwnedRequest, ServerQueues, type Wait } from "./server-queues.ts";

/** The methods that waiting needs from the part that chooses servers. */
interface Chooses<S extends PickServer> {
  /** Rises whenever states or weights are worked out anew. */
  readonly revision: number;
  /** Whether any server takes a request now. */
  readonly hasRoom: boolean;
  preferred(context: PickContext<S>): S | undefined;
  refreshIfChanged(): void;
}

/** The part of a backend's plan that waiting needs. */
interface WaitingPlan<S> {
  readonly config: {
    readonly queue: { readonly limit: number; readonly timeout: number };
  };
  readonly servers: readonly S[];
  /** Whether a request may wait for the server that it belongs to, in that server's own queue. */
  readonly ownQueues: boolean;
}

/**
 * Decides between a queue of this thread and the queues of other threads for the same room: for the backend's queue
 * when `server` is undefined, otherwise for that server's own queue. `woken` is called when another thread leaves the
 * turn to this one. Undefined where no other thread has queues.
 */
type TurnsOf<S> = (server: S | undefined, woken: () => void) => Turns | undefined;

export class Waiting<S extends Awaited = Server> {
  /** Requests that any server may serve. */
  readonly queue: Queue;
  readonly #choosing: Chooses<S>;
  readonly #serverQueues: ServerQueues<S>;
  #ownQueues = false;
  /** The revision of states and weights at which the requests in servers' queues were last reviewed. */
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
   * Adopts a plan, which `choosing` has adopted already. A request that waits for a server without a queue in this
   * plan goes to any server. When the picker was replaced, all requests in servers' queues go to any server, because
   * their keys were worked out for the old picker.
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
   * Lets a request wait for the server that it belongs to, when that server is full and its queue has room. Returns
   * undefined when the request is to be given to any server. Does nothing when no server has a queue.
   */
  waitForOwn(request: OwnedRequest<S>): Wait<S> | undefined {
    if (!this.#ownQueues) return undefined;
    this.#choosing.refreshIfChanged();
    this.#serverQueues.advance(this.queue); // requests that wait already come before a new request
    if (request.attempts.key === undefined) return undefined;
    const own = this.#choosing.preferred(request.attempts);
    return own && this.#serverQueues.join(request, own);
  }

  /**
   * Called when a server may have room: gives that server requests that wait for it or for any server, in this thread
   * or another.
   */
  advance(): void {
    const { queue } = this;
    if (this.#ownQueues && this.#serverQueues.advance(queue) === "other-thread") return;
    while (queue.busy && this.#choosing.hasRoom && queue.serve() === "here");
  }

  /**
   * Called when a request has joined a queue. Another thread may have made room since this request looked for a
   * server, so this looks again.
   */
  joined(): void {
    if (this.queue.shared) this.advance();
  }

  close(): void {
    this.queue.close();
    this.#serverQueues.close();
  }

  /**
   * Called at every sweep of the deadlines while requests wait: other threads may make room without telling this one.
   */
  #sweep(): void {
    if (this.#ownQueues) {
      this.#choosing.refreshIfChanged();
      if (this.#reviewed !== this.#choosing.revision) this.#review();
    }
    this.advance();
  }

  /** Sends requests elsewhere that no longer belong to the server they wait for (the server is down, drained, ...). */
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
