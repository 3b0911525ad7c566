// The request body from client to server, chunk by chunk as it arrives, held back while the server is slow.
import type { BodySink, Fields } from "@tandem/http";
import type { ServerExchange } from "@tandem/http/session";
import type { ServerConnection } from "../pool/server-connection.ts";

export class RequestBody implements BodySink {
  readonly #exchange: ServerExchange;
  #connection: ServerConnection | undefined;

  constructor(exchange: ServerExchange, connection: ServerConnection) {
    this.#exchange = exchange;
    this.#connection = connection;
  }

  bodyData(chunk: Buffer): void {
    const connection = this.#connection;
    if (connection !== undefined && !connection.session.write(chunk)) this.#exchange.pauseBody();
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#connection?.session.endBody(trailers);
  }

  /** The server took what was written. */
  drained(): void {
    this.#exchange.resumeBody();
  }

  /** The answer is complete before the request: nothing more is sent. */
  stop(): void {
    this.#connection = undefined;
  }
}
