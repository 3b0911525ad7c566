// Why a connection to a server could not be opened, as a value.

export interface ConnectFailure {
  /**
   * `out-of-resources`: connecting was not even tried, because this machine lacks descriptors, ports or memory.
   * `protocol-refused`: the server was reached, but does not speak the protocol that is configured.
   */
  readonly code:
    | "connect-refused"
    | "connect-timeout"
    | "tls-refused"
    | "certificate-refused"
    | "protocol-refused"
    | "out-of-resources";
  readonly why: string;
}
