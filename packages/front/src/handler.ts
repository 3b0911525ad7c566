// What a tier provides to its front: a handler for each client's requests, and the counters.
import type { Exchange } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import type { Client } from "./client.ts";

/**
 * Handles the requests of one client's connection. Many requests may be under way at once, so state of a request is
 * kept in an object of that request. The simplest such object is the listener of its exchange, which is also told
 * about the end (`finished`).
 */
export interface Handler {
  /** A request has come. It may be answered at once or later. */
  request(exchange: Exchange): void;
  /** A request was refused before the handler saw it. The session answers it. */
  refused(refused: RefusedRequest): void;
  /** The connection has closed. Called once, before the exchanges on the connection are told. */
  left(): void;
}

/** Returns the handler of a new connection. */
export type MeetClient = (client: Client) => Handler;

/** The counters of a front. */
export interface FrontCounters {
  /** A session was opened on a connection. */
  opened(): void;
  /** A session is over. Called once for each that was opened. */
  closed(): void;
  /** An exchange is over, in whatever way it ended. */
  finished(exchange: Exchange): void;
  /** A request was refused. @param status the status of the answer; -1 when the client had gone */
  refused(status: number): void;
}
