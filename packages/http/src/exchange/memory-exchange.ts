// An exchange without a connection. The caller provides the request's head and body, and a sink that receives the
// answer and may be slow. It is meant for requests that come from no client (a cache that revalidates, a sub-request),
// and for tests.
import type { Fields } from "../message/fields.ts";
import type { RequestHead } from "../message/head.ts";
import type { AnswerSink } from "./answer-sink.ts";
import type { BodySink } from "./body-sink.ts";
import {
  type AbortCause,
  type Exchange,
  type ExchangeListener,
  NO_LISTENER,
  type TunnelTimeouts,
} from "./exchange.ts";
import { QueuedBody } from "./queued-body.ts";

export interface MemoryRequest {
  readonly head: RequestHead;
  /** How many bytes the head took on a connection; 0 or absent when the head came on no connection. */
  readonly headBytes?: number;
  /**
   * The whole body. Absent when the head announces no body, or when the body comes later through
   * `feed` and `endBody`.
   */
  readonly body?: Buffer;
  readonly sink: AnswerSink;
  /** Returns the time in milliseconds on the handler's clock. */
  readonly now: () => number;
}

/** The head of an answer, kept until it leaves. */
interface AnswerHead {
  readonly status: number;
  readonly reason: string;
  readonly fields: Fields;
  readonly bodyLength: number;
}

const NEVER = { tunnel: Number.POSITIVE_INFINITY, clientFin: Number.POSITIVE_INFINITY };

export class MemoryExchange implements Exchange {
  readonly head: RequestHead;
  readonly startedAt: number;
  readonly headAt: number;
  listener: ExchangeListener = NO_LISTENER;
  readonly headBytes: number;
  status = 0;
  bytesSent = 0;
  responseEnded = false;
  readonly #sink: AnswerSink;
  readonly #body: QueuedBody;
  #answerHead: AnswerHead | undefined = undefined;
  /** Parts of the answer's body that were not flushed yet. */
  #chunks: Buffer[] = [];
  /** How many bytes of the answer's announced length were not written yet; Infinity when no length was announced. */
  #left = 0;
  #bodiless = false;
  #slow = false;
  #tunnel: QueuedBody | undefined = undefined;

  constructor({ head, headBytes = 0, body, sink, now }: MemoryRequest) {
    this.head = head;
    this.headBytes = headBytes;
    this.#sink = sink;
    this.startedAt = now();
    this.headAt = this.startedAt;
    this.#body = new QueuedBody(head.bodyLength);
    // What a client sends before its protocol is switched belongs to the tunnel.
    if (head.upgrade !== undefined) this.#tunnel = new QueuedBody(Number.POSITIVE_INFINITY);
    if (body === undefined) return;
    this.feed(body);
    this.endBody();
  }

  // There is no client. The owner of the exchange plays one by calling the methods up to `abort`.

