// Requests of a backend that wait because servers are full: for any server in the backend's queue, or for the one they
// belong to in that server's own. Here is decided when they are let in, and when a server is no longer theirs.
import type { CounterRow } from "../memory/counters.ts";
import type { BackendMemory } from "../memory/shared-memory.ts";
import { Turns } from "../memory/turns.ts";
import type { Choosing } from "./choosing.ts";
import type { BackendEnvironment, BackendPlan } from "./plan.ts";
import { Queue } from "./queue.ts";
import { type OwnedRequest, ServerQueues, type Wait } from "./server-queues.ts";

export class Waiting {
  /** Of those that any server may serve. */
  readonly queue: Queue;
  readonly #choosing: Choosing;
  readonly #serverQueues: ServerQueues;
  #ownQueues = false;
  /** The revision of states and weights by which the requests in servers' queues were last looked at. */
  #reviewed = 0;

  /** @param counters of the backend in this thread */
  constructor(
    choosing: Choosing,
    plan: BackendPlan,
    memory: BackendMemory,
    counters: CounterRow,
    { deadlines, thread }: BackendEnvironment,
  ) {
    this.#choosing = choosing;
    const { limit, timeout } = plan.config.queue;
    const sweep = (): void => this.#sweep();
    const turns = (shared: SharedArrayBuffer) => new Turns(shared, thread, () => this.advance());
    this.queue = new Queue(deadlines, limit, timeout, counters, sweep, turns(memory.turns));
    this.#serverQueues = new ServerQueues(deadlines, sweep, (server) => turns(server.memory.turns));
    this.#open(plan);
  }

  /**
   * Goes by another plan, which `choosing` has adopted already. Requests that waited for a server without a queue from
   * now on go to any server; with another picker all do, because it would look for other keys than they have.
   */
  adopt(plan: BackendPlan, samePicker: boolean): void {
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
  waitForOwn(request: OwnedRequest): Wait | undefined {
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

  #open({ ownQueues, servers }: BackendPlan): readonly Wait[] {
    this.#ownQueues = ownQueues;
    return this.#serverQueues.configure(ownQueues ? servers : []);
  }
}
