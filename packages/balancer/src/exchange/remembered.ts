// What forwarding remembers about a client's connection from one request to the next. The tier that accepted the
// connection creates this object, and closes it with the connection.
import type { HttpVersion } from "@tandem/http";
import type { PrivateConnections } from "../backend/private-connections.ts";

/**
 * The header lines about an untrusted client and the proxies so far. On one connection they change only when `host`
 * or `version` does.
 */
export interface ForwardedLines {
  readonly host: string;
  readonly version: HttpVersion;
  readonly lines: string;
}

export class Remembered {
  /** The lines that were written last, when the client is not trusted. */
  lines: ForwardedLines | undefined = undefined;
  /** Connections to servers that are private to this client, since it logged in on one. */
  privates: PrivateConnections | undefined = undefined;

  /** The client's connection has closed. */
  close(): void {
    this.privates?.close();
  }
}
