// The session on a client's connection. It reads requests from the client's bytes, and handles one request at a time,
// in order (RFC 9112 §9.3). The owner of the socket calls `receive`, `drained`, `ended` and `closed`, and calls
// `expired` after the deadline. So no request needs a timer of its own.
import type { AbortCause, TunnelTimeouts } from "../exchange/exchange.ts";
import { RequestHead } from "../message/head.ts";
import { STATUS_OF } from "./abort-status.ts";
import type { ByteStream } from "./byte-stream.ts";
import { Delivery } from "./delivery.ts";
import { type ExchangeSession, H1Exchange } from "./h1-exchange.ts";
import { Linger, mayCloseAtOnce } from "./linger.ts";
import { Output } from "./output.ts";
import { badHead, CUT_HEAD, LATE_HEAD, LEFT_HEAD, longBody, refusal } from "./refusal.ts";
import { RequestBody } from "./request-body.ts";
import { RequestReader } from "./request-reader.ts";
import type {
  OwnField,
  RefusedRequest,
  SessionDeadline,
  SessionHandler,
  SessionLimits,
  SessionTimers,
  TunnelReceiver,
} from "./session-handler.ts";

/** How many bytes a session reads and keeps at most while no handler wants them. */
const READ_AHEAD_BYTES = 16 * 1024;

export class ClientSession implements ExchangeSession {
  readonly output: Output;
  /** Set when the tier drains: the next answer says `Connection: close` and is the last on its connection. */
  draining = false;
  ownField: OwnField | undefined = undefined;
  holdsNext = false;
  readonly #stream: ByteStream;
  readonly #handler: SessionHandler;
  readonly #timers: SessionTimers;
  readonly #limits: SessionLimits;
  readonly #deadline: SessionDeadline;
  readonly #delivery: Delivery;
  readonly #requests: RequestReader;
  /** Reads the bodies of requests; undefined until the first request with a body. */
  #body: RequestBody | undefined = undefined;
  #exchange: H1Exchange | undefined = undefined;
  #stash: Buffer | undefined = undefined;
  #processing = false;
  #paused = false;
  #halfClosed = false;
  #linger: Linger | undefined = undefined;
  #dead = false;
  #tunnel: TunnelReceiver | undefined = undefined;

  constructor(
    stream: ByteStream,
    handler: SessionHandler,
    timers: SessionTimers,
    limits: SessionLimits,
    deadline: SessionDeadline,
  ) {
    this.#stream = stream;
    this.#handler = handler;
    this.#timers = timers;
    this.#limits = limits;
    this.#deadline = deadline;
    this.output = new Output(stream);
    this.#delivery = new Delivery(stream, timers, deadline);
    this.#requests = new RequestReader(limits);
    this.#deadline.at = timers.now() + timers.httpRequest;
  }

  now(): number {
    return this.#timers.now();
  }

  /** Returns whether no request is being read or answered. */
  get idle(): boolean {
    return this.#exchange === undefined && !this.#requests.started;
  }

