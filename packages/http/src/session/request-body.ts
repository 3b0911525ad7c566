// The bodies of one connection's requests, one after another: taken off the wire, handed to whoever reads the
// request, and held to what they may take of bytes and of time.
import type { BodySink } from "../exchange/body-sink.ts";
import type { AbortCause } from "../exchange/exchange.ts";
import { BodyDecoder } from "../h1/body-decoder.ts";
import type { Fields } from "../message/fields.ts";
import { BodyAllowance } from "./body-allowance.ts";
import type { H1Exchange } from "./h1-exchange.ts";
import type { SessionDeadline, SessionLimits, SessionTimers } from "./session-handler.ts";

export class RequestBody implements BodySink {
  /** What is wrong with it: its exchange has to be aborted. */
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

  /** Expects the body of `exchange`. */
  start(exchange: H1Exchange): void {
    this.fault = undefined;
    this.#exchange = exchange;
    this.#decoder.start(exchange.head.bodyLength, this);
    this.#allowance.start(exchange.headAt);
    // Until the first byte it is not slow: it may be waiting for a 100 (RFC 9110 §10.1.1), or not be read yet.
    this.#allowance.paused(exchange.headAt);
  }

  /** Takes it from `chunk`, from `offset` on. Returns where what comes after it begins; look at `fault` then. */
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

  /** What is wrong with a client that is late with it. */
  get lateness(): AbortCause {
    return this.#allowance.dribbles(this.#timers.now()) ? "body-too-slow" : "client-timeout";
  }

  /** Nothing is read for a while, which is not the client's fault. */
  paused(): void {
    this.#allowance.paused(this.#timers.now());
  }

  resumed(): void {
    this.#allowance.resumed(this.#timers.now());
  }

  // From the decoder. Of an exchange that has ended meanwhile, nobody wants the rest.

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
