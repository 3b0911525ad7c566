// Reads the bodies of one connection's requests, one after another. Each body is decoded, checked against the limits of
// bytes and of time, and passed to the sink of its request.
import type { BodySink } from "../exchange/body-sink.ts";
import type { AbortCause } from "../exchange/exchange.ts";
import { BodyDecoder } from "../h1/body-decoder.ts";
import type { Fields } from "../message/fields.ts";
import { BodyAllowance } from "./body-allowance.ts";
import type { H1Exchange } from "./h1-exchange.ts";
import type { SessionDeadline, SessionLimits, SessionTimers } from "./session-handler.ts";

export class RequestBody implements BodySink {
  /** The fault of the current body; undefined when there is none. The caller has to abort the exchange for it. */
  fault: AbortCause | undefined = undefined;
  readonly #decoder: BodyDecoder;
  readonly #allowance: BodyAllowance;
  readonly #timers: SessionTimers;
  readonly #deadline: SessionDeadline;
  readonly #limit: number;
  #exchange: H1Exchange | undefined = undefined;

  constructor(timers: SessionTimers, limits: SessionLimits, deadline: SessionDeadline) {
    this.#decoder = new BodyDecoder(limits);
    this.#allowance = new BodyAllowance(timers.client, limits.bodyRate);
    this.#timers = timers;
    this.#deadline = deadline;
    this.#limit = limits.body ?? Number.POSITIVE_INFINITY;
  }

  /** Starts the body of `exchange`. */
  start(exchange: H1Exchange): void {
    this.fault = undefined;
    this.#exchange = exchange;
    this.#decoder.start(exchange.head.bodyLength, this);
    this.#allowance.start(exchange.headAt);
    // The client's time starts with the first byte of the body. Until then the client may be waiting for a 100 (RFC
    // 9110 §10.1.1), or we may not read the body yet.
    this.#allowance.paused(exchange.headAt);
  }

  /**
   * Reads the body from `chunk`, starting at `offset`. Returns where the bytes after the body begin. Check `fault`
   * after the call.
   */
  read(chunk: Buffer, offset: number): number {
    const exchange = this.#exchange;
    const now = this.#timers.now();
    this.#allowance.resumed(now);
    const next = this.#decoder.decode(chunk, offset);
    if (this.#decoder.failure !== undefined) this.fault = "bad-body";
    else if (exchange?.bodyDone === false && !exchange.responseEnded) {
      this.#deadline.at = this.#allowance.deadline(now, exchange.bytesReceived);
    }
    return next;
  }

  /** Returns the abort cause for a client that is late with its body. */
  get lateness(): AbortCause {
    return this.#allowance.sendsTooSlowly(this.#timers.now()) ? "body-too-slow" : "client-timeout";
  }

  /** Called when we stop reading for a while. That time must not count against the client. */
  paused(): void {
    this.#allowance.paused(this.#timers.now());
  }

  resumed(): void {
    this.#allowance.resumed(this.#timers.now());
  }

  // The decoder calls `bodyData` and `bodyEnd`. If the exchange has ended in the meantime, the rest of its body is
  // dropped.

  bodyData(chunk: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.responseEnded) return;
    exchange.bytesReceived += chunk.length;
    if (exchange.bytesReceived > this.#limit) this.fault = "body-too-large";
    else exchange.bodySink?.bodyData(chunk);
  }

  bodyEnd(trailers: Fields | undefined): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange === undefined || exchange.responseEnded || this.fault !== undefined) return;
    exchange.bodyDone = true;
    this.#deadline.at = this.#timers.now() + this.#timers.client;
    exchange.bodySink?.bodyEnd(trailers);
  }
}
