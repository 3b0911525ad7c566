// What a session is given: its timeouts, its limits, and the handler of its requests.
import type { Exchange } from "../exchange/exchange.ts";
import type { RequestLimits } from "../h1/limits.ts";
import type { RequestHead } from "../message/head.ts";
import type { ProtocolFailure } from "../message/protocol-failure.ts";

/** Timeouts for a client in milliseconds, and the clock that they are counted on. */
export interface SessionTimers {
  now(): number;
  /** Milliseconds since 1970, for the Date of answers. */
  wall(): number;
  readonly httpRequest: number;
  readonly httpKeepAlive: number;
  readonly client: number;
  /** Applies after the client has half-closed. */
  readonly clientFin: number;
  readonly tunnel: number;
}

/** When the session's `expired` is due, on the clock of its timers. */
export interface SessionDeadline {
  at: number;
}

/** A field that is added to every final answer that does not have it. */
export interface OwnField {
  /** The name in lower case. */
  readonly key: string;
  /** Matches a head that has the field already. */
  readonly present: RegExp;
  /** The whole line, with its CRLF. */
  readonly line: string;
}

export interface SessionLimits extends RequestLimits {
  /** The most bytes of a request body; undefined = unlimited. */
  readonly body: number | undefined;
  /** The least bytes per second of a request body, over all; 0 = any. */
  readonly bodyRate: number;
}

/** A request that was refused before a handler saw it. */
export interface RefusedRequest {
  /** The status of the answer; -1 when the client had gone. */
  readonly status: number;
  /** Set when the client was late with the head, or left within it; absent when the request itself was malformed. */
  readonly by?: "client-timeout" | "client-closed";
  /** The cause in words. */
  readonly cause: string;
  /** What is wrong with the bytes of the request. */
  readonly failure?: ProtocolFailure;
  /** The head, if it could be parsed. */
  readonly head?: RequestHead;
}

export interface SessionHandler {
  /** A request has come. The answer may be given at once or later. */
  request(exchange: Exchange): void;
  /** A request was refused. The session answers it. */
  refused(refused: RefusedRequest): void;
  /** The exchange is over, in whatever way it ended. This is the last call for it. */
  finished(exchange: Exchange): void;
  /** The connection has closed. Called once, before its last exchange is told. */
  left?(): void;
}

/** Where the bytes of a client go once its protocol was switched, and the end of them. */
export interface TunnelReceiver {
  readonly receive: (chunk: Buffer) => void;
  readonly ended: () => void;
}
