// Our side of an HTTP/2 connection to a server (RFC 9113). It has many requests under way at once, each with its stream
// (h2-server-request.ts). The owner of the socket passes on what it reads. What the requests of one turn of the event
// loop write leaves together.
import type { HeadLimits } from "../h1/limits.ts";
import { type ClientEvents, ClientSide } from "../h2/client-side.ts";
import { H2Failure, INTERNAL_ERROR, PROTOCOL_ERROR } from "../h2/error-code.ts";
import { DEFAULT_H2_LIMITS, type H2Limits } from "../h2/limits.ts";
import type { H2Stream } from "../h2/stream.ts";
import type { ByteStream } from "./byte-stream.ts";
import { H2ServerRequest, type RequestCarrier, type RequestUser } from "./h2-server-request.ts";
import { Output } from "./output.ts";
import type { Turn, TurnListener } from "./turn.ts";

/** While more bytes than these wait for the server, nothing more is read from it: it could only ask for more. */
const MOST_UNSENT = 256 * 1024;
/** With this many bytes to send, more would not make the write cheaper. */
const MOST_PENDING = 64 * 1024;
/**
 * How many bytes of an answer may wait for a slow client. The window of the connection is wide enough for all streams,
 * so that clients that read nothing do not hold up the answers to others.
 */
const STREAM_WINDOW = 128 * 1024;

const CLOSED = new H2Failure(INTERNAL_ERROR, "closed", "The server has closed the connection");
const LEFT = new H2Failure(INTERNAL_ERROR, "closed", "The connection is not needed any more");
const NOT_HTTP2 = new H2Failure(PROTOCOL_ERROR, "not-http2", "It answers in HTTP/1.1");

/** Gets the events of a connection to a server. */
export interface ServerEvents {
  /** Called once, when the server has sent its settings: from now on requests may be sent. */
  didBegin(): void;
  /** Called when the server takes no new requests on this connection. Those that it has taken go on. */
  goesAway(): void;
  /** Called when a request is over. `used` is false when the connection is as it was before. */
  released(used: boolean): void;
  /** Called once, when the server's fault has ended the connection. Its requests were told before. */
  broken(why: string): void;
}

export class H2ServerSession implements ClientEvents, RequestCarrier, TurnListener {
  readonly side: ClientSide;
  /** The value of `:scheme` of every request. */
  readonly scheme: "http" | "https";
  /** How many requests were sent so far. */
  requests = 0;
  /** Whether the bytes that are being received lie in memory that the next read overwrites. */
  shared = false;
  readonly #stream: ByteStream;
  readonly #events: ServerEvents;
  readonly #mostStreams: number;
  readonly #now: () => number;
  readonly #output: Output;
  readonly #turn: Turn;
  readonly #requests = new Set<H2ServerRequest>();
  /** The requests that the read that is being processed has brought something for. */
  #touched: H2ServerRequest[] = [];
  /** Their users. */
  #users: RequestUser[] = [];
  #turning = false;
  #receiving = false;
  #paused = false;
  #begun = false;

