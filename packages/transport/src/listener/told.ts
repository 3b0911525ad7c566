// What a proxy in front of Tandem says about its client besides the addresses, in the TLVs of a PROXY header
// (../proxy-protocol).

/** What a proxy says about the TLS between its client and itself. */
export interface ToldTls {
  /** Whether the client spoke TLS with the proxy. */
  readonly overTls: boolean;
  /** Whether the client showed a certificate, in this connection or earlier in its session. */
  readonly certificate: boolean;
  /** Whether the client showed it in this connection. */
  readonly certificateNow: boolean;
  /** Whether the client showed a certificate and that certificate was verified. */
  readonly verified: boolean;
  /** Such as `TLSv1.3`. */
  readonly version?: string | undefined;
  readonly cipher?: string | undefined;
  /** The common name in the client's certificate. */
  readonly commonName?: string | undefined;
}

/** The values that are understood. Others, such as the network namespace, are skipped. */
export interface Told {
  /** The host that the client asked for: the server name of its TLS handshake. */
  readonly authority?: string | undefined;
  readonly alpn?: string | undefined;
  /** Identifies the client's connection. One character for each byte. */
  readonly uniqueId?: string | undefined;
  readonly tls?: ToldTls | undefined;
}
