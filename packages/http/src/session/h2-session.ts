// The session on a client's connection that speaks HTTP/2. It has many requests under way at once. The owner of the socket
// calls the same methods as for HTTP/1.1 (client-session.ts), and one deadline serves all streams.
import type { AbortCause, TunnelTimeouts } from "../exchange/exchange.ts";
import { CANCEL, type H2Failure } from "../h2/error-code.ts";
import { DEFAULT_H2_LIMITS } from "../h2/limits.ts";
import { type RequestSink, ServerSide } from "../h2/server-side.ts";
import type { H2Stream } from "../h2/stream.ts";
import { callsGrpc } from "../message/grpc.ts";
import type { RequestHead } from "../message/head.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { STATUS_OF } from "./abort-status.ts";
import type { ByteStream } from "./byte-stream.ts";
import { CLOSED, DRAINED, endOf, IDLE, isOwnEnd, LATE, SLOW, STOPPED } from "./h2-end.ts";
import { answerRefusal } from "./h2-refusal.ts";
import { H2Request } from "./h2-request.ts";
import type { FedRequest, RequestSession } from "./h2-request-session.ts";
import { Linger } from "./linger.ts";
import { Output } from "./output.ts";
import { badHead, LATE_HEAD, longBody } from "./refusal.ts";
import { SendProgress } from "./send-progress.ts";
import type {
  OwnField,
  SessionDeadline,
  SessionHandler,
  SessionLimits,
  SessionTimers,
} from "./session-handler.ts";
import type { Turn, TurnListener } from "./turn.ts";

/** While more bytes than these wait for the client, nothing more is read from it: it could only ask for more. */
const MOST_UNSENT = 256 * 1024;

/** With this many bytes to send, more would not make the write cheaper. */
const MOST_PENDING = 64 * 1024;

export class H2Session implements RequestSession, RequestSink, TurnListener {
  readonly side: ServerSide;
  readonly timers: SessionTimers;
  readonly limits: SessionLimits;
  ownField: OwnField | undefined = undefined;
  shared = false;
  readonly #stream: ByteStream;
  readonly #handler: SessionHandler;
  readonly #deadline: SessionDeadline;
  readonly #output: Output;
  readonly #requests = new Map<H2Stream, H2Request>();
  readonly #turn: Turn | undefined;
  /** Whether `readsDone` will be called at the end of the turn. */
  #turning = false;
  #draining = false;
  #receiving = false;
  /** The requests that the bytes of the last read were for. */
  readonly #fed = new Set<FedRequest>();
  #paused = false;
  #halfClosed = false;
  /** When a frame or head began whose end has not come; undefined when there is none. */
  #partialSince: number | undefined = undefined;
  #idleSince: number;
  /** Watches whether the client takes bytes; undefined while it has taken all. */
  #progress: SendProgress | undefined = undefined;
  #linger: Linger | undefined = undefined;
  #dead = false;

