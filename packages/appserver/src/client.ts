// Whether the client of the current request is still connected. A queue asks this while the request waits in it, so
// that no place is kept for a request whose answer cannot be delivered.
import { AsyncLocalStorage } from "node:async_hooks";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** The client of one request. */
export class Client {
  #left = false;
  readonly #told = new Set<() => void>();

  get left(): boolean {
    return this.#left;
  }

  /** Calls `run` once when the client disconnects. The returned function cancels that. */
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

/** The client of the request has disconnected, so its answer would not be read. 499 is nginx's status for it. */
export class ClientLeftError extends Error {
  readonly statusCode = 499;
  constructor() {
    super("the client has left; the database was not asked");
  }
}

const clients = new AsyncLocalStorage<Client>();

/** The client whose request the running code serves; undefined outside requests. */
export function currentClient(): Client | undefined {
  return clients.getStore();
}

/** Runs `work` as part of the client's request. */
export function workFor<T>(client: Client, work: () => T): T {
  return clients.run(client, work);
}

/**
 * Runs `work` that a request started for the process as a whole: it continues when the client of that request
 * disconnects.
 */
export function workForProcess<T>(work: () => T): T {
  return clients.exit(work);
}

/** Makes the client known to all code that runs for a request. Must be added before all other hooks. */
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
  // When a body comes in several reads, the handler runs from an event of the socket, which has lost the request's
  // context. So the context is set again.
  server.addHook("preValidation", (request, _reply, next) => {
    const client = known.get(request);
    if (client === undefined) next();
    else workFor(client, next);
  });
}
