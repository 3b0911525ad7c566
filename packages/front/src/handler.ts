// The interfaces that a tier implements for its front: a handler for each client's requests, and the counters.
import type { Exchange } from "@tandem/http/exchange";
import type { H2Counters, RefusedRequest } from "@tandem/http/session";
import type { Client } from "./client.ts";

/**
 * Handles the requests of one client's connection. Many requests may be under way at once, so a handler keeps the
 * state of each request in an object of its own. That object is best the exchange's listener, whose `finished` is
 * called when the exchange has ended.
 */
export interface Handler {
  /** Called when a request has come. The handler may answer the request at once or later. */
  request(exchange: Exchange): void;
  /** Called when a request was refused before the handler saw it. The session answers such a request. */
  refused(refused: RefusedRequest): void;
  /** Called once, when the connection has closed, before its unfinished exchanges are aborted. */
  left(): void;
}

/** Returns the handler of a new connection. */
export type MeetClient = (client: Client) => Handler;

/** The counters of a front. */
export interface FrontCounters {
  /** Counts what only HTTP/2 has; absent when that is not counted. */
  readonly h2?: H2Counters | undefined;
  /** Called when a session was opened on a connection. */
  opened(): void;
  /** Called when a session has ended, once for each session that was opened. */
  closed(): void;
  /** Called when an exchange has ended, in whatever way. @param protocol the name of the client's protocol */
  finished(exchange: Exchange, protocol: string): void;
  /** Called when a request was refused. @param status the status of the answer; -1 when the client had gone */
  refused(status: number, protocol: string): void;
}
