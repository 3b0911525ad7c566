// Our side of a connection to a server. It sends one request at a time, parses the answer as strictly as a client's
// request, and decides whether the connection may carry another request (RFC 9112 §9.3, §6.3).
import type { BodySink } from "../exchange/body-sink.ts";
import { BodyDecoder } from "../h1/body-decoder.ts";
import { HeadReader } from "../h1/head-reader.ts";
import type { HeadLimits } from "../h1/limits.ts";
import { parseResponseHead } from "../h1/parse-response.ts";
import { lastChunk } from "../h1/serializer.ts";
import type { Fields } from "../message/fields.ts";
import { CHUNKED, ResponseHead, UNTIL_CLOSE } from "../message/head.ts";
import { malformed, ProtocolFailure } from "../message/protocol-failure.ts";
import { latin1 } from "../text/latin1.ts";
import type { ByteStream } from "./byte-stream.ts";
import { ChunkBeingMade } from "./chunk-being-made.ts";
import { Output } from "./output.ts";

/**
 * Gets the answer to one request. The methods are called in this order: informed (any number of
 * times), responded, bodyText (once) or bodyData (any number of times), then bodyEnd. `failed` may
 * come in place of any of these calls.
 */
export interface ResponseListener extends BodySink {
  /** Gets the head of an interim answer other than 101. */
  informed(head: ResponseHead): void;
  /** Gets the head of the final answer, or of a 101. */
  responded(head: ResponseHead): void;
  /**
   * Gets the whole body as text of one character per byte. Called instead of bodyData when the body came with its
   * head.
   */
  bodyText(text: string): void;
  /**
   * Called when the answer cannot be completed. `failure` says how the server broke the protocol; undefined = the
   * server closed the connection. This is the last call.
   */
  failed(failure: ProtocolFailure | undefined): void;
  /** Called when the server has taken all bytes that were written. */
  serverDrained(): void;
}

/** How many interim answers a server may send before one final answer. With more, the server counts as broken. */
const MAX_INTERIM = 64;
const TOO_MANY_INTERIM = new ProtocolFailure(
  "too-many-interim-answers",
  malformed("server"),
  `More than ${MAX_INTERIM} interim answers`,
);

/** An answer with a body of at least this many bytes counts as large (see `bulk`). */
const BULK = 16 * 1024;

export class ServerSession implements BodySink {
  /** How many requests were sent on this connection so far. */
  requests = 0;
  /** Whether any byte of the current answer has come. */
  answered = false;
  readonly #stream: ByteStream;
  readonly #limits: HeadLimits;
  readonly #output: Output;
  readonly #chunk = new ChunkBeingMade();
  readonly #reader: HeadReader;
  readonly #decoder: BodyDecoder;
  /** A head of at most this many bytes exceeds neither `requestLine` nor `head` of the limits. */
  readonly #surelyWithin: number;
  #listener: ResponseListener | undefined = undefined;
  /** The head of an earlier answer, with its empty line. An answer with the same head need not be parsed again. */
  #knownText = "";
  #known: ResponseHead | undefined = undefined;
  #bulky = false;
  #method = "";
  #chunkedRequest = false;
  #requestDone = true;
  #inBody = false;
  #interim = 0;
  #keepAlive = true;
  #broken = false;
  #tunnel: ((chunk: Buffer) => void) | undefined = undefined;

  constructor(stream: ByteStream, limits: HeadLimits) {
    this.#stream = stream;
    this.#limits = limits;
    this.#surelyWithin = Math.min(limits.requestLine, limits.head);
    this.#output = new Output(stream);
    this.#reader = new HeadReader(limits, "server");
    this.#decoder = new BodyDecoder(limits, "server");
  }

  /**
   * Returns whether the connection may carry another request: the last request and its answer are complete, the server
   * keeps the connection open, and the connection was not given up (because of a fault, or by `abandon` or `tunnel`).
   */
  get reusable(): boolean {
    return this.#listener === undefined && this.#requestDone && this.#keepAlive && !this.#broken;
  }

  /**
   * Returns whether a body is being received, or the last answer had a large body. Then the next
   * read should go into memory that only this connection uses, so that its bytes need not be
   * copied.
   */
  get bulk(): boolean {
    return this.#inBody || this.#bulky;
  }

  /** Returns whether no body of an answer is being received. */
  get resting(): boolean {
    return !this.#inBody;
  }

  /** Returns whether everything that was written to the server has left. */
  get settled(): boolean {
    return this.#output.settled;
  }

