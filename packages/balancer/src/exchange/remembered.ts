// What forwarding remembers of a client's connection from one of its requests to the next. The tier that accepted the
// connection makes it, and closes it with the connection.
import type { HttpVersion } from "@tandem/http";
import type { PrivateConnections } from "../backend/private-connections.ts";

/** Lines about an untrusted client and the way so far; of one connection, they change with these only. */
export interface ForwardedLines {
  readonly host: string;
  readonly version: HttpVersion;
  readonly lines: string;
}

export class Remembered {
  /** What was said about the client last, when it is not trusted. */
  lines: ForwardedLines | undefined = undefined;
  /** Connections to servers that are this client's alone, since it logged in on one. */
  privates: PrivateConnections | undefined = undefined;

  /** The client's connection is gone. */
  close(): void {
    this.privates?.close();
  }
}
