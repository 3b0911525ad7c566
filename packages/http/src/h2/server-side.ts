// A server's side of a connection: streams of the client become requests (RFC 9113 §8.1).
import type { RequestLimits } from "../h1/limits.ts";
import type { Fields } from "../message/fields.ts";
import { CHUNKED, RequestHead } from "../message/head.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { H2Connection } from "./connection.ts";
import { H2Failure, REFUSED_STREAM } from "./error-code.ts";
import { closedFault, protocolFault } from "./faults.ts";
import type { ByteSink } from "./frame-output.ts";
import { type HeadFields, malformed } from "./head-fields.ts";
import type { H2Limits } from "./limits.ts";
import { CLIENT_PREFACE } from "./preface.ts";
import { requestHead } from "./request-head.ts";
import { trailerFields } from "./response-head.ts";
import { SectionMemory } from "./section-memory.ts";
import {
  ENABLE_CONNECT_PROTOCOL,
  INITIAL_WINDOW_SIZE,
  MAX_CONCURRENT_STREAMS,
  MAX_HEADER_LIST_SIZE,
} from "./settings.ts";
import type { Side } from "./side.ts";
import type { H2Stream } from "./stream.ts";

/** Fields about connections of HTTP/1.1, which must not be sent (§8.2.2). */
const HTTP1_ONLY = new Set(
  "connection keep-alive proxy-connection transfer-encoding upgrade".split(" "),
);

/** Gets the requests of a client. */
export interface RequestSink {
  /** Gets a request. Set the stream's listener before returning. */
  request(stream: H2Stream, head: RequestHead): void;
  /** Gets a request that is refused. `stream` takes the answer; undefined when the request gets none. */
  refused(failure: ProtocolFailure | H2Failure, stream: H2Stream | undefined): void;
  /** Called for each RST_STREAM: one of the client that ended a stream, or one of ours. */
  reset?(by: "peer" | "own", code: number): void;
  /** Called when a stream is over and its answer, if any, was written. */
  streamClosed(stream: H2Stream): void;
  /** Called once, when the connection is over. */
  over(failure: H2Failure): void;
}

export class ServerSide implements Side {
  readonly connection: H2Connection;
  readonly #sink: RequestSink;
  readonly #limits: RequestLimits;
  readonly #memory = new SectionMemory();
  /** The highest stream that the client has opened, refused ones included. */
  #lastSeen = 0;
  #opened = 0;

  constructor(out: ByteSink, sink: RequestSink, limits: RequestLimits, h2: H2Limits, now: number) {
    this.#sink = sink;
    this.#limits = limits;
    const connect = h2.connectProtocol ? ([[ENABLE_CONNECT_PROTOCOL, 1]] as const) : [];
    this.connection = new H2Connection(out, this, {
      limits: h2,
      heads: limits,
      settings: [
        [MAX_CONCURRENT_STREAMS, h2.streams],
        [INITIAL_WINDOW_SIZE, h2.streamWindow],
        [MAX_HEADER_LIST_SIZE, limits.head],
        ...connect,
      ],
      sends: "",
      expects: CLIENT_PREFACE,
      now,
    });
  }

  /**
   * Writes an interim answer, or the head of the final one. `ends`: no body follows.
   * @param length a number of bytes, or CHUNKED when it is not known. Undefined = no body is sent; a Content-Length in
   * `fields` then says how long the body would be.
   */
  respond(
    stream: H2Stream,
    status: number,
    fields: Fields,
    length: number | undefined,
    ends: boolean,
  ): void {
    if (stream.closed) return;
    const { connection } = this;
    const out = connection.output.buffer;
    const begun = connection.beginHead();
    const { encoder } = connection;
    encoder.field(out, ":status", String(status));
    // Interim answers and 204 never say a length (RFC 9110 §8.6).
    const stated = status < 200 || status === 204 ? CHUNKED : length;
    for (let i = 0; i < fields.length; i++) {
      const key = fields.keys[i] as string;
      if (HTTP1_ONLY.has(key)) continue;
      if (key !== "content-length" || stated === undefined)
        encoder.field(out, key, fields.value(i));
    }
    if (stated !== undefined && stated >= 0) encoder.field(out, "content-length", String(stated));
    connection.endHead(begun, stream, ends);
  }

  head(
    id: number,
    stream: H2Stream | undefined,
    head: HeadFields,
    ends: boolean,
  ): H2Failure | undefined {
    if (stream !== undefined) return this.#trailers(stream, head, ends);
    const { connection } = this;
    if (id % 2 === 0) return protocolFault("even-stream", `A client opened stream ${id}`);
    if (!this.isIdle(id)) return closedFault("HEADERS on a stream that is closed");
    this.#lastSeen = id;
    const { streams, totalStreams } = connection.limits;
    if (++this.#opened >= totalStreams) connection.control.drain();
    // A client that goes on, and does not answer the PING of the drain, is refused too.
    const late = connection.control.draining === "last" || this.#opened > totalStreams + streams;
    if (!late) connection.lastPeerStream = id;
    if (late || connection.streams.size >= streams) {
      return connection.refuse(id, REFUSED_STREAM, "stream-flood");
    }
    if (head.pseudo(":protocol") !== undefined && !connection.limits.connectProtocol) {
      head.malformed ??= malformed("unknown-pseudo-field", "Extended CONNECT is not enabled");
    }
    const request = requestHead(head, ends, this.#limits, this.#memory);
    if (request instanceof RequestHead) {
      const length = request.upgrade === undefined ? request.bodyLength : -1;
      this.#sink.request(connection.open(id, length, ends), request);
      return undefined;
    }
    if (!(request instanceof ProtocolFailure)) {
      this.#sink.refused(request, undefined);
      return connection.refuse(id, request.code, "bad-request-flood");
    }
    this.#sink.refused(request, connection.open(id, -1, ends));
    return connection.earlyEnd("bad-request-flood");
  }

  isIdle(id: number): boolean {
    return id % 2 === 0 || id > this.#lastSeen;
  }

  ignoresClosed(): boolean {
    return false;
  }

  answered(stream: H2Stream): boolean {
    return stream.localDone;
  }

  reset(by: "peer" | "own", code: number): void {
    this.#sink.reset?.(by, code);
  }

  streamClosed(stream: H2Stream): void {
    this.#sink.streamClosed(stream);
  }

  /** A client that goes away opens no more streams; those that are open are served. */
  goaway(): void {
    this.connection.control.drain();
  }

  over(failure: H2Failure): void {
    this.#sink.over(failure);
  }

  #trailers(stream: H2Stream, head: HeadFields, ends: boolean): H2Failure | undefined {
    const { connection } = this;
    if (stream.remoteDone) return connection.streamError(stream, closedFault("A second head"));
    if (!ends) {
      const failure = malformed("open-trailers", "Trailers that do not end their stream");
      return connection.streamError(stream, failure);
    }
    const trailers = trailerFields(head);
    if (trailers instanceof H2Failure) return connection.streamError(stream, trailers);
    return connection.remoteEnded(stream, trailers);
  }
}
