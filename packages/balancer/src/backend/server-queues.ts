// Requests that wait for the server they belong to, while it is up and full: a queue per server that is to have
// one (HAProxy's maxqueue of a server). Who waits here could be served elsewhere, but would find nothing of its
// own there: no cache, no session.
//
// Whose turn is it when that server has room? First those that wait for it, for they can only wait here; but
// after three of them in a row one of the backend's queue, whom every server keeps waiting like this: so each
// gets a quarter of every server's turns at least, however many wait for it. (HAProxy takes the older of the two;
// then the longer queue, the backend's as a rule, decides how long requests wait for their own server.)
import type { PickContext, PickServer } from "@tandem/algorithms";
import type { Deadlines } from "@tandem/transport";
import type { CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";
import type { Server } from "../server/server.ts";
import { type Place, Queue, type Served, type Waiter } from "./queue.ts";

/** What is asked of a server here. */
export interface Awaited extends PickServer {
  readonly config: {
    readonly queue: { readonly limit: number; readonly timeout: number };
  };
  readonly up: boolean;
  readonly forced: boolean;
  readonly full: boolean;
  readonly usable: boolean;
  ownTurns: number;
  readonly counters: CounterRow;
}

/** A request that may wait for a server. */
export interface OwnedRequest<S extends PickServer = Server> {
  /** Where it belongs, and where it has been. */
  readonly attempts: PickContext<S>;
  /** The server it waited for has room: it is given to it, now; false when it is full after all. */
  admitted(server: S): boolean;
  /** It waits for that server no longer, and is to go to another. */
  released(): void;
}

/** So many of a server's own in a row while somebody waits for any server. */
const OWN_TURNS = 3;

/** A request in the queue of its server. */
export class Wait<S extends Awaited = Server> implements Waiter {
  readonly request: OwnedRequest<S>;
  readonly server: S;
  /** It has not failed anywhere. */
  readonly restricted = false;
  /** Undefined before it has joined, and where it could not. */
  place: Place<Wait<S>> | undefined = undefined;

  constructor(request: OwnedRequest<S>, server: S) {
    this.request = request;
    this.server = server;
  }

  retry(): boolean {
    return this.server.usable && this.request.admitted(this.server);
  }

  timedOut(): void {
    this.request.released();
  }

  leave(): void {
    this.place?.leave();
  }
}

export class ServerQueues<S extends Awaited = Server> {
  readonly #deadlines: Deadlines;
  readonly #sweep: () => void;
  readonly #turnsOf: (server: S) => Turns | undefined;
  readonly #queues = new Map<S, Queue<Wait<S>>>();

  /**
   * @param sweep called now and then while somebody waits
   * @param turnsOf with the queues of other threads for that server
   */
  constructor(deadlines: Deadlines, sweep: () => void, turnsOf: (server: S) => Turns | undefined) {
    this.#deadlines = deadlines;
    this.#sweep = sweep;
    this.#turnsOf = turnsOf;
  }

  /** Just these servers have queues from now on, as their configurations say. Returns who waits for another. */
  configure(servers: readonly S[]): readonly Wait<S>[] {
    const released: Wait<S>[] = [];
    for (const [server, queue] of this.#queues) {
      if (servers.includes(server) && server.config.queue.limit > 0) continue;
      released.push(...queue.remove(() => true));
      queue.close();
      this.#queues.delete(server);
    }
    for (const server of servers) {
      const { limit, timeout } = server.config.queue;
      if (limit === 0) continue;
      const queue = this.#queues.get(server);
      if (queue !== undefined) queue.configure(limit, timeout);
      else this.#open(server, limit, timeout);
    }
    return released;
  }

  /** Lets a request wait for its own server; undefined when it has room, has no queue, or its queue is full. */
  join(request: OwnedRequest<S>, server: S): Wait<S> | undefined {
    const queue = this.#queues.get(server);
    if (queue === undefined || !(server.up || server.forced)) return undefined;
    if (!server.full && !queue.busy) return undefined;
    const wait = new Wait(request, server);
    wait.place = queue.join(wait);
    return wait.place && wait;
  }

  /** Takes out who is not to wait any more. */
  remove(gone: (wait: Wait<S>) => boolean): readonly Wait<S>[] {
    return [...this.#queues.values()].flatMap((queue) => queue.remove(gone));
  }

  /**
   * Servers have room, perhaps: lets in those that wait for them, and those of the backend's queue in their
   * turn. "other-thread": another thread was told to go on, and room is to be left to it.
   */
  advance(any: Queue): Served {
    let last: Served = "none";
    for (const [server, own] of this.#queues) {
      do {
        last = server.usable ? serveNext(server, own, any) : "none";
        if (last === "other-thread") return last;
      } while (last === "here");
    }
    return last;
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #open(server: S, limit: number, timeoutMs: number): void {
    const { counters } = server;
    const turns = this.#turnsOf(server);
    const queue = new Queue<Wait<S>>(
      this.#deadlines,
      limit,
      timeoutMs,
      counters,
      this.#sweep,
      turns,
    );
    this.#queues.set(server, queue);
  }
}

function serveNext<S extends Awaited>(server: S, own: Queue<Wait<S>>, any: Queue): Served {
  if (!own.busy) return "none";
  if (!any.busy) server.ownTurns = 0;
  else if (server.ownTurns >= OWN_TURNS) {
    const who = any.serve();
    if (who === "other-thread") return who;
    server.ownTurns = 0;
    if (who === "here") return who;
  }
  const who = own.serve();
  if (who === "here") server.ownTurns += 1;
  return who;
}
