// Knows whether the client of the current request is still connected. Queues use this: a waiting request whose client
// has disconnected leaves the queue, because its answer could not be delivered.
import { AsyncLocalStorage } from "node:async_hooks";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** The client of one request. */
export class Client {
  #left = false;
  readonly #told = new Set<() => void>();

  get left(): boolean {
    return this.#left;
  }

  /** Calls `run` once when the client disconnects. The returned function cancels this call. */
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

/**
 * The error of a request whose client disconnected before the database was asked. 499 is nginx's status for a client
 * that has disconnected.
 */
export class ClientLeftError extends Error {
  readonly statusCode = 499;
  constructor() {
    super("the client has left; the database was not asked");
  }
}

const clients = new AsyncLocalStorage<Client>();

/** Returns the client whose request the running code serves; undefined outside requests. */
export function currentClient(): Client | undefined {
  return clients.getStore();
}

/** Runs `work` on behalf of the client: `currentClient` returns this client meanwhile. */
export function workFor<T>(client: Client, work: () => T): T {
  return clients.run(client, work);
}

/**
 * Runs `work` outside the context of the current request. So the work continues when the client of that request
 * disconnects.
 */
export function workForProcess<T>(work: () => T): T {
  return clients.exit(work);
}

/**
 * Makes each request's client known to all code that runs for the request. Call this function before adding other
 * hooks.
 */
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
  // When a body arrives in several reads, the handler runs in an event of the socket, where AsyncLocalStorage has lost
  // the client of the request. So the client is set again here.
  server.addHook("preValidation", (request, _reply, next) => {
    const client = known.get(request);
    if (client === undefined) next();
    else workFor(client, next);
  });
}
