// The facts of an access line: of a request, or of a connection in `mode: tcp`.

/**
 * The facts about one exchange for its access line. Timers are milliseconds; -1 = the exchange never reached that
 * phase.
 */
export interface AccessRecord {
  clientAddress: string;
  clientPort: number;
  /** When the first byte of the request arrived, in milliseconds since 1970. */
  startedAt: number;
  frontend: string;
  tls: boolean;
  backend: string;
  /** `<NOSRV>` when no server was chosen. */
  server: string;
  /** TR: from the first byte to the end of the request's head. */
  tr: number;
  /** Tw: how long the request waited for a server with room. */
  tw: number;
  /** Tc: time to connect, retries included. */
  tc: number;
  /** Tr: from the connection to the end of the response's head. */
  tResponse: number;
  /** Ta: from the first byte of the request to the last byte of the response. */
  ta: number;
  /** The status of the response; -1 when no response was sent. */
  status: number;
  /** Bytes sent to the client, headers included. */
  bytes: number;
  /** HAProxy's four characters: which side ended the exchange, in which phase, cookie seen, cookie sent. */
  termination: string;
  actconn: number;
  feconn: number;
  beconn: number;
  srvconn: number;
  retries: number;
  redispatched: boolean;
  srvQueue: number;
  backendQueue: number;
  /** The method; empty when the request could not be parsed. */
  method: string;
  target: string;
  version: string;
  requestId: string;
  /** Why the exchange failed, in plain words; empty when it did not fail. */
  cause: string;
  host: string;
  userAgent: string;
  /**
   * The id of the client's connection, from or for a PROXY header, with one character for each byte; absent or empty
   * when it has none.
   */
  connectionId?: string;
  /** The subject of the client's certificate; absent or empty when the client showed none. */
  clientCertificate?: string;
  /**
   * Set when the record is about a connection in `mode: tcp`. Such a record has no request: the fields about requests
   * and answers are empty or -1, `ta` is HAProxy's Tt, and `termination` has two characters.
   */
  tcp?: TcpFacts | undefined;
}

/** The facts that only the record of a TCP connection has. */
export interface TcpFacts {
  /** Bytes that came from the client. */
  readonly bytesReceived: number;
  /** The server name that the client asked for (SNI); empty when it is unknown. */
  readonly serverName: string;
}
