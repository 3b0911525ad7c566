// Requests that wait for the server they belong to, while it is up and full: a queue per server that is to have
// one (HAProxy's maxqueue of a server). Who waits here could be served elsewhere, but would find nothing of its
// own there: no cache, no session.
//
// Whose turn is it when that server has room? First those that wait for it, for they can only wait here; but
// after three of them in a row one of the backend's queue, whom every server keeps waiting like this: so each
// gets a quarter of every server's turns at least, however many wait for it. (HAProxy takes the older of the two;
// then the longer queue, the backend's as a rule, decides how long requests wait for their own server.)
import type { Deadlines } from "@tandem/transport";
import type { Attempts } from "../exchange/attempts.ts";
import { Queue, type Waiter } from "./queue.ts";
import type { Server } from "./server.ts";

/** A request that may wait for a server. */
export interface OwnedRequest {
  readonly attempts: Attempts;
  /** The server it waited for has room: it is to be given to it, now. */
  admitted(server: Server): void;
  /** It waits for that server no longer, and is to go to another. */
  elsewhere(): void;
}

/** So many of a server's own in a row while somebody waits for any server. */
const OWN_TURNS = 3;

/** A request in the queue of its server. */
export class Wait implements Waiter {
  readonly request: OwnedRequest;
  readonly server: Server;
  /** It has not failed anywhere. */
  readonly picky = false;
  /** Where it came in, from 1 on. */
  place = 0;
  readonly #queue: Queue<Wait>;

  constructor(request: OwnedRequest, server: Server, queue: Queue<Wait>) {
    this.request = request;
    this.server = server;
    this.#queue = queue;
  }

  retry(): boolean {
    if (!this.server.usable) return false;
    this.request.admitted(this.server);
    return true;
  }

  timedOut(): void {
    this.request.elsewhere();
  }

  leave(): void {
    this.#queue.leave(this);
  }
}

interface Line {
  readonly queue: Queue<Wait>;
  /** Turns of its own since one of the backend's queue had one. */
  inARow: number;
}

export class ServerQueues {
  readonly #deadlines: Deadlines;
  readonly #sweep: () => void;
  readonly #lines = new Map<Server, Line>();

  /** @param sweep called now and then while somebody waits */
  constructor(deadlines: Deadlines, sweep: () => void) {
    this.#deadlines = deadlines;
    this.#sweep = sweep;
  }

  /** Just these servers have queues from now on, as their configurations say. Returns who waits for another. */
  configure(servers: readonly Server[]): readonly Wait[] {
    const released: Wait[] = [];
    for (const [server, { queue }] of this.#lines) {
      if (servers.includes(server) && server.config.queue.limit > 0) continue;
      released.push(...queue.remove(() => true));
      queue.close();
      this.#lines.delete(server);
    }
    for (const server of servers) {
      const { limit, timeout } = server.config.queue;
      if (limit === 0) continue;
      const { queue } = this.#lines.get(server) ?? {};
      if (queue !== undefined) queue.configure(limit, timeout);
      else this.#open(server, limit, timeout);
    }
    return released;
  }

  /** Lets a request wait for its own server; undefined when it has room, has no queue, or its queue is full. */
  join(request: OwnedRequest, server: Server): Wait | undefined {
    const { queue } = this.#lines.get(server) ?? {};
    if (queue === undefined || !(server.up || server.forced)) return undefined;
    if (!server.full && queue.length === 0) return undefined;
    const wait = new Wait(request, server, queue);
    wait.place = queue.join(wait);
    return wait.place === 0 ? undefined : wait;
  }

  /** Takes out who is not to wait any more. */
  remove(gone: (wait: Wait) => boolean): readonly Wait[] {
    return [...this.#lines.values()].flatMap(({ queue }) => queue.remove(gone));
  }

  /** Servers have room, perhaps: lets in those that wait for them, and those of the backend's queue in their turn. */
  advance(backendQueue: Queue): void {
    for (const [server, line] of this.#lines) {
      while (line.queue.length > 0 && server.usable) {
        if (backendQueue.length === 0) line.inARow = 0;
        else if (line.inARow >= OWN_TURNS) {
          line.inARow = 0;
          if (backendQueue.advance(1) > 0) continue;
        }
        line.inARow += 1;
        if (line.queue.advance(1) === 0) break;
      }
    }
  }

  close(): void {
    for (const { queue } of this.#lines.values()) queue.close();
  }

  #open(server: Server, limit: number, timeoutMs: number): void {
    const queue = new Queue<Wait>(this.#deadlines, limit, timeoutMs, server.counters, this.#sweep);
    this.#lines.set(server, { queue, inARow: 0 });
  }
}
