// What a tier gives its front: someone to handle the requests of each client, and where the front counts.
import type { Exchange } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import type { Client } from "./client.ts";

/**
 * Handles the requests of one client's connection. Many of them may be under way at once: what belongs to one request is
 * kept in an object of that request, most simply in the listener of its exchange, which is told of the end (`finished`).
 */
export interface Handler {
  /** A request has come. The answer may be given at once or later. */
  request(exchange: Exchange): void;
  /** A request was refused before anything handled it, and is answered by the session. */
  refused(refused: RefusedRequest): void;
  /** The connection is gone; the exchanges on it are told next. Called once. */
  left(): void;
}

/** Called for each connection. */
export type MeetClient = (client: Client) => Handler;

/** Counts what happens at a front. */
export interface FrontCounters {
  /** A connection has become a session. */
  opened(): void;
  /** That session is over; once for each that was opened. */
  closed(): void;
  /** An exchange is over, whichever way it ended. */
  finished(exchange: Exchange): void;
  /** A request was refused. @param status what the client was answered; -1 when it had gone */
  refused(status: number): void;
}
