// The toy protocol between a client and the balancer: requests are exchanges in memory, and their answers are sent as
// frames.
import type { Protocol, ProtocolSession } from "@tandem/front";
import { DEFAULT_LIMITS, type Fields, parseRequestHead, RequestHead } from "@tandem/http";
import { type AbortCause, type AnswerSink, MemoryExchange } from "@tandem/http/exchange";
import type { OwnField, SessionHandler, SessionTimers } from "@tandem/http/session";
import { CANCELLED, FRAME, FrameReader, frame, REFUSED } from "./frames.ts";

/** The part of a socket that the session needs. */
export interface ToySocket {
  write(bytes: Buffer): boolean;
  end(): unknown;
  destroy(): unknown;
}

type Clock = Pick<SessionTimers, "now">;

export class ToySession implements ProtocolSession {
  draining = false;
  ownField: OwnField | undefined = undefined;
  readonly bulk = false;
  readonly #socket: ToySocket;
  readonly #handler: SessionHandler;
  readonly #clock: Clock;
  readonly #exchanges = new Map<number, MemoryExchange>();
  readonly #frames = new FrameReader((stream, type, payload) => this.#take(stream, type, payload));
  #clientEnded = false;

  constructor(socket: ToySocket, handler: SessionHandler, clock: Clock) {
    this.#socket = socket;
    this.#handler = handler;
    this.#clock = clock;
  }

  get idle(): boolean {
    return this.#exchanges.size === 0;
  }

  receive(chunk: Buffer): void {
    this.#frames.read(chunk);
  }

  receiveShared(memory: Buffer, length: number): void {
    this.receive(memory.subarray(0, length));
  }

  receiveOwned(chunk: Buffer): boolean {
    this.receive(chunk);
    return true;
  }

  drained(): void {
    for (const exchange of this.#exchanges.values()) exchange.drained();
  }

  ended(): void {
    this.#clientEnded = true;
    for (const exchange of this.#exchanges.values()) exchange.halfClose();
    this.#endIfIdle();
  }

  expired(): void {}

  leave(): void {
    this.draining = true;
    this.#endIfIdle();
  }

  stop(): void {
    this.#abort("stopped");
    this.#socket.destroy();
  }

  closed(): void {
    this.#handler.left?.();
    this.#abort("client-closed");
  }

  // Methods for tests in which the session belongs to a server.

  /** Refuses a request: tells the client that the server has not processed any part of it. */
  refuse(exchange: MemoryExchange): void {
    const stream = this.#streamOf(exchange);
    this.#socket.write(frame(stream, FRAME.reset, REFUSED));
    this.#exchanges.delete(stream);
  }

  /**
   * Sends a frame that says: this connection takes no more requests, and the server has processed no request that
   * came after `last`.
   */
  goAway(last: MemoryExchange): void {
    this.#socket.write(frame(this.#streamOf(last), FRAME.goaway));
  }

  #streamOf(exchange: MemoryExchange): number {
    const [stream] = [...this.#exchanges].find(([, one]) => one === exchange) ?? [];
    if (stream === undefined) throw new Error("that exchange is over");
    return stream;
  }

  #take(stream: number, type: number, payload: Buffer): void {
    const exchange = this.#exchanges.get(stream);
    if (type === FRAME.head) this.#begin(stream, payload.toString("latin1"));
    else if (type === FRAME.body) exchange?.feed(payload);
    else if (type === FRAME.end) exchange?.endBody();
    else if (type === FRAME.reset) exchange?.abort("client-closed");
    if (type === FRAME.reset) this.#over(stream);
  }

  #begin(stream: number, text: string): void {
    const head = parseRequestHead(text, DEFAULT_LIMITS);
    if (!(head instanceof RequestHead)) {
      this.#handler.refused({ status: 400, cause: head.message, failure: head });
      this.#socket.write(frame(stream, FRAME.reset, CANCELLED));
      return;
    }
    const sink = new FrameSink(this.#socket, stream, head.method, () => this.#over(stream));
    const now = () => this.#clock.now();
    const exchange = new MemoryExchange({ head, headBytes: text.length, sink, now });
    sink.exchange = exchange;
    this.#exchanges.set(stream, exchange);
    this.#handler.request(exchange);
  }

  #over(stream: number): void {
    const exchange = this.#exchanges.get(stream);
    if (exchange === undefined) return;
    this.#exchanges.delete(stream);
    this.#handler.finished(exchange);
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (this.idle && (this.draining || this.#clientEnded)) this.#socket.end();
  }

  #abort(cause: AbortCause): void {
    for (const [stream, exchange] of this.#exchanges) {
      exchange.abort(cause);
      this.#over(stream);
    }
  }
}

class FrameSink implements AnswerSink {
  exchange: MemoryExchange | undefined = undefined;
  readonly #socket: ToySocket;
  readonly #stream: number;
  readonly #method: string;
  readonly #over: () => void;

  constructor(socket: ToySocket, stream: number, method: string, over: () => void) {
    this.#socket = socket;
    this.#stream = stream;
    this.#method = method;
    this.#over = over;
  }

  informed(status: number, reason: string, fields: Fields): void {
    this.#head(`HTTP/1.1 ${status} ${reason}\r\n${fields.lines()}`);
  }

  responded(status: number, reason: string, fields: Fields, bodyLength: number): void {
    const bodiless = this.#method === "HEAD" || status < 200 || status === 204 || status === 304;
    const known = bodyLength < 0 ? "Transfer-Encoding: chunked" : `Content-Length: ${bodyLength}`;
    const framing = bodiless ? "" : `${known}\r\n`;
    this.#head(`HTTP/1.1 ${status} ${reason}\r\n${fields.lines()}${framing}`);
  }

  data(chunk: Buffer): boolean {
    return this.#socket.write(frame(this.#stream, FRAME.body, chunk));
  }

  ended(trailers: Fields | undefined): void {
    this.#socket.write(frame(this.#stream, FRAME.end, trailers?.lines()));
    if (this.exchange?.responseEnded) this.#over();
  }

  truncated(): void {
    this.#socket.write(frame(this.#stream, FRAME.reset, CANCELLED));
    this.#over();
  }

  #head(text: string): void {
    if (this.exchange !== undefined) this.exchange.bytesSent += text.length;
    this.#socket.write(frame(this.#stream, FRAME.head, text));
  }
}

/** The toy protocol, as the protocol between clients and the balancer. */
export const TOY_CLIENTS: Protocol = {
  name: "toy",
  open: (socket, handler, timers) => new ToySession(socket, handler, timers),
};