  constructor(
    stream: ByteStream,
    handler: SessionHandler,
    timers: SessionTimers,
    limits: SessionLimits,
    deadline: SessionDeadline,
    turn?: Turn,
  ) {
    const now = timers.now();
    this.timers = timers;
    this.limits = limits;
    this.#stream = stream;
    this.#handler = handler;
    this.#deadline = deadline;
    this.#turn = turn;
    this.#output = new Output(stream);
    this.side = new ServerSide(this.#output, this, limits, limits.h2 ?? DEFAULT_H2_LIMITS, now);
    this.#idleSince = now;
    this.#deadline.at = now + timers.httpRequest;
    handler.h2?.opened();
    this.send();
  }

  /** Returns whether no request is being read or answered. */
  get idle(): boolean {
    return this.#requests.size === 0 && this.side.connection.idle;
  }

  /**
   * Set when the tier drains: the client is told to open no more streams here. A connection that has carried no request
   * is told so with its first one. If it were told before, the client could send nothing on it, and would connect again
   * and again for as long as the port is open.
   */
  set draining(draining: boolean) {
    if (!draining || this.#draining || this.#dead) return;
    this.#draining = true;
    if (this.side.connection.lastPeerStream === 0) return;
    this.side.connection.control.drain();
    this.send();
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Returns whether a body is received whose sink keeps no bytes, so that each read may reuse one large buffer. */
  get bulk(): boolean {
    for (const { exchange } of this.#requests.values()) {
      if (exchange.readsBody && exchange.bodySink?.holds === false) return true;
    }
    return false;
  }

  receive(chunk: Buffer): void {
    this.#fed.clear(); // requests that have ended must not be kept for as long as the connection
    if (this.#dead) return;
    if (this.#linger !== undefined) {
      if (!this.#linger.discard(chunk.length)) this.#destroy();
      return;
    }
    const { connection } = this.side;
    const now = this.timers.now();
    this.#receiving = true;
    connection.receive(chunk, now);
    for (const { exchange } of this.#requests.values()) {
      if (exchange.readsBody) exchange.bodySink?.bodyFlush?.();
    }
    this.#receiving = false;
    // Behind its last stream the connection ends. A drain of the whole tier has its own time for that.
    if (!this.#draining && connection.control.draining === "last") this.#endIfDrained();
    if (!this.#turning) this.#flush();
    if (!connection.withinFrame) this.#partialSince = undefined;
    else if (this.#partialSince === undefined) {
      this.#partialSince = now;
      this.#schedule(now);
    }
  }

  /** Takes bytes in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void {
    this.shared = true;
    this.receive(memory.subarray(0, length));
    this.shared = false;
  }

  /** Takes bytes in memory that only this session uses. Returns true when that memory may be used again. */
  receiveOwned(chunk: Buffer): boolean {
    this.receive(chunk);
    for (const request of this.#fed) if (request.holds) return false;
    return true;
  }

  /** Called when the client has taken all that was written. */
  drained(): void {
    this.#progress = undefined;
    if (this.#paused) {
      this.#paused = false;
      this.#stream.resume();
    }
    for (const { stream, exchange } of [...this.#requests.values()]) {
      if (stream.queued === 0) exchange.drained();
    }
  }

  /** Called when the client has half-closed. Its requests so far are still answered. */
  ended(): void {
    this.#halfClosed = true;
    for (const { exchange, stream } of [...this.#requests.values()]) {
      exchange.halfClose();
      if (!exchange.responseEnded || !this.#requests.has(stream)) continue;
      stream.reset(CANCEL);
      this.finished(stream);
    }
    this.send();
    this.#endIfDrained();
  }

  /** Called when the connection has closed. */
  closed(): void {
    this.#handler.left?.();
    this.#dead = true;
    this.side.connection.cut(this.#draining ? DRAINED : CLOSED);
    this.#handler.h2?.closed();
  }

  /** Called when the deadline has passed. */
  expired(): void {
    const now = this.timers.now();
    if (this.#linger !== undefined) {
      if (this.#linger.goOn(now)) this.#deadline.at = Linger.deadline(now);
      else this.#destroy();
      return;
    }
    const { httpRequest } = this.timers;
    if (this.#partialSince !== undefined && now >= this.#partialSince + httpRequest) {
      this.#handler.refused(LATE_HEAD);
      this.#leave(LATE);
    } else if (this.#requests.size === 0 && now >= this.#idleUntil) this.#leave(IDLE);
    else if (this.#progress?.late(now, this.timers.client)) {
      this.side.connection.cut(SLOW);
      this.#destroy();
    } else {
      for (const request of [...this.#requests.values()]) {
        const cause = request.late(now);
        if (cause !== undefined) this.abort(request.stream, cause);
      }
      this.#schedule(now);
    }
  }

  /** Closes the connection if it is idle. */
  leave(): void {
    if (this.idle) this.#leave(DRAINED);
  }

  /** Ends all exchanges and closes the connection at once. */
  stop(): void {
    this.side.connection.cut(STOPPED);
    this.#destroy();
  }

  // Implements RequestSession: the requests call these methods.

  get congested(): boolean {
    return this.#stream.writableNeedDrain;
  }

  get tunnelTimeouts(): TunnelTimeouts {
    return this.timers;
  }

  fed(request: FedRequest): void {
    this.#fed.add(request);
  }

  lookBy(at: number): void {
    if (at < this.#deadline.at && this.#linger === undefined) this.#deadline.at = at;
  }

  /**
   * Sends what was written: at the end of the read, if one is being processed, else at the end of the turn, so that the
   * answers of many servers leave in one write. Much is sent at once, so that a slow client is noticed.
   */
  send(): void {
    if (this.#receiving || this.#dead) return;
    const turn = this.#turn;
    if (turn === undefined || this.side.connection.output.length >= MOST_PENDING) this.#flush();
    else if (!this.#turning) {
      this.#turning = true;
      turn.add(this);
    }
  }

  readsDone(): void {
    this.#turning = false;
    if (!this.#dead) this.#flush();
  }

  finished(stream: H2Stream): void {
    const request = this.#requests.get(stream);
    if (request === undefined || request.finished) return;
    request.finished = true;
    this.#handler.finished(request.exchange);
    if (stream.closed) this.#forget(stream);
  }

  abort(stream: H2Stream, cause: AbortCause): void {
    const request = this.#requests.get(stream);
    if (request === undefined) return;
    const { exchange } = request;
    const status = exchange.status === 0 ? STATUS_OF[cause] : undefined;
    if (status !== undefined) exchange.status = status; // read by the log and the counters
    exchange.abort(cause);
    if (status === undefined) stream.reset(CANCEL);
    else this.#refuse(stream, status, request.grpc);
    this.finished(stream);
    this.send();
  }

  // Implements RequestSink: the connection calls these methods.

  request(stream: H2Stream, head: RequestHead): void {
    this.#handler.h2?.streamOpened();
    if (this.#draining) this.side.connection.control.drain();
    const limit = this.limits.body;
    if (limit !== undefined && head.bodyLength > limit) {
      const refused = longBody(head, limit);
      this.#handler.refused(refused);
      this.#refuse(stream, refused.status, callsGrpc(head));
      return;
    }
    const request = new H2Request(this, stream, head, this.side.connection.headBytes);
    stream.listener = request;
    this.#requests.set(stream, request);
    if (this.#requests.size === 1) this.#schedule(this.timers.now());
    this.#handler.request(request.exchange);
  }

  refused(failure: ProtocolFailure | H2Failure, stream: H2Stream | undefined): void {
    if (stream !== undefined) this.#handler.h2?.streamOpened();
    if (!(failure instanceof ProtocolFailure)) {
      this.#handler.refused({ status: 400, cause: failure.message });
      return;
    }
    this.#handler.refused(badHead(failure));
    if (stream === undefined) return;
    this.#refuse(stream, failure.status, false);
  }

  reset(by: "peer" | "own", code: number): void {
    this.#handler.h2?.reset(by === "peer" ? "client" : "tandem", code);
  }

  streamClosed(stream: H2Stream): void {
    this.#handler.h2?.streamClosed();
    if (this.#requests.get(stream)?.finished) this.#forget(stream);
    else this.#endIfDrained();
  }

  over(failure: H2Failure): void {
    this.#handler.h2?.ended(endOf(failure));
    if (isOwnEnd(failure) || this.#dead) return;
    this.#handler.refused({ status: 400, cause: failure.message });
    this.#lingerClose();
  }

  get #idleUntil(): number {
    const { httpKeepAlive, httpRequest } = this.timers;
    return this.#idleSince + (this.side.connection.control.begun ? httpKeepAlive : httpRequest);
  }

  #refuse(stream: H2Stream, status: number, grpc: boolean): void {
    answerRefusal(this.side, stream, status, this.timers.wall(), this.ownField, grpc);
  }

  #flush(): void {
    const { output } = this.side.connection;
    output.flush();
    const taken = this.#output.flush();
    output.settled();
    if (taken) return;
    this.#progress ??= new SendProgress(this.#stream, this.timers.now());
    if (this.#stream.writableLength <= MOST_UNSENT || this.#paused) return;
    this.#paused = true;
    this.#stream.pause();
  }

  /** Called when the answer has left, or never will. */
  #forget(stream: H2Stream): void {
    this.#requests.delete(stream);
    if (this.#requests.size > 0) return;
    const now = this.timers.now();
    this.#idleSince = now;
    this.#schedule(now);
    this.#endIfDrained();
  }

  /** Sets the time of the next look at everything that may be late. */
  #schedule(now: number): void {
    if (this.#linger !== undefined) return;
    let at = this.#requests.size === 0 ? this.#idleUntil : Number.POSITIVE_INFINITY;
    if (this.#partialSince !== undefined) {
      at = Math.min(at, this.#partialSince + this.timers.httpRequest);
    }
    if (this.#progress !== undefined) at = Math.min(at, this.#progress.lateAt(this.timers.client));
    for (const request of this.#requests.values()) at = Math.min(at, request.lookAt(now));
    this.#deadline.at = at;
  }

  #endIfDrained(): void {
    const { connection } = this.side;
    if (connection.streams.size > 0 || this.#requests.size > 0) return;
    if (connection.control.draining === "last") this.#leave(DRAINED);
    else if (this.#halfClosed) this.#leave(CLOSED);
  }

  /** Says goodbye and closes the connection. */
  #leave(failure: H2Failure): void {
    if (this.#dead || this.#linger !== undefined) return;
    this.side.connection.leave(failure);
    this.#lingerClose();
  }

  #lingerClose(): void {
    if (this.#dead || this.#linger !== undefined) return;
    this.#receiving = false;
    this.#flush();
    const now = this.timers.now();
    this.#deadline.at = Linger.deadline(now);
    this.#linger = new Linger(this.#stream, this.timers.client, now, false);
  }

  #destroy(): void {
    this.#dead = true;
    this.#stream.destroy();
  }
}
