// Decodes the body of a message (RFC 9112 6.3, 7.1). A body has a known length, comes in chunks, or lasts until the
// connection closes. The sink gets slices of the bytes that were read, because the decoder neither copies nor keeps
// bytes of the body.
import type { BodySink } from "../exchange/body-sink.ts";
import { Fields } from "../message/fields.ts";
import { CHUNKED, UNTIL_CLOSE } from "../message/head.ts";
import { malformed, ProtocolFailure, type Sender } from "../message/protocol-failure.ts";
import { dropForbiddenTrailers } from "../message/trailers.ts";
import { CR, LF } from "../text/chars.ts";
import { ChunkLine } from "./chunk-line.ts";
import { DEFAULT_LIMITS, type HeadLimits } from "./limits.ts";
import { parseFields } from "./parse-fields.ts";
import { SectionReader } from "./section-reader.ts";

const DONE = 0;
const COUNTED = 1;
const OPEN_ENDED = 2;
const CHUNK_LINE = 3;
const CHUNK_DATA = 4;
const CHUNK_CR = 5;
const CHUNK_LF = 6;
const TRAILERS = 7;
const FAILED = 8;

const NO_SINK: BodySink = { bodyData() {}, bodyEnd() {} };

/** Decodes the bodies of one connection, one after the other. */
export class BodyDecoder {
  /**
   * Set when the bytes are not a valid body of the announced kind; undefined otherwise. Once it is set, the connection
   * cannot be used any more.
   */
  failure: ProtocolFailure | undefined;
  readonly #limits: HeadLimits;
  readonly #sender: Sender;
  readonly #line: ChunkLine;
  #trailers: SectionReader | undefined;
  #sink: BodySink;
  #state: number;
  #left: number;

  /**
   * @param limits the limits of the trailer section
   * @param sender the side that sends the bodies; a refused body gets status 400 or 431 from a client, 502 from a
   * server
   */
  constructor(limits: HeadLimits = DEFAULT_LIMITS, sender: Sender = "client") {
    this.failure = undefined;
    this.#limits = limits;
    this.#sender = sender;
    this.#line = new ChunkLine(sender);
    this.#trailers = undefined;
    this.#sink = NO_SINK;
    this.#state = DONE;
    this.#left = 0;
  }

  /**
   * Prepares for a body of `bodyLength`: a number of bytes, CHUNKED or UNTIL_CLOSE. `start` itself does not call the
   * sink. So even a body of length 0 ends only in the next call of `decode`, which may be a call without bytes.
   */
  start(bodyLength: number, sink: BodySink): void {
    this.failure = undefined;
    this.#sink = sink;
    this.#trailers = undefined;
    this.#left = bodyLength;
    if (bodyLength === CHUNKED) {
      this.#line.restart();
      this.#state = CHUNK_LINE;
    } else this.#state = bodyLength === UNTIL_CLOSE ? OPEN_ENDED : COUNTED;
  }

  /**
   * Decodes bytes from `offset` on. Returns the index just after the last byte of this body, or chunk.length
   * while the body is incomplete. After a call that sets `failure` all further bytes are ignored.
   */
  decode(chunk: Buffer, offset: number): number {
    if (this.#state === COUNTED) return this.#counted(chunk, offset);
    if (this.#state === OPEN_ENDED) {
      if (offset < chunk.length) this.#sink.bodyData(slice(chunk, offset, chunk.length));
      return chunk.length;
    }
    let i = offset;
    // The trailer section ends the body. Then the sink's `bodyEnd` may call `start` for the next body at once, and the
    // state is no longer DONE. So the loop does not rely on the state: it returns right after the trailer section, and
    // the next call of `decode` reads the next body.
    while (i < chunk.length && this.#state !== DONE) {
      if (this.#state === CHUNK_DATA) i = this.#chunkData(chunk, i);
      else if (this.#state === CHUNK_LINE) i = this.#chunkLine(chunk, i);
      else if (this.#state === TRAILERS) return this.#trailerSection(chunk, i);
      else if (this.#state === FAILED) return chunk.length;
      else i = this.#chunkEnd(chunk, i);
    }
    return i;
  }

  /**
   * Called when the connection has ended. Returns true when the body is complete; if the body lasts until close, calls
   * `bodyEnd`. Returns false when the body is truncated; the caller must then not pass it on as a complete body.
   */
  eof(): boolean {
    if (this.#state === OPEN_ENDED) this.#finish(undefined);
    return this.#state === DONE;
  }

  #counted(chunk: Buffer, offset: number): number {
    const end = Math.min(offset + this.#left, chunk.length);
    this.#left -= end - offset;
    const last = this.#left === 0;
    const sink = this.#sink;
    if (last) {
      this.#state = DONE;
      this.#sink = NO_SINK;
    }
    if (end > offset) sink.bodyData(slice(chunk, offset, end));
    if (last) sink.bodyEnd(undefined);
    return end;
  }

  #chunkLine(chunk: Buffer, offset: number): number {
    const line = this.#line;
    const next = line.read(chunk, offset);
    if (next < 0) {
      if (line.failure !== undefined) this.#fail(line.failure);
      return chunk.length;
    }
    this.#left = line.size;
    this.#state = line.size === 0 ? TRAILERS : CHUNK_DATA;
    line.next();
    return next;
  }

  #chunkData(chunk: Buffer, offset: number): number {
    const end = Math.min(offset + this.#left, chunk.length);
    this.#left -= end - offset;
    if (this.#left === 0) this.#state = CHUNK_CR;
    this.#sink.bodyData(slice(chunk, offset, end));
    return end;
  }

  #chunkEnd(chunk: Buffer, at: number): number {
    if (chunk[at] === (this.#state === CHUNK_CR ? CR : LF)) {
      this.#state = this.#state === CHUNK_CR ? CHUNK_LF : CHUNK_LINE;
      return at + 1;
    }
    this.#fail(
      new ProtocolFailure(
        "chunk-without-end",
        malformed(this.#sender),
        "A chunk is not followed by CRLF",
      ),
    );
    return chunk.length;
  }

  #trailerSection(chunk: Buffer, offset: number): number {
    this.#trailers ??= new SectionReader(Number.POSITIVE_INFINITY, this.#limits.head, this.#sender);
    const next = this.#trailers.read(chunk, offset);
    if (next < 0) {
      if (this.#trailers.failure !== undefined) this.#fail(this.#trailers.failure);
      return chunk.length;
    }
    const text = this.#trailers.text;
    if (text === "") {
      this.#finish(undefined);
      return next;
    }
    const trailers = new Fields(text);
    const parsed = parseFields(text, 0, trailers, this.#limits.fields, this.#sender);
    if (parsed instanceof ProtocolFailure) {
      this.#fail(parsed);
      return chunk.length;
    }
    dropForbiddenTrailers(trailers);
    this.#finish(trailers.length > 0 ? trailers : undefined);
    return next;
  }

  #finish(trailers: Fields | undefined): void {
    const sink = this.#sink;
    this.#state = DONE;
    this.#sink = NO_SINK;
    this.#trailers = undefined;
    sink.bodyEnd(trailers);
  }

  #fail(failure: ProtocolFailure): void {
    this.failure = failure;
    this.#state = FAILED;
    this.#sink = NO_SINK;
  }
}

function slice(chunk: Buffer, from: number, to: number): Buffer {
  return from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to);
}
