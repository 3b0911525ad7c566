// The request body from client to server, chunk by chunk as it arrives, held back while the server is
// slow. Its beginning is kept, up to a bound, so that a request whose server dies can be sent again.
import { announcedTrailers, type BodySink, dropOverruling, type Fields } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { ServerConnection } from "../pool/server-connection.ts";
import { ReplayBuffer } from "./replay-buffer.ts";

export class RequestBody implements BodySink {
  readonly #exchange: Exchange;
  readonly #kept: ReplayBuffer;
  readonly #serverDeadline: () => number;
  #connection: ServerConnection | undefined = undefined;
  #reads = false;
  #ended = false;
  #trailers: Fields | undefined = undefined;

  /**
   * @param limit bytes to keep for another attempt; 0 = none
   * @param serverDeadline when a server that is waited for from now on is late
   */
  constructor(exchange: Exchange, limit: number, serverDeadline: () => number) {
    this.#exchange = exchange;
    this.#kept = new ReplayBuffer(limit);
    this.#serverDeadline = serverDeadline;
  }

  /** While the client is still sending, the server owes us nothing but to read it. */
  get deadline(): number {
    const owes = this.#ended || this.#exchange.bodyPaused || this.#connection === undefined;
    return owes ? this.#serverDeadline() : Number.POSITIVE_INFINITY;
  }

  get holds(): boolean {
    return this.#connection?.session.settled === false;
  }

  /** All that has come so far is still here. */
  get replayable(): boolean {
    return this.#kept.complete;
  }

  /** Sends what was kept, then what is to come, on `connection`. The first call begins to read. */
  sendOn(connection: ServerConnection): void {
    this.#connection = connection;
    const { bytes } = this.#kept;
    if (bytes !== undefined) {
      connection.session.write(bytes);
      this.bodyFlush();
    }
    if (this.#ended) connection.session.endBody(this.#trailers);
    connection.deadline = this.deadline;
    if (this.#reads) this.#exchange.resumeBody();
    else {
      this.#reads = true;
      this.#exchange.readBody(this);
    }
  }

  bodyData(chunk: Buffer): void {
    this.#kept.add(chunk);
    this.#connection?.session.write(chunk);
  }

  bodyFlush(): void {
    const connection = this.#connection;
    if (connection === undefined || connection.session.flush()) return;
    this.#exchange.pauseBody();
    connection.deadline = this.deadline;
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#ended = true;
    const { edited, fields, section } = this.#exchange.head;
    if (trailers !== undefined && edited) dropOverruling(trailers, fields, section.fields);
    this.#trailers = announcedTrailers(trailers, fields, section.fields);
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.session.endBody(this.#trailers);
    connection.deadline = this.deadline;
  }

  /** The server took what was written. */
  drained(): void {
    this.#exchange.resumeBody();
    if (this.#connection !== undefined) this.#connection.deadline = this.deadline;
  }

  /** The connection is lost; the client's next bytes wait for another. */
  detach(): void {
    this.#connection = undefined;
    if (!this.#ended) this.#exchange.pauseBody();
  }

  /** The answer is complete before the request: nothing more is sent, the rest is thrown away. */
  stop(): void {
    this.#connection = undefined;
    this.#kept.drop();
  }
}
