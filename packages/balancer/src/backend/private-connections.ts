// The connections to servers that are private to one connection of a client, because it has logged in on them or was
// asked to (HAProxy's private connections; see `connection-login.ts` of @tandem/http): at most one of each backend. What
// the client asks next goes out on it again, to the same server whatever the algorithm says, for a login takes two or
// three requests and counts for those after it. It ends with the client's connection.
import type { Backend } from "../backend/backend.ts";
import type { OwnableConnection, Owner } from "../pool/server-stream.ts";
import type { Server } from "../server/server.ts";

/** Where the next request to that backend belongs. */
export interface PrivateConnection {
  readonly server: Server;
  readonly connection: OwnableConnection;
}

export class PrivateConnections implements Owner {
  gone = false;
  readonly #of = new Map<Backend, PrivateConnection>();

  /** A connection in use becomes private. The one of that backend until now, to another server perhaps, ends. */
  own(backend: Backend, server: Server, connection: OwnableConnection): void {
    const before = this.#of.get(backend)?.connection;
    if (before !== connection) before?.destroy();
    connection.owner = this;
    this.#of.set(backend, { server, connection });
  }

  /** The one of that backend when it is idle and well, and its server may be given requests. */
  of(backend: Backend): PrivateConnection | undefined {
    const own = this.#of.get(backend);
    if (own === undefined) return undefined;
    const { server, connection } = own;
    if (connection.fresh) return server.up || server.forced ? own : undefined;
    connection.destroy();
    this.#of.delete(backend);
    return undefined;
  }

  /** The client's connection has closed: what is in use ends when it is let go. */
  close(): void {
    this.gone = true;
    for (const { connection } of this.#of.values()) {
      if (connection.unused) connection.destroy();
    }
    this.#of.clear();
  }
}