  /**
   * Starts a request. `head` ends with its empty line, and `bodyLength` says how the body is framed. The head is sent
   * at once if there is no body; otherwise it leaves at `flush` or `endBody`.
   */
  send(method: string, head: string, bodyLength: number, listener: ResponseListener): void {
    this.requests += 1;
    this.answered = false;
    this.#listener = listener;
    this.#method = method;
    this.#chunkedRequest = bodyLength === CHUNKED;
    this.#requestDone = bodyLength === 0;
    this.#inBody = false;
    this.#interim = 0;
    this.#output.text(head);
    if (this.#requestDone) this.#output.flush();
  }

  /** Adds bytes of the request body. They leave at `flush` or `endBody`. */
  write(chunk: Buffer): void {
    if (this.#chunkedRequest) this.#chunk.add(chunk);
    else this.#output.bytes(chunk);
  }

  /** Sends everything that was added. Returns false when the server is slow: wait for `serverDrained`. */
  flush(): boolean {
    this.#chunk.writeTo(this.#output);
    return this.#output.flush();
  }

  endBody(trailers: Fields | undefined): void {
    if (this.#requestDone) return;
    this.#chunk.writeTo(this.#output);
    if (this.#chunkedRequest) this.#output.text(lastChunk(trailers));
    this.#output.flush();
    this.#requestDone = true;
  }

  /** Takes bytes from the server, in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void {
    const head = this.#wholeAnswer(memory, length);
    const listener = this.#listener;
    if (head === undefined || listener === undefined) {
      this.receive(Buffer.from(memory.subarray(0, length))); // a copy, because the answer may wait for a slow client
      return;
    }
    const { bodyLength } = head;
    this.answered = true;
    this.#bulky = false;
    this.#keepAlive = head.keepAlive;
    this.#inBody = true;
    listener.responded(head);
    if (this.#listener !== listener) return; // the listener has abandoned the answer
    if (bodyLength > 0) {
      listener.bodyText(latin1(memory, length - bodyLength, length));
    }
    this.bodyEnd(undefined);
  }

  /** Takes bytes from the server. */
  receive(chunk: Buffer): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel(chunk);
      return;
    }
    let offset = 0;
    while (offset < chunk.length && !this.#broken) {
      if (this.#listener === undefined) {
        this.#broken = true; // bytes without a request must never be taken for an answer (RFC 9112 §6.3)
        this.#stream.destroy();
      } else if (this.#inBody) offset = this.#readBody(chunk, offset);
      else offset = this.#readHead(chunk, offset);
    }
  }

  drained(): void {
    this.#listener?.serverDrained();
  }

  /**
   * Called when the server has ended the connection. `orderly` is false when the connection was
   * reset.
   */
  closed(orderly: boolean): void {
    const listener = this.#listener;
    const clean = orderly && this.#inBody && this.#decoder.eof();
    this.#keepAlive = false;
    if (clean) return;
    this.#broken = true;
    this.#listener = undefined;
    listener?.failed(undefined);
  }

  /** Stops reading the answer. The connection must not be used again. */
  abandon(): void {
    this.#listener = undefined;
    this.#broken = true;
  }

  /**
   * Called after a 101. From then on `receive` gets all bytes that the server sends. The caller writes bytes for the
   * server to the socket itself, because `write` takes only bytes of a request body.
   */
  tunnel(receive: (chunk: Buffer) => void): void {
    this.#tunnel = receive;
    this.#listener = undefined;
    this.#broken = true;
    this.#bulky = false; // the size of an earlier answer says nothing about the tunnel
  }

  bodyData(chunk: Buffer): void {
    this.#listener?.bodyData(chunk);
  }

  bodyEnd(trailers: Fields | undefined): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#inBody = false;
    listener?.bodyEnd(trailers);
  }

  /** Returns the final head if the bytes are exactly one whole answer with a known length; otherwise undefined. */
  #wholeAnswer(memory: Buffer, length: number): ResponseHead | undefined {
    const fresh = !this.#inBody && !this.#broken && !this.#reader.started;
    if (this.#listener === undefined || !fresh || this.#method === "CONNECT") return undefined;
    const known = this.#known;
    if (known !== undefined && this.#method !== "HEAD") {
      const bytes = this.#knownText.length;
      if (length === bytes + known.bodyLength) {
        if (latin1(memory, 0, bytes) === this.#knownText) return known;
      }
    }
    const end = memory.indexOf("\r\n\r\n", 0, "latin1");
    if (end < 0 || end + 4 > length || end + 2 > this.#surelyWithin) return undefined;
    const text = latin1(memory, 0, end + 2);
    const head = parseResponseHead(text, this.#limits, this.#method);
    // Any other answer is left to `receive`, which parses it again and refuses it if it is malformed.
    if (!(head instanceof ResponseHead) || head.status < 200) return undefined;
    if (head.bodyLength !== length - end - 4) return undefined;
    if (this.#method !== "HEAD") {
      this.#known = head;
      this.#knownText = `${text}\r\n`;
    }
    return head;
  }

  #readHead(chunk: Buffer, offset: number): number {
    this.answered = true;
    const next = this.#reader.read(chunk, offset);
    if (this.#reader.failure !== undefined) return this.#fail(this.#reader.failure, chunk);
    if (next < 0) return chunk.length;
    const head = parseResponseHead(this.#reader.text, this.#limits, this.#method);
    this.#reader.reset();
    if (!(head instanceof ResponseHead)) return this.#fail(head, chunk);
    if (head.status === 101) {
      const rest = chunk.subarray(next);
      this.#listener?.responded(head);
      if (rest.length > 0) this.#tunnel?.(rest);
      return chunk.length;
    }
    if (head.status < 200) {
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM) return this.#fail(TOO_MANY_INTERIM, chunk);
      this.#listener?.informed(head);
      return next;
    }
    this.#final(head);
    return next;
  }

  #final(head: ResponseHead): void {
    this.#keepAlive = head.keepAlive && head.bodyLength !== UNTIL_CLOSE;
    this.#inBody = true;
    this.#bulky = head.bodyLength >= BULK;
    this.#decoder.start(head.bodyLength, this);
    this.#listener?.responded(head);
    if (head.bodyLength === 0 && this.#inBody) this.bodyEnd(undefined);
  }

  #readBody(chunk: Buffer, offset: number): number {
    const next = this.#decoder.decode(chunk, offset);
    if (this.#decoder.failure !== undefined) return this.#fail(this.#decoder.failure, chunk);
    return next;
  }

  #fail(failure: ProtocolFailure, chunk: Buffer): number {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#broken = true;
    listener?.failed(failure);
    return chunk.length;
  }
}
