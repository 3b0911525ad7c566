// Chooses the server for a request, and lets the request wait while servers are full: first in the queue of the server
// that the request's key selects, then in the queue of the backend. When the client has a private connection to a
// server of the backend, the request goes to that server, or waits for it.
import type { Backend } from "../backend/backend.ts";
import type { PrivateConnection } from "../backend/private-connections.ts";
import type { Place, Waiter } from "../backend/queue.ts";
import type { BoundRequest, Wait } from "../backend/server-queues.ts";
import type { Server } from "../server/server.ts";
import type { Attempts } from "./attempts.ts";
import type { ProxyErrorCode } from "./proxy-error.ts";
import type { Remembered } from "./remembered.ts";

/** The two methods of a request that are called with the result of the choice. */
export interface Chooser {
  /** Gives the request to `server`. Returns false when `server` is full after all. */
  give(server: Server): boolean;
  /** Called when the request will get no server. */
  fail(code: ProxyErrorCode, why: string): void;
}

export class Choice implements Waiter, BoundRequest {
  /**
   * The request's position in a server's queue when it joined that queue, and its position in the backend's queue.
   * Counted from 1; 0 = the request did not wait in that queue.
   */
  serverPlace = 0;
  backendPlace = 0;
  readonly attempts: Attempts;
  readonly #backend: Backend;
  readonly #remembered: Remembered;
  readonly #chooser: Chooser;
  /** Set while the request waits in the queue of the server that its key selects. */
  #wait: Wait | undefined = undefined;
  /** The request's place in the backend's queue. It is kept after the request has left the queue. */
  #place: Place | undefined = undefined;

  constructor(backend: Backend, attempts: Attempts, remembered: Remembered, chooser: Chooser) {
    this.#backend = backend;
    this.attempts = attempts;
    this.#remembered = remembered;
    this.#chooser = chooser;
  }

  /**
   * Starts the choice of a server. The request may wait in the queue of the server that its key selects; otherwise a
   * server is chosen now.
   */
  begin(): void {
    const wait = this.own === undefined ? this.#backend.waiting.waitForOwn(this) : undefined;
    if (wait === undefined) this.choose();
    else {
      this.#wait = wait;
      this.serverPlace = wait.place?.number ?? 0;
      this.#backend.waiting.joined();
    }
  }

  /**
   * Gives the request to a server that was not tried yet and has room. When there is no such
   * server, lets the request wait in the backend's queue. When the queue is full, or all servers
   * that are up have been tried, the request fails.
   */
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

  /** Called when the request has ended and no longer waits. */
  leave(): void {
    this.#wait?.leave();
    this.#place?.leave();
  }

  /** Returns the client's private connection to this backend, if there is one. */
  get own(): PrivateConnection | undefined {
    return this.#remembered.privates?.of(this.#backend);
  }

  // Implements BoundRequest, for a server's own queue.

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

  // Implements Waiter, for the backend's queue.

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
   * Gives the request to the server of the client's private connection, if there is one, otherwise
   * to the server that the algorithm picks. Returns false when the server of the private connection
   * is full, or when each server of the backend is down, is full or was tried already. A server
   * that another thread has filled in the meantime is not picked again.
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
