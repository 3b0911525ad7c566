// A client's side of a connection: requests become streams, and their answers come back on them (RFC 9113 §8.1).
import type { HeadLimits } from "../h1/limits.ts";
import type { Fields } from "../message/fields.ts";
import type { ResponseHead } from "../message/head.ts";
import { H2Connection } from "./connection.ts";
import { CANCEL, H2Failure, REFUSED_STREAM } from "./error-code.ts";
import { closedFault, protocolFault } from "./faults.ts";
import type { ByteSink } from "./frame-output.ts";
import { type HeadFields, malformed } from "./head-fields.ts";
import type { H2Limits } from "./limits.ts";
import { CLIENT_PREFACE } from "./preface.ts";
import { responseHead, trailerFields } from "./response-head.ts";
import { ENABLE_PUSH, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE } from "./settings.ts";
import type { Side } from "./side.ts";
import type { H2Stream, StreamListener } from "./stream.ts";

/** Gets the answer to a request. `informed` may be called before `responded`. */
export interface AnswerListener extends StreamListener {
  informed(head: ResponseHead): void;
  responded(head: ResponseHead): void;
}

/** The request line's parts, and the fields. */
export interface RequestLine {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** The protocol that an extended CONNECT asks for (RFC 8441). */
  readonly protocol?: string;
}

export interface ClientEvents {
  /** Called when the server takes no new requests on this connection, or this connection has no id left for one. */
  goaway(): void;
  /** Called when a stream is over, so that another one may be opened. */
  streamClosed(stream: H2Stream): void;
  /** Called when the connection has ended, after its streams were told. */
  over?(failure: H2Failure): void;
}

/** What is known of a request until its answer is complete. */
interface Asked {
  readonly method: string;
  readonly listener: AnswerListener;
  interim: number;
  answered: boolean;
}

/** Ids end here (§5.1.1). */
const LAST_ID = 0x7fff_ffff;
/** How many interim answers may come before a final one. */
const MAX_INTERIM = 64;

/** The failure of a request that the server has not looked at: it may be sent again, whatever its method (§8.7). */
const NOT_PROCESSED = new H2Failure(
  REFUSED_STREAM,
  "not-processed",
  "The server went away before it processed the request",
);

export class ClientSide implements Side {
  readonly connection: H2Connection;
  readonly #events: ClientEvents;
  readonly #asked = new Map<number, Asked>();
  #next = 1;
  #gone = false;

  constructor(out: ByteSink, events: ClientEvents, heads: HeadLimits, h2: H2Limits, now: number) {
    this.#events = events;
    this.connection = new H2Connection(out, this, {
      limits: h2,
      heads,
      settings: [
        [ENABLE_PUSH, 0],
        [INITIAL_WINDOW_SIZE, h2.streamWindow],
        [MAX_HEADER_LIST_SIZE, heads.head],
      ],
      sends: CLIENT_PREFACE,
      expects: "",
      now,
    });
  }

  /** Whether requests may be sent on this connection, now or when others have ended. */
  get usable(): boolean {
    return !this.#gone && this.connection.failure === undefined && this.#next <= LAST_ID;
  }

  /** Whether another request may be sent now. */
  get available(): boolean {
    const { streams, control } = this.connection;
    return this.usable && streams.size < control.peer.maxConcurrentStreams;
  }

  /**
   * Sends the head of a request. `ends`: no body follows. Call only while `available`. The stream takes the body.
   * @param fields without fields about the connection
   */
  request(line: RequestLine, fields: Fields, ends: boolean, listener: AnswerListener): H2Stream {
    const { connection } = this;
    const id = this.#next;
    this.#next += 2;
    const stream = connection.open(id, -1, false);
    stream.listener = listener;
    stream.headed = false;
    this.#asked.set(id, { method: line.method, listener, interim: 0, answered: false });
    const out = connection.output.buffer;
    const begun = connection.beginHead();
    const { encoder } = connection;
    encoder.field(out, ":method", line.method);
    if (line.protocol !== undefined) encoder.field(out, ":protocol", line.protocol);
    if (line.method !== "CONNECT" || line.protocol !== undefined) {
      encoder.field(out, ":scheme", line.scheme);
      encoder.field(out, ":path", line.path);
    }
    if (line.authority !== "") encoder.field(out, ":authority", line.authority);
    for (let i = 0; i < fields.length; i++) {
      encoder.field(out, fields.keys[i] as string, fields.value(i));
    }
    connection.endHead(begun, stream, ends);
    return stream;
  }

  head(
    id: number,
    stream: H2Stream | undefined,
    head: HeadFields,
    ends: boolean,
  ): H2Failure | undefined {
    const asked = this.#asked.get(id);
    if (stream === undefined || asked === undefined) {
      if (this.isIdle(id)) return protocolFault("idle-stream", `HEADERS on idle stream ${id}`);
      return closedFault("HEADERS on a stream that is closed");
    }
    if (stream.remoteDone) {
      return this.connection.streamError(stream, closedFault("A head behind the end"));
    }
    return asked.answered
      ? this.#trailers(stream, head, ends)
      : this.#answer(stream, asked, head, ends);
  }

  isIdle(id: number): boolean {
    return id % 2 === 0 || id >= this.#next;
  }

  /**
   * Any stream that we have opened: the requests of many clients share a connection, and clients that cancel many of
   * them must not cost the other clients the connection.
   */
  ignoresClosed(id: number): boolean {
    return !this.isIdle(id);
  }

  answered(stream: H2Stream): boolean {
    return stream.remoteDone;
  }

  streamClosed(stream: H2Stream): void {
    this.#asked.delete(stream.id);
    this.#events.streamClosed(stream);
  }

  /** Fails the requests that the server will not process. The others go on. */
  goaway(last: number): void {
    this.#gone = true;
    for (const stream of [...this.connection.streams.values()]) {
      if (stream.id > last) this.connection.reset(stream, CANCEL, NOT_PROCESSED);
    }
    this.#events.goaway();
  }

  over(failure: H2Failure): void {
    this.#gone = true;
    this.#events.over?.(failure);
  }

  #answer(stream: H2Stream, asked: Asked, head: HeadFields, ends: boolean): H2Failure | undefined {
    const { connection } = this;
    const answer = responseHead(head, ends, asked.method);
    if (answer instanceof H2Failure) return connection.streamError(stream, answer);
    if (answer.status < 200) {
      if (++asked.interim > MAX_INTERIM) {
        const failure = malformed("too-many-interim-answers", "Too many interim answers");
        return connection.streamError(stream, failure);
      }
      asked.listener.informed(answer);
      return undefined;
    }
    asked.answered = true;
    stream.headed = true;
    stream.bodyLeft = answer.bodyLength;
    asked.listener.responded(answer);
    return ends && !stream.closed ? connection.remoteEnded(stream, undefined) : undefined;
  }

  #trailers(stream: H2Stream, head: HeadFields, ends: boolean): H2Failure | undefined {
    const { connection } = this;
    const trailers = ends
      ? trailerFields(head)
      : malformed("open-trailers", "Trailers that do not end their stream");
    if (trailers instanceof H2Failure) return connection.streamError(stream, trailers);
    return connection.remoteEnded(stream, trailers);
  }
}
