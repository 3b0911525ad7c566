// The facts about a client's connection that forwarding remembers from one request to the next. The tier that
// accepted the connection creates this object, and closes it with the connection.
import type { HttpVersion } from "@tandem/http";
import type { PrivateConnections } from "../backend/private-connections.ts";

/**
 * The header lines about an untrusted client and the proxies so far. On one connection these lines change only when
 * `host` or `version` changes.
 */
export interface ForwardedLines {
  readonly host: string;
  readonly version: HttpVersion;
  readonly lines: string;
}

export class Remembered {
  /** The lines that were written last, when the client is not trusted. */
  lines: ForwardedLines | undefined = undefined;
  /** The client's private connections to servers; undefined until a login needs one. */
  privates: PrivateConnections | undefined = undefined;

  /** Called when the client's connection has closed. */
  close(): void {
    this.privates?.close();
  }
}
