// The request body from client to server, chunk by chunk as it arrives, held back while the server is
// slow. Its beginning is kept, up to a bound, so that a request whose server dies can be sent again.
import type { BodySink, Fields } from "@tandem/http";
import type { ServerExchange } from "@tandem/http/session";
import type { ServerConnection } from "../pool/server-connection.ts";

export class RequestBody implements BodySink {
  readonly #exchange: ServerExchange;
  readonly #limit: number;
  #connection: ServerConnection | undefined = undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #ended = false;
  #trailers: Fields | undefined = undefined;

  /** @param limit bytes to keep for another attempt; 0 = none */
  constructor(exchange: ServerExchange, limit: number) {
    this.#exchange = exchange;
    this.#limit = limit;
  }

  /** All that has come so far is still here. */
  get replayable(): boolean {
    return this.#keptBytes <= this.#limit;
  }

  /** Sends what was kept, then what is to come, on `connection`. The first call begins to read. */
  sendOn(connection: ServerConnection): void {
    this.#connection = connection;
    for (const chunk of this.#kept) connection.session.write(chunk);
    if (this.#ended) connection.session.endBody(this.#trailers);
    if (this.#exchange.bodySink === undefined) this.#exchange.readBody(this);
    else this.#exchange.resumeBody();
  }

  bodyData(chunk: Buffer): void {
    this.#keptBytes += chunk.length;
    if (this.replayable) this.#kept.push(chunk);
    else this.#kept = [];
    const connection = this.#connection;
    if (connection !== undefined && !connection.session.write(chunk)) this.#exchange.pauseBody();
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#ended = true;
    this.#trailers = trailers;
    this.#connection?.session.endBody(trailers);
  }

  /** The server took what was written. */
  drained(): void {
    this.#exchange.resumeBody();
  }

  /** The connection is lost; the client's next bytes wait for another. */
  detach(): void {
    this.#connection = undefined;
    if (!this.#ended) this.#exchange.pauseBody();
  }

  /** The answer is complete before the request: nothing more is sent, the rest is thrown away. */
  stop(): void {
    this.#connection = undefined;
    this.#kept = [];
    this.#keptBytes = this.#limit + 1;
  }
}
