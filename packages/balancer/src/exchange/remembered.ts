// The facts about a client's connection that forwarding remembers from one request to the next. The tier that
// accepted the connection creates this object, and closes it with the connection.
import type { HttpVersion } from "@tandem/http";
import type { Announced } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import type { PrivateConnections } from "../backend/private-connections.ts";
import { AnnouncedClient } from "../pool/announced-client.ts";
import type { Pool } from "../pool/pool.ts";
import type { Server } from "../server/server.ts";
import { newId } from "./request-id.ts";

/**
 * The header lines that are added to the requests of an untrusted client, about the client and the proxies
 * (X-Forwarded-*, Via). On one connection these lines change only when `host` or `version` changes.
 */
export interface ForwardedLines {
  readonly host: string;
  readonly version: HttpVersion;
  readonly lines: string;
}

export class Remembered {
  /**
   * The header lines that were added to the last request; undefined before the first request, and when the client is
   * trusted.
   */
  lines: ForwardedLines | undefined = undefined;
  /** The client's private connections to servers; undefined until a login needs one. */
  privates: PrivateConnections | undefined = undefined;
  readonly #connection: Announced;
  #announced: AnnouncedClient | undefined = undefined;

  /** @param connection the client's connection */
  constructor(connection: Announced) {
    this.#connection = connection;
  }

  /** Returns the pool that has the connections to `server` for requests of this client. */
  poolOf(backend: Backend, server: Server): Pool {
    const pool = backend.pools.of(server);
    if (!pool.announces) return pool;
    this.#announced ??= new AnnouncedClient(this.#connection, "", newId);
    return pool.of(this.#announced);
  }

  /** Called when the client's connection has closed. */
  close(): void {
    this.privates?.close();
    this.#announced?.close();
  }
}
