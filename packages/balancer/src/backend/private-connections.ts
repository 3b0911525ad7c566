// The private connections of one client connection (the term is HAProxy's): connections to servers on which the
// client has logged in, or was asked to log in (see `connection-login.ts` of @tandem/http). There is at most one for
// each backend. The client's next requests to that backend go out on the private connection, and so to the same
// server whatever the algorithm says. The reason: a login takes two or three requests, and holds for later requests
// on the same connection only. A private connection is closed with the client's connection.
import type { Backend } from "../backend/backend.ts";
import type { OwnableConnection, Owner } from "../pool/server-stream.ts";
import type { Server } from "../server/server.ts";

/** A private connection, and the server that it leads to. */
export interface PrivateConnection {
  readonly server: Server;
  readonly connection: OwnableConnection;
}

export class PrivateConnections implements Owner {
  gone = false;
  readonly #of = new Map<Backend, PrivateConnection>();

  /**
   * Makes `connection`, which carries a request of this client now, private to the client. If the
   * client had another private connection to this backend, perhaps to another server, the old
   * connection is closed.
   */
  own(backend: Backend, server: Server, connection: OwnableConnection): void {
    const before = this.#of.get(backend)?.connection;
    if (before !== connection) before?.destroy();
    connection.owner = this;
    this.#of.set(backend, { server, connection });
  }

  /**
   * Returns the private connection to `backend`, if the connection is idle and healthy and its server may get requests.
   * Otherwise returns undefined. A connection that is not idle and healthy is closed.
   */
  of(backend: Backend): PrivateConnection | undefined {
    const own = this.#of.get(backend);
    if (own === undefined) return undefined;
    const { server, connection } = own;
    if (connection.fresh) return server.up || server.forced ? own : undefined;
    connection.destroy();
    this.#of.delete(backend);
    return undefined;
  }

  /**
   * Called when the client's connection has closed. A private connection in use is closed as soon as its request has
   * ended.
   */
  close(): void {
    this.gone = true;
    for (const { connection } of this.#of.values()) {
      if (connection.unused) connection.destroy();
    }
    this.#of.clear();
  }
}
