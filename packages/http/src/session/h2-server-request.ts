// One request to a server over HTTP/2, and its answer. While the client of the request is slow, the answer waits here, up
// to the window of its stream, and the streams of other requests go on.
import type { AnswerListener, ClientSide } from "../h2/client-side.ts";
import { CANCEL, type H2Failure, NO_ERROR, REFUSED_STREAM } from "../h2/error-code.ts";
import { requestFromText } from "../h2/request-text.ts";
import type { H2Stream } from "../h2/stream.ts";
import type { Fields } from "../message/fields.ts";
import { CHUNKED, type ResponseHead } from "../message/head.ts";
import { malformed, ProtocolFailure } from "../message/protocol-failure.ts";
import { latin1 } from "../text/latin1.ts";
import { NO_TUNNELS, Upgrade } from "./h2-server-upgrade.ts";
import { HeldAnswer } from "./held-answer.ts";
import type { ResponseListener } from "./server-session.ts";

/** The owner of a request, besides the listener of its answer. */
export interface RequestUser {
  /** Called when a read was processed that has brought something for this request. */
  received(): void;
  /** Called when the stream has ended, after the last call of the listener. */
  streamClosed(): void;
  /** Whether the owner refers to none of the bytes that it was given. */
  readonly settled: boolean;
}

/** What a request needs of its session. */
export interface RequestCarrier {
  readonly side: ClientSide;
  /** The value of `:scheme`. */
  readonly scheme: string;
  /** How many requests were sent on the connection so far. */
  requests: number;
  /** Whether the bytes that are being received lie in memory that the next read overwrites. */
  readonly shared: boolean;
  /** The server's fault that has ended the connection; undefined while it goes on, and when it was closed. */
  readonly fault: H2Failure | undefined;
  /** Whether the server takes no more bytes for now. */
  readonly congested: boolean;
  /** Whether a request may be sent that was opened and not sent yet. */
  readonly takesOpened: boolean;
  /** Sends what was written, soon. */
  send(): void;
  /** Called when a read has brought something for `request`. */
  touched(request: H2ServerRequest): void;
  /** Called when the request is over. `used` is false when the connection is as it was before. */
  released(request: H2ServerRequest, used: boolean): void;
}

/** Gets the bytes of a stream that has become a tunnel. */
export interface TunnelSink {
  data(chunk: Buffer): void;
  drained(): void;
  ended(): void;
}

/** An answer with a body of at least this many bytes counts as large. */
const BULK = 16 * 1024;
/** The ends of a single stream that say nothing about the server's answer. */
const LOST: ReadonlySet<string> = new Set(["reset-by-peer", "not-processed"]);

export class H2ServerRequest implements AnswerListener {
  user: RequestUser | undefined = undefined;
  /** Whether the connection had carried requests before this one. */
  reused = false;
  /** Whether part of the answer has come. */
  answered = false;
  /** Whether the server says that it has not processed the request, which may be sent again whatever its method (§8.7). */
  refused = false;
  /** Whether the stream is over, by the server, the connection or `release`. */
  gone = false;
  /** Whether the stream was reset, other than by a server that had sent everything and wants no more of the request. */
  reset = false;
  /**
   * The server's fault that has ended the whole connection, and this request with it, in words. Undefined while the
   * connection goes on, and when it was closed.
   */
  broken: string | undefined = undefined;
  /** Whether a large body is being received. */
  bulk = false;
  readonly #session: RequestCarrier;
  #stream: H2Stream | undefined = undefined;
  #listener: ResponseListener | undefined = undefined;
  #tunnel: TunnelSink | undefined = undefined;
  /** Set when the request asks for a tunnel. */
  #upgrade: Upgrade | undefined = undefined;
  /** The length of the answer's body as far as none of it has come; -1 otherwise. */
  #untouchedLength = -1;
  /** What waits for the client; undefined while the client takes all. */
  #held: HeldAnswer | undefined = undefined;
  #touched = false;
  #waits = false;

  constructor(session: RequestCarrier) {
    this.#session = session;
  }

  /** Whether the request may be sent, if it has not been sent yet. */
  get fresh(): boolean {
    return !this.gone && this.#session.takesOpened;
  }

