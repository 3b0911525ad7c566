// The facts about a client's connection that forwarding remembers from one request to the next. The tier that
// accepted the connection creates this object, and closes it with the connection.
import type { HttpVersion } from "@tandem/http";
import type { PrivateConnections } from "../backend/private-connections.ts";

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

  /** Called when the client's connection has closed. */
  close(): void {
    this.privates?.close();
  }
}
