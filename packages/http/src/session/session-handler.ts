// What a session is given: how patient and how generous it is, and who handles its requests.
import type { Exchange } from "../exchange/exchange.ts";
import type { RequestLimits } from "../h1/limits.ts";
import type { RequestHead } from "../message/head.ts";
import type { ProtocolFailure } from "../message/protocol-failure.ts";

/** Milliseconds a client may take, and the clock they are counted on. */
export interface SessionTimers {
  now(): number;
  /** Milliseconds since 1970, for the Date of answers. */
  wall(): number;
  readonly httpRequest: number;
  readonly httpKeepAlive: number;
  readonly client: number;
  /** After the client has half-closed. */
  readonly clientFin: number;
  readonly tunnel: number;
}

/** When a session's `expired` is due, on the clock of its timers. */
export interface SessionDeadline {
  at: number;
}

/** A field that each answer gets which does not have it, interim answers aside. */
export interface OwnField {
  /** Its name in lower case. */
  readonly key: string;
  /** How a head that has it shows so. */
  readonly present: RegExp;
  /** Complete with its CRLF. */
  readonly line: string;
}

export interface SessionLimits extends RequestLimits {
  /** Bytes of a request body; undefined = unlimited. */
  readonly body: number | undefined;
  /** Bytes per second a request body must come at, over all; 0 = any. */
  readonly bodyRate: number;
}

/** A request that nobody was asked to handle. */
export interface RefusedRequest {
  /** What the client was answered; -1 when it had gone. */
  readonly status: number;
  /** What the client did, late with its head or away within it; absent when the request itself was at fault. */
  readonly by?: "client-timeout" | "client-closed";
  /** In words. */
  readonly cause: string;
  /** What is wrong with its bytes. */
  readonly failure?: ProtocolFailure;
  /** When that could be read. */
  readonly head?: RequestHead;
}

export interface SessionHandler {
  /** A request has come. The answer may be given at once or later. */
  request(exchange: Exchange): void;
  /** A request was refused, and is answered by the session. */
  refused(refused: RefusedRequest): void;
  /** The exchange is over, whichever way; the last call for it. */
  finished(exchange: Exchange): void;
  /** The connection is gone; its last exchange is told next. Called once. */
  left?(): void;
}
