// An exchange over HTTP/1.1. Framing, HEAD, keep-alive and trailers are decided here (RFC 9112 §6, §9).
import type { BodySink } from "../exchange/body-sink.ts";
import {
  type Exchange,
  type ExchangeListener,
  NO_LISTENER,
  type TunnelTimeouts,
} from "../exchange/exchange.ts";
import { lastChunk, writeResponseHead } from "../h1/serializer.ts";
import type { Fields } from "../message/fields.ts";
import { CHUNKED, type RequestHead, UNTIL_CLOSE } from "../message/head.ts";
import { ChunkBeingMade } from "./chunk-being-made.ts";
import type { Output } from "./output.ts";
import type { OwnField } from "./session-handler.ts";

/** The methods and fields of a session that an exchange needs. */
export interface ExchangeSession {
  readonly output: Output;
  readonly draining: boolean;
  readonly ownField: OwnField | undefined;
  bodyWanted(): void;
  /** Whether the client's next request has to wait, even when the current answer has ended. */
  holdsNext: boolean;
  pauseReading(): void;
  /** Called when a 100 was sent, which tells the client to send its body. */
  continued(): void;
  /**
   * Called when the client has not taken all bytes that were written. From now on the client has to take some bytes
   * within each timeout.
   */
  clientSlow(): void;
  readonly tunnelTimeouts: TunnelTimeouts;
  set tunnelDeadline(at: number);
  responseEnded(exchange: H1Exchange): void;
  truncate(): void;
  halfClose(): void;
  tunnel(receive: (chunk: Buffer) => void, ended: () => void): void;
  now(): number;
}

/** The value of `#sentBefore` when no answer can be taken back: none was begun, or part of it has left. */
const LEFT = -1;

export class H1Exchange implements Exchange {
  readonly head: RequestHead;
  readonly startedAt: number;
  readonly headAt: number;
  listener: ExchangeListener = NO_LISTENER;
  /** Whether the connection may carry another request after this one. */
  keepAlive: boolean;
  status = 0;
  bytesSent = 0;
  bytesReceived = 0;
  readonly headBytes: number;
  responseEnded = false;
  bodyDone: boolean;
  bodyPaused = false;
  /** Whether the client waits for a 100 before it sends its body. */
  awaitsContinue: boolean;
  bodySink: BodySink | undefined = undefined;
  #session: ExchangeSession;
  /** How many bytes were sent before the final answer. LEFT when no answer was begun, or when part of it has left. */
  #sentBefore = LEFT;
  #left = 0;
  #bodiless = false;
  #chunked = false;
  #chunk: ChunkBeingMade | undefined = undefined;

  constructor(session: ExchangeSession, head: RequestHead, headBytes: number, startedAt: number) {
    this.#session = session;
    this.head = head;
    this.headBytes = headBytes;
    this.startedAt = startedAt;
    this.headAt = session.now();
    // After a refused CONNECT the client may have sent bytes for the tunnel already. They must never be read as
    // requests (RFC 9931 §8).
    this.keepAlive = head.keepAlive && head.method !== "CONNECT";
    this.bodyDone = head.bodyLength === 0;
    this.awaitsContinue = head.expectContinue;
  }

  /**
   * Begins to read the body. Before this call, a small part of the body is read and kept (READ_AHEAD_BYTES in
   * client-session.ts). Further bytes wait in the kernel.
   */
  readBody(sink: BodySink): void {
    this.bodySink = sink;
    if (this.bodyDone) sink.bodyEnd(undefined);
    else this.#session.bodyWanted();
  }

  pauseBody(): void {
    this.bodyPaused = true;
    this.#session.pauseReading();
  }

  resumeBody(): void {
    if (!this.bodyPaused) return;
    this.bodyPaused = false;
    this.#session.bodyWanted();
  }

  /** Sends an interim answer, but never to an HTTP/1.0 client (RFC 9110 §15.2). */
  inform(status: number, reason: string, fields: Fields): void {
    if (this.head.version < 11 || this.status !== 0) return;
    this.#text(writeResponseHead(status, reason, fields));
    this.#session.output.flush();
    if (status !== 100 || !this.awaitsContinue) return;
    this.awaitsContinue = false;
    this.#session.continued();
  }

  respond(status: number, reason: string, fields: Fields, bodyLength: number): void {
    this.status = status;
    this.#sentBefore = this.bytesSent;
    const framing = this.#frame(bodyLength);
    const own = this.#session.ownField;
    const line = own === undefined || fields.has(own.key) ? "" : own.line;
    this.#text(writeResponseHead(status, reason, fields, framing, line + this.#connectionLine()));
  }

  respondPlain(status: number, head: string, bodyLength: number): void {
    this.status = status;
    this.#sentBefore = this.bytesSent;
    this.#left = bodyLength;
    const own = this.#session.ownField;
    const line = own === undefined || own.present.test(head) ? "" : own.line;
    const last = line + this.#connectionLine();
    this.#text(last === "" ? `${head}\r\n` : `${head}${last}\r\n`);
  }

