// A connection that was not taken.

export interface Refusal {
  readonly frontend: string;
  /** The client's address; empty when it was gone already. */
  readonly client: string;
  /** Plain words: the TLS handshake's fault, or that there are too many connections. */
  readonly why: string;
}
