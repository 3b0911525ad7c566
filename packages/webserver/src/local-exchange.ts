// A request that we answer ourselves: the fields every such answer has, and what the access log is
// told at its end.
import { NO_SERVER } from "@tandem/front";
import { Fields, httpDate, reasonPhrase } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Clock } from "@tandem/transport";
import { errorPage } from "./error-page.ts";
import type { FileTransfer } from "./static/file-transfer.ts";

/** What a local answer needs to know of the tier. */
export interface Origin {
  readonly clock: Clock;
  /** Value of x-served-by; undefined = not said. */
  readonly servedBy: string | undefined;
  tellLoad(fields: Fields): void;
}

/** Where the end of a local answer is told. */
export interface LocalLog {
  over(local: LocalExchange): void;
}

export class LocalExchange implements ExchangeListener {
  readonly exchange: Exchange;
  readonly requestId: string;
  /** Requests in flight when it began, itself included; 0 = it does not count. */
  readonly rif: number;
  /** `<STATIC>` once a file is served, as HAProxy has `<STATS>`. */
  server: string = NO_SERVER;
  /** When the head of the answer was written, on the session's clock; -1 before it. */
  respondedAt = -1;
  /** Why it did not end well; "" when it did. */
  cause = "";
  abortedBy: AbortCause | undefined = undefined;
  transfer: FileTransfer | undefined = undefined;
  readonly #origin: Origin;
  readonly #log: LocalLog | undefined;

  /** @param log absent = it is in no log, and no part of the load */
  constructor(exchange: Exchange, requestId: string, origin: Origin, log?: LocalLog, rif = 0) {
    this.exchange = exchange;
    this.requestId = requestId;
    this.#origin = origin;
    this.#log = log;
    this.rif = rif;
    exchange.listener = this;
    // A body nobody reads ends the connection, and the client should hear that from the answer.
    if (!exchange.bodyDone) exchange.endConnection();
  }

  drained(): void {
    this.transfer?.drained();
  }

  /** The client has asked its last and may still be reading: the answer goes on. */
  halfClosed(): void {}

  aborted(cause: AbortCause): void {
    this.abortedBy = cause;
    this.transfer?.abort();
  }

  finished(): void {
    this.#log?.over(this);
  }

  /** The fields every answer of ours begins with. */
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

  /** An answer that is complete with its head. */
  bare(status: number, fields: Fields): void {
    this.respond(status, fields, 0);
    this.exchange.end();
  }

  answer(status: number, fields: Fields, body: Buffer): void {
    this.respondedAt = this.#origin.clock.now();
    this.exchange.answer(status, reasonPhrase(status), fields, body);
  }

  /** Answers with a page of our own that no cache keeps. `cause` is for the log only. */
  fail(status: number, cause: string, extra?: readonly (readonly [string, string])[]): void {
    if (this.exchange.responseEnded) return;
    this.cause = cause;
    if (this.exchange.status !== 0) {
      this.exchange.truncate(); // another head would be read as body
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
