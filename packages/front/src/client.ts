// Who the client of a connection is.
import type { TlsFacts } from "@tandem/transport";

/** The client's end of a connection, and how far what it says is believed. */
export interface ClientEndpoint {
  readonly address: string;
  readonly port: number;
  /** What it says in X-Forwarded-* and X-Request-Id is believed. */
  readonly trusted: boolean;
  /** Which addresses are believed, its own and those it names in X-Forwarded-For. */
  readonly trusts: (address: string) => boolean;
}

/** The connection that a request came in on. */
export interface Client extends ClientEndpoint {
  readonly scheme: "http" | "https";
  /** The port that the client connected to. */
  readonly serverPort: number;
  /** What TLS agreed on: version, cipher, names, certificate; undefined on a plain connection. */
  readonly tls: TlsFacts | undefined;
}
