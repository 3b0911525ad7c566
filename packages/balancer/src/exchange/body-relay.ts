// Relays the request body from client to server, chunk by chunk as it arrives. While the server is slow, the client
// is paused. The beginning of the body is kept, up to a limit, so that the request can be sent again when its server
// dies.
import { type BodySink, dropOverruling, type Fields, passedTrailers } from "@tandem/http";
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
   * @param limit how many bytes to keep for another attempt; 0 = none
   * @param serverDeadline returns the time until which the server must send or read something, if
   * the wait for the server begins now
   */
  constructor(exchange: Exchange, limit: number, serverDeadline: () => number) {
    this.#exchange = exchange;
    this.#kept = new ReplayBuffer(limit);
    this.#serverDeadline = serverDeadline;
  }

  /**
   * Returns the time until which the server must send or read something. Infinite while the client
   * is still sending and the server takes all that comes, because then the server cannot be
   * expected to answer yet.
   */
  get deadline(): number {
    const owes = this.#ended || this.#exchange.bodyPaused || this.#stream === undefined;
    return owes ? this.#serverDeadline() : Number.POSITIVE_INFINITY;
  }

  get holds(): boolean {
    return this.#stream?.settled === false;
  }

  /** Returns whether all of the body that has come so far is still kept. Only then may the request be sent again. */
  get replayable(): boolean {
    return this.#kept.complete;
  }

  /** Sends the kept bytes on `stream`, then the bytes that come later. The first call starts reading the body. */
  sendOn(stream: ServerStream): void {
    this.#stream = stream;
    const { bytes } = this.#kept;
    if (bytes !== undefined) {
      stream.write(bytes);
      this.bodyFlush();
    }
    if (this.#ended) stream.endBody(this.#trailersFor(stream));
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
    this.#trailers = trailers;
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.endBody(this.#trailersFor(stream));
    stream.deadline = this.deadline;
  }

  #trailersFor({ marksTrailers }: ServerStream): Fields | undefined {
    const { fields, section, version } = this.#exchange.head;
    const marked = marksTrailers && version === 20;
    return passedTrailers(this.#trailers, marked, fields, section.fields);
  }

  /** Called when the server has taken all bytes that were written. Reads more of the body from the client. */
  drained(): void {
    this.#exchange.resumeBody();
    if (this.#stream !== undefined) this.#stream.deadline = this.deadline;
  }

  /** Called when the stream is lost. The client's next bytes wait for another stream. */
  detach(): void {
    this.#stream = undefined;
    if (!this.#ended) this.#exchange.pauseBody();
  }

  /**
   * Called when the answer is complete. If the request's body is not complete yet, its remaining bytes are not sent to
   * the server.
   */
  stop(): void {
    this.#stream = undefined;
    this.#kept.drop();
  }
}
