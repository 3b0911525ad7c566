// Requests of a backend that wait because servers are full: for any server in the backend's queue, or for the one they
// belong to in that server's own. Here is decided when they are let in, and when a server is no longer theirs.
//
// No socket, clock or thread is known here, so the laboratory's requests wait by this very file.
import type { PickContext, PickServer } from "@tandem/algorithms";
import type { Deadlines } from "@tandem/transport";
import type { CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";
import type { Server } from "../server/server.ts";
import { Queue } from "./queue.ts";
import { type Awaited, type OwnedRequest, ServerQueues, type Wait } from "./server-queues.ts";

/** What is asked of whoever chooses the servers. */
interface Chooses<S extends PickServer> {
  /** Rises when states or weights were worked out anew. */
  readonly revision: number;
  /** Whether any server takes a request now. */
  readonly hasRoom: boolean;
  preferred(context: PickContext<S>): S | undefined;
  refreshIfChanged(): void;
}

/** How a backend's requests may wait. */
interface WaitingPlan<S> {
  readonly config: {
    readonly queue: { readonly limit: number; readonly timeout: number };
  };
  readonly servers: readonly S[];
  /** Requests may wait for the server they belong to. */
  readonly ownQueues: boolean;
}

/**
 * The turns of a queue with those of other threads, whose threads call `woken`: of the backend's, or of that server's.
 * Undefined where no other thread has queues.
 */
type TurnsOf<S> = (server: S | undefined, woken: () => void) => Turns | undefined;

export class Waiting<S extends Awaited = Server> {
  /** Of those that any server may serve. */
  readonly queue: Queue;
  readonly #choosing: Chooses<S>;
  readonly #serverQueues: ServerQueues<S>;
  #ownQueues = false;
  /** The revision of states and weights by which the requests in servers' queues were last looked at. */
  #reviewed = 0;

  /** @param counters of the backend in this thread */
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
   * Goes by another plan, which `choosing` has adopted already. Requests that waited for a server without a queue from
   * now on go to any server; with another picker all do, because it would look for other keys than they have.
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
   * Lets a request wait for the server it belongs to, when that is full and has a queue with room. Undefined
   * where the request is to be given to any; at once where no server has a queue.
   */
  waitForOwn(request: OwnedRequest<S>): Wait<S> | undefined {
    if (!this.#ownQueues) return undefined;
    this.#choosing.refreshIfChanged();
    this.#serverQueues.advance(this.queue); // a new request comes after those that wait
    if (request.attempts.key === undefined) return undefined;
    const own = this.#choosing.preferred(request.attempts);
    return own && this.#serverQueues.join(request, own);
  }

  /** A server may have room: requests that wait for it, or for any, are given to it, in this thread or another. */
  advance(): void {
    const { queue } = this;
    if (this.#ownQueues && this.#serverQueues.advance(queue) === "other-thread") return;
    while (queue.busy && this.#choosing.hasRoom && queue.serve() === "here");
  }

  /** A request has come to wait: another thread may have made room since it was looked for. */
  joined(): void {
    if (this.queue.shared) this.advance();
  }

  close(): void {
    this.queue.close();
    this.#serverQueues.close();
  }

  /** Called at every sweep of the deadlines while requests wait, because other threads make room without a word to this one. */
  #sweep(): void {
    if (this.#ownQueues) {
      this.#choosing.refreshIfChanged();
      if (this.#reviewed !== this.#choosing.revision) this.#review();
    }
    this.advance();
  }

  /** Requests whose server is not theirs any more (it is down, drained, ...) go elsewhere. */
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