  receive(chunk: Buffer): void {
    if (!this.#takeWhole(chunk, chunk.length)) this.#take(chunk);
  }

  /** Takes bytes in memory that is overwritten after this call. */
  receiveShared(memory: Buffer, length: number): void {
    if (!this.#takeWhole(memory, length)) this.#take(Buffer.from(memory.subarray(0, length)));
  }

  /** Takes bytes in memory that only this session uses. Returns true when that memory may be used again. */
  receiveOwned(chunk: Buffer): boolean {
    this.receive(chunk);
    return this.#stash === undefined && this.#exchange?.bodySink?.holds === false;
  }

  /** Returns whether a body is read whose sink keeps no bytes, so that each read may reuse one large buffer. */
  get bulk(): boolean {
    const exchange = this.#exchange;
    return exchange?.bodySink?.holds === false && exchange.readsBody;
  }

  #take(chunk: Buffer): void {
    if (this.#dead) return;
    if (this.#linger !== undefined) {
      if (!this.#linger.discard(chunk.length)) this.#end();
    } else if (this.#tunnel !== undefined) this.#tunnel.receive(chunk);
    else if (this.#stash !== undefined) this.#keep(Buffer.concat([this.#stash, chunk]));
    else this.#process(chunk);
  }

  /** Keeps bytes that no handler wants yet, up to READ_AHEAD_BYTES, to notice a client that leaves. */
  #keep(bytes: Buffer): void {
    this.#stash = bytes;
    const waits = this.#exchange !== undefined && bytes.length < READ_AHEAD_BYTES;
    if (!waits && !this.#paused) this.pauseReading();
  }

  /** Takes bytes that are exactly one head, the most common case. Returns false when it has not taken the bytes. */
  #takeWhole(memory: Buffer, length: number): boolean {
    const free = this.#exchange === undefined && this.#linger === undefined && !this.#dead;
    if (!free || this.holdsNext || this.#stash !== undefined || !this.#requests.untouched)
      return false;
    if (this.#stream.writableNeedDrain) return false;
    const found = this.#requests.whole(memory, length, this.now());
    if (found === undefined) return false;
    this.#processing = true;
    if (found instanceof RequestHead) {
      this.#begin(found);
      this.#flushBody();
    } else this.#refuse(badHead(found));
    this.#processing = false;
    return true;
  }

  /** Called when the client has taken all that was written. */
  drained(): void {
    const awaited = this.#delivery.drained();
    if (this.#exchange === undefined) {
      if (awaited && this.idle) this.#delivery.awaitRequest();
      if (!this.#processing) this.#proceed();
      return;
    }
    if (this.#tunnel === undefined) this.#deadline.at = this.now() + this.#timers.client;
    this.#exchange.listener.drained();
  }

  /** Called when the client has half-closed. Its requests so far are still answered (RFC 9112 §9.6). */
  ended(): void {
    this.#halfClosed = true;
    this.#tunnel?.ended();
    if (this.#tunnel !== undefined || this.#linger !== undefined) return;
    const exchange = this.#exchange;
    if (this.#stash !== undefined) {
      if (exchange?.bodyDone === false) exchange.listener.halfClosed(); // the kept bytes may end the body
    } else if (exchange === undefined) this.#endBetween();
    else if (!exchange.bodyDone) this.#abort("client-closed");
    else {
      exchange.keepAlive = false;
      exchange.listener.halfClosed();
    }
  }

  /** Called when the connection has closed. */
  closed(): void {
    this.#handler.left?.();
    if (this.#dead) return;
    this.#dead = true;
    if (this.#withinHead) this.#handler.refused(LEFT_HEAD);
    this.#endExchange("client-closed");
    this.#tunnel?.ended();
  }

  /** Called when the deadline has passed. */
  expired(): void {
    const exchange = this.#exchange;
    if (this.#linger !== undefined) {
      if (this.#linger.goOn(this.now())) this.#deadline.at = Linger.deadline(this.now());
      else this.#end();
    } else if (exchange !== undefined) {
      const sends = exchange.owesBody && !this.#stream.writableNeedDrain;
      const late = sends || (this.#stream.writableNeedDrain && !this.#delivery.goesOn());
      const why = (sends ? this.#body?.lateness : undefined) ?? "client-timeout";
      if (late || this.#tunnel !== undefined) this.#abort(why);
      else this.#deadline.at = this.now() + this.#timers.client; // the session waits for the server
    } else if (this.#requests.started) {
      this.#refuse(LATE_HEAD);
    } else if (!this.#delivery.awaitsOn()) this.#end();
  }

  /** Closes the connection if it is idle. */
  leave(): void {
    if (this.idle) this.#lingerClose();
  }

  /** Ends the exchange and closes the connection at once. */
  stop(): void {
    const exchange = this.#exchange;
    this.#endExchange("stopped");
    this.#end(exchange);
  }

  // Implements ExchangeSession: the exchange calls these methods.

  bodyWanted(): void {
    if (this.#processing) return;
    this.#proceed();
    this.#flushBody();
  }

  pauseReading(): void {
    this.#paused = true;
    this.#body?.paused();
    this.#stream.pause();
  }

  continued(): void {
    this.#deadline.at = this.now() + this.#timers.client;
  }

  clientSlow(): void {
    this.#delivery.slow();
  }

  get tunnelTimeouts(): TunnelTimeouts {
    return this.#timers;
  }

  set tunnelDeadline(at: number) {
    if (this.#tunnel !== undefined) this.#deadline.at = at;
  }

  halfClose(): void {
    this.#stream.end();
  }

  truncate(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#tunnel = undefined;
    if (exchange?.untilClose) this.#end(exchange);
    else this.#lingerClose(); // the framing shows the client that the answer is incomplete
    if (exchange !== undefined) this.#handler.finished(exchange);
  }

  tunnel(receive: (chunk: Buffer) => void, ended: () => void): void {
    this.#tunnel = { receive, ended };
    this.#proceed();
    if (this.#halfClosed) ended(); // the client had half-closed before the tunnel began
  }

  responseEnded(exchange: H1Exchange): void {
    this.#exchange = undefined;
    this.#tunnel = undefined;
    if (exchange.keepAlive && exchange.bodyDone) {
      this.#delivery.awaitRequest();
      this.#handler.finished(exchange);
      if (!this.#processing && !this.holdsNext) this.#proceed();
      return;
    }
    const last = this.#requests.alone && this.#stash === undefined;
    if (last && mayCloseAtOnce(this.#stream, exchange.head)) this.#end();
    else this.#lingerClose(exchange.untilClose);
    this.#handler.finished(exchange);
  }

  #proceed(): void {
    if (this.#dead || this.#linger !== undefined) return;
    const stash = this.#stash;
    this.#stash = undefined;
    if (stash !== undefined && this.#tunnel !== undefined) this.#tunnel.receive(stash);
    else if (stash !== undefined) this.#process(stash);
    if (this.#paused && this.#stash === undefined && this.#exchange?.bodyPaused !== true) {
      this.#paused = false;
      this.#body?.resumed();
      this.#stream.resume();
    }
    if (!this.#halfClosed || this.#stash !== undefined || this.#dead) return;
    if (this.#exchange === undefined) this.#endBetween();
    else if (!this.#exchange.bodyDone) this.#abort("client-closed");
    else if (this.#exchange.status === 0) this.#exchange.keepAlive = false;
  }

  #process(chunk: Buffer): void {
    this.#processing = true;
    let offset = 0;
    while (offset < chunk.length && !this.#dead && this.#linger === undefined) {
      const exchange = this.#exchange;
      // No request is begun while the client does not read its answers. Otherwise the answers would fill our memory.
      const begin = exchange === undefined && !this.holdsNext && !this.#stream.writableNeedDrain;
      if (begin) offset = this.#readHead(chunk, offset);
      else if (exchange?.readsBody) offset = this.#readBody(chunk, offset);
      else {
        this.#keep(chunk.subarray(offset));
        break;
      }
    }
    this.#flushBody();
    this.#processing = false;
  }

  /** Makes the body's sink send what it holds, even if it is only the request's head: the server may answer that. */
  #flushBody(): void {
    const { bodySink, bodyDone = true } = this.#exchange ?? {};
    if (!bodyDone) bodySink?.bodyFlush?.();
  }

  #readHead(chunk: Buffer, offset: number): number {
    const requests = this.#requests;
    const now = this.now();
    if (!requests.started) this.#deadline.at = now + this.#timers.httpRequest;
    const found = requests.read(chunk, offset, now);
    if (found === undefined) return chunk.length;
    if ("head" in found) {
      this.#begin(found.head);
      return found.next;
    }
    this.#refuse(badHead(found));
    return chunk.length;
  }

  #begin(head: RequestHead): void {
    const limit = this.#limits.body;
    if (limit !== undefined && head.bodyLength > limit) {
      this.#refuse(longBody(head, limit));
      return;
    }
    const { headBytes, startedAt } = this.#requests;
    const exchange = new H1Exchange(this, head, headBytes, startedAt);
    this.#exchange = exchange;
    this.#delivery.drained();
    this.#deadline.at = exchange.headAt + this.#timers.client;
    if (!exchange.bodyDone) {
      this.#body ??= new RequestBody(this.#timers, this.#limits, this.#deadline);
      this.#body.start(exchange);
    }
    this.#handler.request(exchange);
  }

  #readBody(chunk: Buffer, offset: number): number {
    const body = this.#body;
    const next = body?.read(chunk, offset) ?? chunk.length;
    if (body?.fault !== undefined) this.#abort(body.fault);
    return next;
  }

  /** Aborts the exchange. A client that got no answer yet gets the status that STATUS_OF has for the cause, if any. */
  #abort(cause: AbortCause): void {
    const exchange = this.#exchange;
    const status = exchange?.status === 0 ? STATUS_OF[cause] : undefined;
    if (exchange !== undefined && status !== undefined) exchange.status = status; // read by the log and the counters
    this.#endExchange(cause);
    if (status !== undefined) this.#answerRefusal(status);
    else this.#end(exchange);
  }

  #endExchange(cause: AbortCause): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    this.#exchange = undefined;
    exchange.responseEnded = true;
    exchange.keepAlive = false;
    exchange.listener.aborted(cause);
    this.#handler.finished(exchange);
  }

  /** Called when the client has ended its side between two requests, or within a head (RFC 9112 §8). */
  #endBetween(): void {
    if (this.#withinHead) this.#refuse(CUT_HEAD);
    else this.#lingerClose();
  }

  get #withinHead(): boolean {
    return this.#exchange === undefined && this.#linger === undefined && this.#requests.started;
  }

  #refuse(refused: RefusedRequest): void {
    this.#handler.refused(refused);
    this.#answerRefusal(refused.status);
  }

  #answerRefusal(status: number): void {
    this.output.text(refusal(status, this.#timers.wall(), this.ownField?.line ?? ""));
    this.output.flush();
    this.#lingerClose();
  }

  #lingerClose(untilClose = false): void {
    if (this.#dead || this.#linger !== undefined) return;
    this.#stash = undefined;
    const now = this.now();
    this.#deadline.at = Linger.deadline(now);
    this.#linger = new Linger(this.#stream, this.#timers.client, now, untilClose);
  }

  /** Closes the connection; resets it if a cut answer would look whole. @param unfinished the open exchange if any */
  #end(unfinished?: H1Exchange): void {
    this.#dead = true;
    if (unfinished?.untilClose || this.#linger?.cutShort) this.#stream.resetAndDestroy();
    else this.#stream.destroy();
  }
}
