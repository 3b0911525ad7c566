// The request body from client to server, chunk by chunk as it arrives, held back while the server is
// slow. Its beginning is kept, up to a bound, so that a request whose server dies can be sent again.
import { announcedTrailers, type BodySink, dropOverruling, type Fields } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { ServerStream } from "../pool/server-stream.ts";
import { ReplayBuffer } from "./replay-buffer.ts";

export class BodyRelay implements BodySink {
  readonly #exchange: Exchange;
  readonly #kept: ReplayBuffer;
  readonly #serverDeadline: () => number;
  #stream: ServerStream | undefined = undefined;
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
    const owes = this.#ended || this.#exchange.bodyPaused || this.#stream === undefined;
    return owes ? this.#serverDeadline() : Number.POSITIVE_INFINITY;
  }

  get holds(): boolean {
    return this.#stream?.settled === false;
  }

  /** All that has come so far is still here. */
  get replayable(): boolean {
    return this.#kept.complete;
  }

  /** Sends what was kept, then what is to come, on `connection`. The first call begins to read. */
  sendOn(stream: ServerStream): void {
    this.#stream = stream;
    const { bytes } = this.#kept;
    if (bytes !== undefined) {
      stream.write(bytes);
      this.bodyFlush();
    }
    if (this.#ended) stream.endBody(this.#trailers);
    stream.deadline = this.deadline;
    if (this.#reads) this.#exchange.resumeBody();
    else {
      this.#reads = true;
      this.#exchange.readBody(this);
    }
  }

  bodyData(chunk: Buffer): void {
    this.#kept.add(chunk);
    this.#stream?.write(chunk);
  }

  bodyFlush(): void {
    const stream = this.#stream;
    if (stream === undefined || stream.flush()) return;
    this.#exchange.pauseBody();
    stream.deadline = this.deadline;
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#ended = true;
    const { edited, fields, section } = this.#exchange.head;
    if (trailers !== undefined && edited) dropOverruling(trailers, fields, section.fields);
    this.#trailers = announcedTrailers(trailers, fields, section.fields);
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.endBody(this.#trailers);
    stream.deadline = this.deadline;
  }

  /** The server took what was written. */
  drained(): void {
    this.#exchange.resumeBody();
    if (this.#stream !== undefined) this.#stream.deadline = this.deadline;
  }

  /** The stream is lost; the client's next bytes wait for another. */
  detach(): void {
    this.#stream = undefined;
    if (!this.#ended) this.#exchange.pauseBody();
  }

  /** The answer is complete before the request: nothing more is sent, the rest is thrown away. */
  stop(): void {
    this.#stream = undefined;
    this.#kept.drop();
  }
}
