// A request that the webserver answers itself. This class writes the header fields that all such
// answers have, and tells the access log when the answer has ended.
import { NO_SERVER } from "@tandem/front";
import { Fields, httpDate, reasonPhrase } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Clock } from "@tandem/transport";
import { errorPage } from "./error-page.ts";
import type { FileTransfer } from "./static/file-transfer.ts";

/** The facts about the webserver that its own answers need. */
export interface Origin {
  readonly clock: Clock;
  /** The value of x-served-by; undefined = the answer has no such field. */
  readonly servedBy: string | undefined;
  tellLoad(fields: Fields): void;
}

/** The log that is told when the webserver has ended an answer of its own. */
export interface LocalLog {
  over(local: LocalExchange): void;
}

export class LocalExchange implements ExchangeListener {
  readonly exchange: Exchange;
  readonly requestId: string;
  /**
   * How many requests were in flight when this request began, this request included; 0 = this
   * request does not count towards the load.
   */
  readonly rif: number;
  /**
   * The server's name in the access log. It becomes `<STATIC>` when a file is served, as HAProxy
   * writes `<STATS>` when it serves its statistics page.
   */
  server: string = NO_SERVER;
  /** When the head of the answer was written, in monotonic milliseconds; -1 until then. */
  respondedAt = -1;
  /** Why the request failed, for the access log; "" when the request did not fail. */
  cause = "";
  abortedBy: AbortCause | undefined = undefined;
  transfer: FileTransfer | undefined = undefined;
  readonly #origin: Origin;
  readonly #log: LocalLog | undefined;

  /** @param log absent = the request is not logged, and does not count towards the load */
  constructor(exchange: Exchange, requestId: string, origin: Origin, log?: LocalLog, rif = 0) {
    this.exchange = exchange;
    this.requestId = requestId;
    this.#origin = origin;
    this.#log = log;
    this.rif = rif;
    exchange.listener = this;
    // If the body of the request has not been read, the connection cannot be used for another
    // request. `endConnection` comes before the answer, so that the answer says
    // `Connection: close`.
    if (!exchange.bodyDone) exchange.endConnection();
  }

  drained(): void {
    this.transfer?.drained();
  }

  /** Does nothing: a client that sends no more requests may still be reading, so the answer goes on. */
  halfClosed(): void {}

  aborted(cause: AbortCause): void {
    this.abortedBy = cause;
    this.transfer?.abort();
  }

  finished(): void {
    this.#log?.over(this);
  }

  /** Returns the header fields with which each answer of the webserver's own begins. */
  fields(): Fields {
    const fields = new Fields();
    fields.add("Date", httpDate(this.#origin.clock.wall()));
    if (this.#origin.servedBy !== undefined) fields.add("X-Served-By", this.#origin.servedBy);
    this.#origin.tellLoad(fields);
    return fields;
  }

  /** Writes the head. `bodyLength` bytes follow, unless the answer cannot have a body. */
  respond(status: number, fields: Fields, bodyLength: number): void {
    this.respondedAt = this.#origin.clock.now();
    this.exchange.respond(status, reasonPhrase(status), fields, bodyLength);
  }

  /** Writes an answer without a body. */
  bare(status: number, fields: Fields): void {
    this.respond(status, fields, 0);
    this.exchange.end();
  }

  answer(status: number, fields: Fields, body: Buffer): void {
    this.respondedAt = this.#origin.clock.now();
    this.exchange.answer(status, reasonPhrase(status), fields, body);
  }

  /** Answers with an error page that no cache keeps. `cause` is for the log only. */
  fail(status: number, cause: string, extra?: readonly (readonly [string, string])[]): void {
    if (this.exchange.responseEnded) return;
    this.cause = cause;
    if (this.exchange.status !== 0) {
      this.exchange.truncate(); // the head is sent already, so the client would read another head as a part of the body
      return;
    }
    const fields = this.fields();
    fields.add("Content-Type", "text/html; charset=utf-8");
    fields.add("Cache-Control", "no-store");
    fields.add("X-Content-Type-Options", "nosniff");
    for (const [name, value] of extra ?? []) fields.add(name, value);
    this.answer(status, fields, errorPage(status));
  }
}