  /** @param mostStreams how many requests may be under way at once, if the server allows as many */
  constructor(
    stream: ByteStream,
    events: ServerEvents,
    limits: HeadLimits,
    mostStreams: number,
    now: () => number,
    turn: Turn,
  ) {
    this.#stream = stream;
    this.#events = events;
    this.#mostStreams = mostStreams;
    this.#now = now;
    this.#turn = turn;
    this.scheme = stream.encrypted === true ? "https" : "http";
    this.#output = new Output(stream);
    this.side = new ClientSide(this.#output, this, limits, limitsFor(mostStreams), now());
    this.#flush();
  }

  /** Whether the server has sent its settings. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the connection takes requests, now or when others have ended. */
  get usable(): boolean {
    return this.#begun && this.side.usable;
  }

  /** How many more requests may be opened now. */
  get room(): number {
    if (!this.usable) return 0;
    const { maxConcurrentStreams } = this.side.connection.control.peer;
    return Math.min(this.#mostStreams, maxConcurrentStreams) - this.#requests.size;
  }

  /** Whether no request is under way. */
  get unused(): boolean {
    return this.#requests.size === 0;
  }

  /** The server's fault that has ended the connection; undefined while it goes on, and when it was closed. */
  get fault(): H2Failure | undefined {
    const { failure } = this.side.connection;
    return failure === CLOSED || failure === LEFT ? undefined : failure;
  }

  /** Whether the server takes no more bytes for now. */
  get congested(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Whether a large body is being received. */
  get bulk(): boolean {
    for (const request of this.#requests) if (request.bulk) return true;
    return false;
  }

  /** Whether a request may still be sent that was opened and not sent yet. */
  get takesOpened(): boolean {
    return this.usable && this.side.available;
  }

  /** Opens a request. Call only while there is room. */
  open(): H2ServerRequest {
    const request = new H2ServerRequest(this);
    this.#requests.add(request);
    return request;
  }

  /** Takes bytes of the server, in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void {
    this.shared = true;
    this.#receive(memory.subarray(0, length));
    this.shared = false;
  }

  /**
   * Takes bytes in memory that only this session uses. Returns true when that memory may be used again, or else an
   * object that says when.
   */
  receiveOwned(chunk: Buffer): true | Holders {
    const users = this.#receive(chunk).filter(({ settled }) => !settled);
    return users.length === 0 ? true : new Holders(users);
  }

  /** Called when the server has taken all that was written. */
  drained(): void {
    if (this.#paused) {
      this.#paused = false;
      this.#stream.resume();
    }
    for (const request of [...this.#requests]) request.serverTakes();
  }

  /** Called when the connection has closed. */
  closed(): void {
    this.side.connection.cut(CLOSED);
  }

  /** Says goodbye, for a connection without requests. The owner closes the socket then. */
  leave(): void {
    this.side.connection.leave(LEFT);
    this.#flush();
  }

  // Implements RequestCarrier: the requests call these methods.

  /** Sends what was written: when the read that is being processed ends, or else the turn of the event loop. */
  send(): void {
    if (this.#receiving || this.#turning) return;
    if (this.side.connection.output.length >= MOST_PENDING) this.#flush();
    else {
      this.#turning = true;
      this.#turn.add(this);
    }
  }

  touched(request: H2ServerRequest): void {
    this.#touched.push(request);
    // An answer that is complete leaves its user, whose client may not have taken the last bytes.
    if (request.user !== undefined) this.#users.push(request.user);
  }

  released(request: H2ServerRequest, used: boolean): void {
    if (!this.#requests.delete(request)) return;
    this.#events.released(used);
  }

  readsDone(): void {
    this.#turning = false;
    this.#flush();
  }

  // Implements ClientEvents: the connection calls these methods.

  goaway(): void {
    this.#events.goesAway();
  }

  streamClosed({ listener }: H2Stream): void {
    if (listener instanceof H2ServerRequest) listener.closedInOrder();
  }

  /** Returns the users that were given something. */
  #receive(chunk: Buffer): readonly RequestUser[] {
    const { connection } = this.side;
    this.#receiving = true;
    if (!this.#begun && chunk.toString("latin1", 0, 7) === "HTTP/1.") connection.cut(NOT_HTTP2);
    else connection.receive(chunk, this.#now());
    const touched = this.#touched;
    const users = this.#users;
    this.#touched = [];
    this.#users = [];
    for (const request of touched) request.received();
    this.#receiving = false;
    if (!this.#begun && connection.control.begun && connection.failure === undefined) {
      this.#begun = true;
      this.#events.didBegin();
    }
    const { fault } = this;
    if (!this.#turning || fault !== undefined) this.#flush();
    if (fault !== undefined) this.#events.broken(fault.message);
    return users;
  }

  #flush(): void {
    const { output } = this.side.connection;
    output.flush();
    this.#output.flush();
    output.settled();
    if (this.#stream.writableLength <= MOST_UNSENT || this.#paused) return;
    this.#paused = true;
    this.#stream.pause();
  }
}

/** The users that may still refer to bytes of a read, because their clients are slow. */
class Holders {
  readonly #users: readonly RequestUser[];

  constructor(users: readonly RequestUser[]) {
    this.#users = users;
  }

  get settled(): boolean {
    return this.#users.every(({ settled }) => settled);
  }
}

/**
 * The limits for a server. Streams that end early cost us only requests that we have sent, and an application may reset
 * many of them; a tiny frame of ours costs the server a frame as well. So neither is counted: to close the connection
 * would end the requests of other clients. For the same reason a server may send far more frames without work than a
 * client; the bound is there for a server that is broken.
 */
function limitsFor(streams: number): H2Limits {
  const uncounted = { burst: Number.POSITIVE_INFINITY, perSecond: 0 };
  return {
    ...DEFAULT_H2_LIMITS,
    streamWindow: STREAM_WINDOW,
    connectionWindow: Math.max(1, streams) * STREAM_WINDOW,
    resets: uncounted,
    idleFrames: { burst: 10_000, perSecond: 2000 },
    tinyFrames: uncounted,
  };
}
