// The options of a session: its timeouts, its limits, and the handler of its requests.
import type { Exchange } from "../exchange/exchange.ts";
import type { RequestLimits } from "../h1/limits.ts";
import type { H2Limits } from "../h2/limits.ts";
import type { RequestHead } from "../message/head.ts";
import type { ProtocolFailure } from "../message/protocol-failure.ts";
import type { H2Counters } from "./h2-end.ts";

/** Timeouts for a client in milliseconds, and the clock by which they are measured. */
export interface SessionTimers {
  now(): number;
  /** Milliseconds since 1970, for the Date of answers. */
  wall(): number;
  readonly httpRequest: number;
  readonly httpKeepAlive: number;
  readonly client: number;
  /** How long a tunnel may be without traffic after the client has half-closed. */
  readonly clientFin: number;
  readonly tunnel: number;
}

/** The time at which `expired` of the session has to be called, on the clock of the session's timers. */
export interface SessionDeadline {
  at: number;
}

/** A field that is added to every final answer that does not have it. */
export interface OwnField {
  /** The name in lower case. */
  readonly key: string;
  /** A pattern that matches the text of a head that already has the field. */
  readonly present: RegExp;
  /** The whole line of the field, with its CRLF. */
  readonly line: string;
}

export interface SessionLimits extends RequestLimits {
  /** The most bytes of a request body; undefined = unlimited. */
  readonly body: number | undefined;
  /** The lowest average rate of a request body, in bytes per second; 0 = no minimum. */
  readonly bodyRate: number;
  /** What a client of HTTP/2 may do; the defaults when absent. */
  readonly h2?: H2Limits | undefined;
}

/** A request that was refused before a handler saw it. */
export interface RefusedRequest {
  /** The status of the answer; -1 when the client had gone. */
  readonly status: number;
  /**
   * Set when the client was late with the head, or left within it; absent when the request was malformed or its body
   * too long.
   */
  readonly by?: "client-timeout" | "client-closed";
  /** The cause of the refusal in words, for the log. */
  readonly cause: string;
  /** What is wrong with the bytes of the request; absent when the request was refused for another reason. */
  readonly failure?: ProtocolFailure;
  /** The head of the refused request, if it could be parsed. */
  readonly head?: RequestHead;
}

export interface SessionHandler {
  /** Counts what only HTTP/2 has; absent when that is not counted. */
  readonly h2?: H2Counters | undefined;
  /** Called when a request has come. The answer may be given at once or later. */
  request(exchange: Exchange): void;
  /** Called when a request was refused. The session answers that request. */
  refused(refused: RefusedRequest): void;
  /** Called when the exchange has ended, in whatever way. This is the last call for that exchange. */
  finished(exchange: Exchange): void;
  /** Called once, when the connection has closed, before `finished` is called for an exchange that was under way. */
  left?(): void;
}

/** Gets the bytes of a client whose protocol was switched. `ended` is called after the client's last byte. */
export interface TunnelReceiver {
  readonly receive: (chunk: Buffer) => void;
  readonly ended: () => void;
}