  /** Whether everything that was written was copied into frames. */
  get settled(): boolean {
    return (this.#stream?.queued ?? 0) === 0;
  }

  /** Sends the head of the request, which is in the text of HTTP/1.1. A body follows unless `bodyLength` is 0. */
  send(head: string, bodyLength: number, listener: ResponseListener): void {
    const session = this.#session;
    this.reused = session.requests > 0;
    session.requests += 1;
    this.#listener = listener;
    const { line, fields } = requestFromText(head, session.scheme);
    if (line.protocol !== undefined) {
      if (!session.side.connection.control.peer.connectProtocol) {
        this.#fail(NO_TUNNELS);
        return;
      }
      this.#upgrade = new Upgrade(line.protocol, fields);
    }
    const ends = bodyLength === 0 && this.#upgrade === undefined;
    this.#stream = session.side.request(line, fields, ends, this);
    session.send();
  }

  /** Adds bytes of the body. They leave at `flush` or `endBody`. */
  write(chunk: Buffer): void {
    this.#stream?.write(chunk);
  }

  /** Sends what was added. Returns false when the server is slow: wait for `serverDrained`. */
  flush(): boolean {
    const taken = this.#stream?.flush() ?? true;
    this.#session.send();
    this.#waits = !taken || this.#session.congested;
    return !this.#waits;
  }

  endBody(trailers: Fields | undefined): void {
    this.#stream?.end(trailers);
    this.#session.send();
  }

  /** Called when the connection takes bytes again. */
  serverTakes(): void {
    if (!this.#waits || !this.settled) return;
    this.#waits = false;
    this.#listener?.serverDrained();
    this.#tunnel?.drained();
  }

  /** Holds the answer back until `resume`. */
  pause(): void {
    this.#held ??= new HeldAnswer();
  }

  resume(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const { bytes } = held;
    if (bytes !== undefined) this.#deliver(bytes, false);
    if (held.ended) this.#complete(held.trailers);
    if (this.#stream?.closed === true) this.closedInOrder();
    if (bytes !== undefined || held.ended) this.user?.received();
    this.#session.send();
  }

  /** From now on both directions carry plain bytes. */
  tunnel(sink: TunnelSink): void {
    this.#tunnel = sink;
    this.#listener = undefined;
  }

  /** Gives up the answer, if it is not complete, and tells the server. */
  abandon(): void {
    this.#listener = undefined;
    this.#held = undefined;
    this.#end();
  }

  /** Called at the end: another request may take the place of this one. */
  release(): void {
    this.#leave();
    this.#session.released(this, true);
  }

  /** Called instead of `release` when the request was not sent and the connection is as it was before. */
  putBack(): void {
    this.#leave();
    this.#session.released(this, false);
  }

  #leave(): void {
    this.user = undefined;
    this.#listener = undefined;
    this.#tunnel = undefined;
    this.gone = true;
    this.#end();
  }

  /** Called when both halves of the stream have ended. A tunnel is over then, when all of it was delivered. */
  closedInOrder(): void {
    if (this.#tunnel === undefined || this.gone || this.#held !== undefined) return;
    this.gone = true;
    this.user?.streamClosed();
  }

  /** Called when the read that has brought something was processed. */
  received(): void {
    this.#touched = false;
    if (this.#held === undefined) this.user?.received();
  }

  // Implements AnswerListener: the connection calls these methods.

  informed(head: ResponseHead): void {
    this.answered = true;
    this.#touch();
    this.#listener?.informed(head);
  }

  responded(head: ResponseHead): void {
    this.answered = true;
    this.#untouchedLength = head.bodyLength;
    this.bulk = head.bodyLength >= BULK || head.bodyLength === CHUNKED;
    this.#touch();
    this.#listener?.responded(this.#upgrade?.answer(head) ?? head);
  }

  data(chunk: Buffer): void {
    this.#touch();
    if (this.#held === undefined) this.#deliver(chunk, this.#session.shared);
    else this.#held.add(chunk);
  }

  ended(trailers: Fields | undefined): void {
    this.bulk = false;
    this.#touch();
    if (this.#held === undefined) this.#complete(trailers);
    else this.#held.end(trailers);
  }

  drained(): void {
    if (!this.#session.congested) this.serverTakes();
  }

  aborted(failure: H2Failure): void {
    this.bulk = false;
    if (this.#held?.ended === true) return; // the answer is complete: only the rest of the request is not wanted
    this.gone = true;
    this.refused = !this.answered && failure.code === REFUSED_STREAM;
    // After END_STREAM, NO_ERROR says only that no more of the request is wanted (§8.1).
    this.reset = failure.code !== NO_ERROR || this.#stream?.remoteDone !== true;
    this.#fail(this.#ofAnswer(failure));
    this.user?.streamClosed();
  }

  /**
   * Returns the failure of this request's own answer; undefined when the request was lost. A fault of the connection
   * (RFC 9113 §5.4.1) ends every request on it, and may stem from the answer to any one of them: it loses them all.
   */
  #ofAnswer({ fault, message }: H2Failure): ProtocolFailure | undefined {
    const session = this.#session;
    if (session.side.connection.failure !== undefined) {
      this.broken = session.fault?.message;
      return undefined;
    }
    return LOST.has(fault) ? undefined : new ProtocolFailure(fault, malformed("server"), message);
  }

  #fail(failure: ProtocolFailure | undefined): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#held = undefined;
    listener?.failed(failure);
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#session.touched(this);
  }

  /** @param overwritten whether the memory of `chunk` is overwritten soon */
  #deliver(chunk: Buffer, overwritten: boolean): void {
    const { length } = chunk;
    if (this.#tunnel !== undefined) this.#tunnel.data(overwritten ? Buffer.from(chunk) : chunk);
    else if (this.#listener !== undefined) this.#body(this.#listener, chunk, overwritten);
    this.#stream?.used(length);
  }

  #body(listener: ResponseListener, chunk: Buffer, overwritten: boolean): void {
    const whole = chunk.length === this.#untouchedLength && chunk.length < BULK;
    this.#untouchedLength = -1;
    if (whole) listener.bodyText(latin1(chunk, 0, chunk.length));
    else listener.bodyData(overwritten ? Buffer.from(chunk) : chunk);
  }

  #complete(trailers: Fields | undefined): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.ended();
      return;
    }
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.bodyEnd(trailers);
  }

  #end(): void {
    const stream = this.#stream;
    if (stream === undefined || stream.closed) return;
    stream.reset(CANCEL);
    this.#session.send();
  }
}