  /** Forgets the answer so far, but leaves `keepAlive` as that answer has set it. */
  takeBack(): boolean {
    if (this.status === 0) return true;
    if (this.#sentBefore === LEFT || this.responseEnded) return false;
    this.#session.output.drop();
    this.status = 0;
    this.bytesSent = this.#sentBefore;
    this.#sentBefore = LEFT;
    this.#left = 0;
    this.#bodiless = false;
    this.#chunked = false;
    this.#chunk = undefined;
    return true;
  }

  /** Returns the Connection line of the answer; "" when the client would assume the same without that line. */
  #connectionLine(): string {
    // When the answer comes before the end of the request, the client may stop sending its body. Then the next request
    // could not be distinguished from the rest of that body, so the connection is closed (RFC 9112 §9.6, RFC 9110
    // §10.1.1).
    if (!this.keepAlive || this.#session.draining || !this.bodyDone) {
      this.keepAlive = false;
      return "Connection: close\r\n";
    }
    return this.head.version === 10 ? "Connection: keep-alive\r\n" : "";
  }

  switchProtocols(
    reason: string,
    fields: Fields,
    receive: (chunk: Buffer) => void,
    ended: () => void,
  ): void {
    this.status = 101;
    this.keepAlive = false;
    this.#text(writeResponseHead(101, reason, fields));
    this.#session.output.flush();
    this.#session.tunnel(receive, ended);
  }

  get tunnelTimeouts(): TunnelTimeouts {
    return this.#session.tunnelTimeouts;
  }

  set tunnelDeadline(at: number) {
    this.#session.tunnelDeadline = at;
  }

  writeTunnel(chunk: Buffer): boolean {
    this.bytesSent += chunk.length;
    this.#session.output.bytes(chunk);
    return this.#session.output.flush();
  }

  pauseTunnel(): void {
    this.#session.pauseReading();
  }

  resumeTunnel(): void {
    this.#session.bodyWanted();
  }

  halfCloseTunnel(): void {
    this.#session.halfClose();
  }

  endTunnel(): void {
    if (this.responseEnded) return;
    this.responseEnded = true;
    this.#session.responseEnded(this);
  }

  answer(status: number, reason: string, fields: Fields, body: Buffer): void {
    if (!this.bodyDone) this.keepAlive = false;
    if (this.head.method === "HEAD" && status !== 204) {
      fields.add("Content-Length", String(body.length));
    }
    this.respond(status, reason, fields, body.length);
    if (body.length > 0) this.write(body);
    this.end();
  }

  write(chunk: Buffer): void {
    if (this.#bodiless || chunk.length === 0) return;
    this.bytesSent += chunk.length;
    if (this.#chunked) {
      this.#chunk ??= new ChunkBeingMade();
      this.#chunk.add(chunk);
    } else {
      this.#left -= chunk.length;
      this.#session.output.bytes(chunk);
    }
  }

  writeText(text: string): void {
    this.#left -= text.length;
    this.#text(text);
  }

  /**
   * Returns whether the client should be sending its body now: the body is being read, and the client is not waiting
   * for a 100.
   */
  get owesBody(): boolean {
    return this.readsBody && !(this.awaitsContinue && this.bytesReceived === 0);
  }

  /**
   * Returns whether the body of the request is being read: it has a sink, it is not complete, and it is not paused.
   */
  get readsBody(): boolean {
    return this.bodySink !== undefined && !this.bodyDone && !this.bodyPaused;
  }

  get settled(): boolean {
    return this.#session.output.settled;
  }

  /** Returns whether only the end of the connection shows the client where the answer ends. */
  get untilClose(): boolean {
    return this.#left === Number.POSITIVE_INFINITY;
  }

  flush(): boolean {
    this.#sentBefore = LEFT;
    this.#endChunk();
    const ready = this.#session.output.flush();
    if (!ready) this.#session.clientSlow();
    return ready;
  }

  end(trailers?: Fields): void {
    if (this.responseEnded) return;
    if (!this.#chunked && !this.#bodiless && this.#left !== 0 && Number.isFinite(this.#left)) {
      this.truncate();
      return;
    }
    this.#endChunk();
    if (this.#chunked && !this.#bodiless) this.#text(lastChunk(trailers));
    this.#session.output.flush();
    this.responseEnded = true;
    this.#session.responseEnded(this);
  }

  endConnection(): void {
    this.keepAlive = false;
  }

  holdNext(): void {
    this.#session.holdsNext = true;
  }

  releaseNext(): void {
    this.#session.holdsNext = false;
    if (this.responseEnded) this.#session.bodyWanted();
  }

  truncate(): void {
    if (this.responseEnded) return;
    this.responseEnded = true;
    this.keepAlive = false;
    this.#session.truncate();
  }

  #endChunk(): void {
    if (this.#chunk !== undefined) this.bytesSent += this.#chunk.writeTo(this.#session.output);
  }

  /**
   * Returns how the body is framed: a number of bytes, CHUNKED or UNTIL_CLOSE. Undefined = no body is sent; a
   * Content-Length in the fields of the answer then says how long the body would be.
   */
  #frame(bodyLength: number): number | undefined {
    this.#bodiless = this.head.method === "HEAD" || this.status === 204 || this.status === 304;
    this.#left = this.#bodiless ? 0 : bodyLength;
    if (this.#bodiless) return undefined;
    if (bodyLength >= 0) return bodyLength;
    if (this.head.version >= 11) {
      this.#chunked = true;
      return CHUNKED;
    }
    this.#left = Number.POSITIVE_INFINITY;
    this.keepAlive = false;
    return UNTIL_CLOSE;
  }

  #text(text: string): void {
    this.#session.output.text(text);
    this.bytesSent += text.length;
  }
}
