// Requests that wait for one server, the server that their key selects, while that server is up and full. Each server
// with a configured queue limit has a queue here (HAProxy's maxqueue of a server). Another server could serve these
// requests, but it would have neither their cached data nor their session.
//
// When the server has room, the requests in its own queue come first, because they cannot use another server. After
// three of them in a row, one request of the backend's queue gets the room. So requests of the backend's queue get at
// least a quarter of the room at each server, however many requests wait for that server alone. (HAProxy gives the room
// to the older of the two first requests. So a request for one server waits about as long as requests in the backend's
// queue, which is usually the longer queue.)
import type { PickContext, PickServer } from "@tandem/algorithms";
import type { Deadlines } from "@tandem/transport";
import type { CounterRow } from "../memory/counters.ts";
import type { Turns } from "../memory/turns.ts";
import type { Server } from "../server/server.ts";
import { type Place, Queue, type Served, type Waiter } from "./queue.ts";

/** The properties of a server that the queues use. */
export interface QueuedServer extends PickServer {
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

/** A request that may wait in the queue of one server. */
export interface BoundRequest<S extends PickServer = Server> {
  /** The request's key, and the servers that the request was given to before. */
  readonly attempts: PickContext<S>;
  /**
   * Called when the server that the request waited for has room: gives the request to that server now. Returns false
   * when the server is full after all.
   */
  admitted(server: S): boolean;
  /**
   * Called when the request can no longer wait for the one server. From then on, the request may go
   * to every server.
   */
  released(): void;
}

/**
 * How many requests a server takes from its own queue before it must take one from the backend's
 * queue, if requests wait there. So neither queue starves.
 */
const OWN_TURNS = 3;

/** A request in the queue of one server. */
export class Wait<S extends QueuedServer = Server> implements Waiter {
  readonly request: BoundRequest<S>;
  readonly server: S;
  /**
   * Always false: a request waits here before its first attempt, so it has not failed on a server
   * yet.
   */
  readonly restricted = false;
  /**
   * The request's place in the server's queue. Undefined before the request has joined the queue, and when the queue
   * was full.
   */
  place: Place<Wait<S>> | undefined = undefined;

  constructor(request: BoundRequest<S>, server: S) {
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

export class ServerQueues<S extends QueuedServer = Server> {
  readonly #deadlines: Deadlines;
  readonly #sweep: () => void;
  readonly #turnsOf: (server: S) => Turns | undefined;
  readonly #queues = new Map<S, Queue<Wait<S>>>();

  /**
   * @param sweep called several times a second while requests wait; has to look for room at a server again
   * @param turnsOf returns the object that decides which thread's queue for a server gets free room; undefined when no
   * other thread has queues
   */
  constructor(deadlines: Deadlines, sweep: () => void, turnsOf: (server: S) => Turns | undefined) {
    this.#deadlines = deadlines;
    this.#sweep = sweep;
    this.#turnsOf = turnsOf;
  }

  /**
   * Keeps a queue for each of `servers` whose configuration has a queue limit, and for no other server. Returns the
   * requests whose server has no queue any more.
   */
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

  /**
   * Lets a request wait in the queue of `server`. Returns undefined when the request does not wait: the server has
   * room, is down or has no queue, or the queue is full.
   */
  join(request: BoundRequest<S>, server: S): Wait<S> | undefined {
    const queue = this.#queues.get(server);
    if (queue === undefined || !(server.up || server.forced)) return undefined;
    if (!server.full && !queue.busy) return undefined;
    const wait = new Wait(request, server);
    wait.place = queue.join(wait);
    return wait.place && wait;
  }

  /** Takes every request out for which `gone` returns true. Returns these requests. */
  remove(gone: (wait: Wait<S>) => boolean): readonly Wait<S>[] {
    return [...this.#queues.values()].flatMap((queue) => queue.remove(gone));
  }

  /**
   * Called when servers may have room. Gives the room at each server that has a queue of its own to requests of that
   * queue and, after every OWN_TURNS of them, to one request of `any`, the backend's queue. Returns "other-thread"
   * when another thread was woken to use the room. This thread must not use the room then.
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

function serveNext<S extends QueuedServer>(server: S, own: Queue<Wait<S>>, any: Queue): Served {
  if (!own.busy) return "none";
  if (!any.busy) server.ownTurns = 0;
  else if (server.ownTurns >= OWN_TURNS) {
    const served = any.serve();
    if (served === "other-thread") return served;
    server.ownTurns = 0;
    if (served === "here") return served;
  }
  const served = own.serve();
  if (served === "here") server.ownTurns += 1;
  return served;
}