  /** Adds bytes of the request's body, or of the tunnel. If they have to wait for the handler, they are copied. */
  feed(chunk: Buffer): void {
    if (!this.responseEnded) (this.#tunnel ?? this.#body).feed(chunk);
  }

  endBody(trailers?: Fields): void {
    if (!this.responseEnded) this.#body.end(trailers);
  }

  /** Called when the sink of the answer takes bytes again, after its `data` has returned false. */
  drained(): void {
    if (!this.#slow) return;
    this.#slow = false;
    if (!this.responseEnded) this.listener.drained();
  }

  /** Called when the client has sent everything it will send. */
  halfClose(): void {
    if (this.responseEnded) return;
    this.#tunnel?.end(undefined);
    if (this.status === 101) return; // the receiver of the tunnel is told
    if (this.bodyDone) this.listener.halfClosed();
    else this.abort("client-closed");
  }

  /** Called when the client is gone, or when the exchange must end early for another cause. */
  abort(cause: AbortCause): void {
    if (this.responseEnded) return;
    this.#over();
    this.listener.aborted(cause);
  }

  // The methods up to `resumeBody` implement the part of Exchange that reads the request.

  get bytesReceived(): number {
    return this.#body.bytes;
  }

  get bodyDone(): boolean {
    return this.#body.done;
  }

  get bodyPaused(): boolean {
    return this.#body.paused;
  }

  readBody(sink: BodySink): void {
    this.#body.read(sink);
  }

  pauseBody(): void {
    this.#body.pause();
  }

  resumeBody(): void {
    this.#body.resume();
  }

  // The methods up to `truncate` implement the part of Exchange that gives the answer.

  inform(status: number, reason: string, fields: Fields): void {
    if (this.status === 0 && this.head.version >= 11) this.#sink.informed?.(status, reason, fields);
  }

  respond(status: number, reason: string, fields: Fields, bodyLength: number): void {
    this.status = status;
    this.#bodiless = this.head.method === "HEAD" || status === 204 || status === 304;
    const length = this.#bodiless ? 0 : bodyLength;
    this.#left = length >= 0 ? length : Number.POSITIVE_INFINITY;
    this.#answerHead = { status, reason, fields, bodyLength: length };
  }

  takeBack(): boolean {
    if (this.status === 0) return true;
    if (this.#answerHead === undefined || this.responseEnded) return false;
    for (const chunk of this.#chunks) this.bytesSent -= chunk.length;
    this.#chunks = [];
    this.#answerHead = undefined;
    this.status = 0;
    return true;
  }

  write(chunk: Buffer): void {
    if (this.#bodiless || chunk.length === 0) return;
    this.#left -= chunk.length;
    this.bytesSent += chunk.length;
    this.#chunks.push(chunk);
  }

  writeText(text: string): void {
    this.write(Buffer.from(text, "latin1"));
  }

  get settled(): boolean {
    return this.#chunks.length === 0;
  }

  flush(): boolean {
    const head = this.#answerHead;
    this.#answerHead = undefined;
    if (head !== undefined) {
      this.#sink.responded(head.status, head.reason, head.fields, head.bodyLength);
    }
    for (const chunk of this.#chunks.splice(0)) this.#send(chunk);
    return !this.#slow;
  }

  /** Whether trailers may follow a body of announced length, which HTTP/1.1 allows only behind chunks. */
  protected get endsWithTrailers(): boolean {
    return false;
  }

  end(trailers?: Fields): void {
    if (this.responseEnded) return;
    if (Number.isFinite(this.#left) && this.#left !== 0) {
      this.truncate();
      return;
    }
    this.flush();
    this.#over();
    this.#sink.ended(this.#left === 0 && !this.endsWithTrailers ? undefined : trailers);
  }

  answer(status: number, reason: string, fields: Fields, body: Buffer): void {
    if (this.head.method === "HEAD" && status !== 204) {
      fields.add("Content-Length", String(body.length));
    }
    this.respond(status, reason, fields, body.length);
    this.write(body);
    this.end();
  }

  truncate(): void {
    if (this.responseEnded) return;
    this.flush();
    this.#over();
    this.#sink.truncated();
  }

  // These methods do nothing, because there is no connection on which another request could follow.

  endConnection(): void {}
  holdNext(): void {}
  releaseNext(): void {}

  // The methods up to `endTunnel` implement the tunnel after a 101.

  switchProtocols(
    reason: string,
    fields: Fields,
    receive: (chunk: Buffer) => void,
    ended: () => void,
  ): void {
    this.status = 101;
    this.#sink.responded(101, reason, fields, 0);
    this.#tunnel ??= new QueuedBody(Number.POSITIVE_INFINITY);
    this.#tunnel.read({ bodyData: receive, bodyEnd: ended });
  }

  writeTunnel(chunk: Buffer): boolean {
    this.bytesSent += chunk.length;
    this.#send(chunk);
    return !this.#slow;
  }

  /** Returns timeouts that never pass, because a client in memory is never late. */
  get tunnelTimeouts(): TunnelTimeouts {
    return NEVER;
  }

  set tunnelDeadline(_at: number) {}

  pauseTunnel(): void {
    this.#tunnel?.pause();
  }

  resumeTunnel(): void {
    this.#tunnel?.resume();
  }

  halfCloseTunnel(): void {
    this.#sink.ended(undefined);
  }

  endTunnel(): void {
    if (this.responseEnded) return;
    this.#over();
    this.#sink.ended(undefined);
  }

  #send(chunk: Buffer): void {
    if (!this.#sink.data(chunk)) this.#slow = true;
  }

  #over(): void {
    this.responseEnded = true;
    this.#chunks = [];
    this.#body.drop();
    this.#tunnel?.drop();
  }
}
