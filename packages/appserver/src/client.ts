// Whether the client of the request at hand is still there. What waits in a queue for it asks, so that
// no place is kept for a request whose answer cannot be read any more.
import { AsyncLocalStorage } from "node:async_hooks";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** The client of one request. */
export class Client {
  #left = false;
  readonly #told = new Set<() => void>();

  get left(): boolean {
    return this.#left;
  }

  /** Calls `run` once when the client leaves. Returns how to take that back. */
  whenLeaving(run: () => void): () => void {
    this.#told.add(run);
    return () => void this.#told.delete(run);
  }

  leave(): void {
    this.#left = true;
    for (const run of this.#told) run();
    this.#told.clear();
  }
}

/** The client of the request has left: its answer would not be read. 499 is nginx's status for it. */
export class ClientLeftError extends Error {
  readonly statusCode = 499;
  constructor() {
    super("the client has left; the database was not asked");
  }
}

const clients = new AsyncLocalStorage<Client>();

/** The client for whom the running code works; undefined outside requests. */
export function currentClient(): Client | undefined {
  return clients.getStore();
}

/** Runs `work` for `client`. */
export function workFor<T>(client: Client, work: () => T): T {
  return clients.run(client, work);
}

/** Runs `work`, started by a request, for the process itself: it goes on when that request's client leaves. */
export function workForItself<T>(work: () => T): T {
  return clients.exit(work);
}

/** Lets everything that a request does know its client. To be added before all other hooks. */
export function addClients(server: FastifyInstance): void {
  const known = new WeakMap<FastifyRequest, Client>();
  server.addHook("onRequest", (request, reply, next) => {
    const client = new Client();
    known.set(request, client);
    reply.raw.once("close", () => {
      if (!reply.raw.writableFinished) client.leave();
    });
    workFor(client, next);
  });
  // A body that came in several reads is handed on by the socket's events, which know no request.
  server.addHook("preValidation", (request, _reply, next) => {
    const client = known.get(request);
    if (client === undefined) next();
    else workFor(client, next);
  });
}
