// The client of a connection: its address, the facts that TLS gives about it, and whether it is trusted.
import type { Announced, ClientCertificate, TlsFacts } from "@tandem/transport";

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
export interface Client extends ClientEndpoint, Announced {
  /** `https` also when a proxy in front of Tandem decrypted the connection and says so in its PROXY header. */
  readonly scheme: "http" | "https";
  /** The port that the client connected to. */
  readonly serverPort: number;
  /**
   * The facts that the TLS handshake agreed on: version, cipher, names, certificate. Undefined when Tandem did no
   * handshake.
   */
  readonly tls: TlsFacts | undefined;
  /**
   * The verified certificate that the client showed. Null = the client showed none; undefined = the listener asks for
   * none.
   */
  readonly certificate: ClientCertificate | null | undefined;
}
