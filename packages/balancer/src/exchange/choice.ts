// Which server a request goes to, and its waiting for one: in the queue of the server that it belongs to, then in that of
// the backend. A client with a private connection goes where that leads, or waits for that server.
import type { Backend } from "../backend/backend.ts";
import type { PrivateConnection } from "../backend/private-connections.ts";
import type { Place, Waiter } from "../backend/queue.ts";
import type { OwnedRequest, Wait } from "../backend/server-queues.ts";
import type { Server } from "../server/server.ts";
import type { Attempts } from "./attempts.ts";
import type { ProxyErrorCode } from "./proxy-error.ts";
import type { Remembered } from "./remembered.ts";

/** The request that a server is chosen for. */
export interface Chooser {
  /** False when `server` is full after all. */
  give(server: Server): boolean;
  /** There will be none. */
  fail(code: ProxyErrorCode, why: string): void;
}

export class Choice implements Waiter, OwnedRequest {
  /** The places it had in the queues, of its own server and of the backend, from 1 on; 0 = it did not wait there. */
  serverPlace = 0;
  backendPlace = 0;
  readonly attempts: Attempts;
  readonly #backend: Backend;
  readonly #remembered: Remembered;
  readonly #chooser: Chooser;
  /** While it waits for the server it belongs to. */
  #wait: Wait | undefined = undefined;
  /** In the backend's queue; where it has been, afterwards. */
  #place: Place | undefined = undefined;

  constructor(backend: Backend, attempts: Attempts, remembered: Remembered, chooser: Chooser) {
    this.#backend = backend;
    this.attempts = attempts;
    this.#remembered = remembered;
    this.#chooser = chooser;
  }

  /** The first choice. */
  begin(): void {
    const wait = this.own === undefined ? this.#backend.waiting.waitForOwn(this) : undefined;
    if (wait === undefined) this.choose();
    else {
      this.#wait = wait;
      this.serverPlace = wait.place?.number ?? 0;
      this.#backend.waiting.joined();
    }
  }

  /** Gives the request to a server that was not tried and has room, or waits for one. */
  choose(): void {
    const { choosing, name, waiting } = this.#backend;
    const { queue } = waiting;
    if (!queue.othersWait && this.#giveToAny()) return;
    if (!choosing.hasUntried(this.attempts)) {
      this.#chooser.fail("no-server", `no server of backend ${name} is up`);
    } else {
      this.#place = queue.join(this);
      this.backendPlace = this.#place?.number ?? 0;
      if (this.#place !== undefined) waiting.joined();
      else this.#chooser.fail("queue-full", `${queue.length} requests wait already`);
    }
  }

  /** The request is over: it waits no more. */
  leave(): void {
    this.#wait?.leave();
    this.#place?.leave();
  }

  /** The connection it belongs on, if there is one. */
  get own(): PrivateConnection | undefined {
    return this.#remembered.privates?.of(this.#backend);
  }

  // OwnedRequest: the queue of the server it belongs to.

  admitted(server: Server): boolean {
    if (!this.#chooser.give(server)) return false;
    this.#wait = undefined;
    this.#backend.choosing.chosen("first-choice");
    return true;
  }

  released(): void {
    this.#wait = undefined;
    this.choose();
  }

  // Waiter: the backend's queue.

  get restricted(): boolean {
    const own = this.own !== undefined && this.#backend.servers.length > 1;
    return own || this.attempts.tried.length > 0;
  }

  retry(): boolean {
    return this.#giveToAny();
  }

  timedOut(): void {
    const { timeout } = this.#backend.config.queue;
    this.#chooser.fail("queue-timeout", `no server had room within ${timeout} ms`);
  }

  /**
   * False when all untried servers are down or full, or the one is full that has its private connection. One that another
   * thread has filled meanwhile is not picked again.
   */
  #giveToAny(): boolean {
    const { own } = this;
    if (own !== undefined) return this.#chooser.give(own.server);
    for (;;) {
      const server = this.#backend.choosing.pick(this.attempts);
      if (server === undefined) return false;
      if (this.#chooser.give(server)) return true;
    }
  }
}
