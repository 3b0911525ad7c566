// The client of a connection: its address, the facts that TLS gives about it, and whether it is trusted.
import type { TlsFacts } from "@tandem/transport";

/** The client's end of a connection, and how far its forwarding fields are trusted. */
export interface ClientEndpoint {
  readonly address: string;
  readonly port: number;
  /** Whether the client's X-Forwarded-* and X-Request-Id fields are believed. */
  readonly trusted: boolean;
  /**
   * Returns whether an address is that of a trusted proxy. It is called for addresses in
   * X-Forwarded-For.
   */
  readonly trusts: (address: string) => boolean;
}

/** The connection that a request came in on. */
export interface Client extends ClientEndpoint {
  readonly scheme: "http" | "https";
  /** The port that the client connected to. */
  readonly serverPort: number;
  /**
   * The facts that the TLS handshake agreed on: version, cipher, names, certificate. Undefined on a plain connection.
   */
  readonly tls: TlsFacts | undefined;
}
