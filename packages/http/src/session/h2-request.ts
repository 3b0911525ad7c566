// One request over HTTP/2: passes the client's events on to the exchange, and knows when the client is late with it.
import type { AbortCause } from "../exchange/exchange.ts";
import type { H2Failure } from "../h2/error-code.ts";
import { TINY } from "../h2/sender.ts";
import type { H2Stream, StreamListener } from "../h2/stream.ts";
import type { Fields } from "../message/fields.ts";
import type { RequestHead } from "../message/head.ts";
import { BodyAllowance } from "./body-allowance.ts";
import { H2Answer } from "./h2-answer.ts";
import { H2Exchange } from "./h2-exchange.ts";
import type { RequestSession } from "./h2-request-session.ts";

export class H2Request implements StreamListener {
  readonly exchange: H2Exchange;
  readonly stream: H2Stream;
  /** Whether the handler was told that the exchange has ended. The answer may still be on its way. */
  finished = false;
  readonly #session: RequestSession;
  readonly #answer: H2Answer;
  readonly #upload: BodyAllowance | undefined;
  /**
   * How long the client may neither send nor take anything, in ms. The messages of a call of gRPC may come seldom, in
   * both directions, so such a call may be silent for as long as a tunnel.
   */
  readonly #idleMs: number;
  /** When the client is late with its body, on the session's clock. */
  #lateAt = Number.POSITIVE_INFINITY;
  /** How many bytes of the answer had left when the client was last seen to take some, and when that was. */
  #taken = 0;
  #takenAt = 0;

  constructor(session: RequestSession, stream: H2Stream, head: RequestHead, headBytes: number) {
    const { timers, limits } = session;
    this.stream = stream;
    this.#session = session;
    this.#answer = new H2Answer(session, stream, head);
    this.#idleMs = this.#answer.grpc ? timers.tunnel : timers.client;
    const now = (): number => timers.now();
    const request = { head, headBytes, sink: this.#answer, now };
    this.exchange = new H2Exchange(request, stream, session);
    const bodiless = stream.remoteDone || head.upgrade !== undefined;
    const rate = this.#answer.grpc ? 0 : limits.bodyRate;
    this.#upload = bodiless ? undefined : new BodyAllowance(this.#idleMs, rate);
    this.#upload?.start(this.exchange.headAt);
    this.#upload?.paused(this.exchange.headAt);
  }

  data(chunk: Buffer): void {
    const { exchange } = this;
    if (exchange.responseEnded) {
      this.stream.used(chunk.length);
      return;
    }
    const { limits, timers, shared } = this.#session;
    const most = limits.body ?? Number.POSITIVE_INFINITY;
    const { upgrade } = exchange.head;
    if (exchange.bytesReceived + chunk.length > most && upgrade === undefined) {
      this.#session.abort(this.stream, "body-too-large");
      return;
    }
    // A sink says only afterwards whether it keeps the bytes: a server may take no more just now.
    exchange.feed(shared ? Buffer.from(chunk) : chunk);
    this.#session.fed(this);
    const now = timers.now();
    this.#upload?.resumed(now);
    this.#lateAt = this.#upload?.deadline(now, exchange.bytesReceived) ?? this.#lateAt;
  }

  /** Whether the handler may still refer to bytes that it was given. */
  get holds(): boolean {
    const { exchange } = this;
    return exchange.responseEnded || exchange.bodySink?.holds !== false;
  }

  ended(trailers: Fields | undefined): void {
    if (this.exchange.head.upgrade !== undefined) this.exchange.halfClose();
    else this.exchange.endBody(trailers);
  }

  /** Whether the request is a call of gRPC. */
  get grpc(): boolean {
    return this.#answer.grpc;
  }

  drained(): void {
    if (!this.#session.congested) this.exchange.drained();
  }

  aborted(failure: H2Failure): void {
    if (this.exchange.responseEnded) return;
    const { connection } = this.#session.side;
    const fallback = failure === connection.failure ? "broken-protocol" : "bad-body";
    this.exchange.abort(CAUSES[failure.fault] ?? fallback);
    this.#session.finished(this.stream);
  }

  /** Returns why the client is late with this request; undefined when it is not. Called about once per timeout. */
  late(now: number): AbortCause | undefined {
    const { exchange, stream } = this;
    if (this.#answer.tunnel) return now >= exchange.tunnelLateAt ? "client-timeout" : undefined;
    // A few bytes more do not count: by them a client could hold a server's connection for ever (CVE-2019-9517).
    if (stream.queued === 0 || stream.sent >= this.#taken + TINY) {
      this.#taken = stream.sent;
      this.#takenAt = now;
    } else if (now >= this.#takenAt + this.#idleMs) return "client-timeout";
    const waitsForContinue = exchange.head.expectContinue && exchange.bytesReceived === 0;
    if (!exchange.readsBody || stream.remoteDone || waitsForContinue) {
      this.#upload?.paused(now);
      this.#lateAt = Number.POSITIVE_INFINITY;
      return undefined;
    }
    if (this.#lateAt === Number.POSITIVE_INFINITY) {
      this.#upload?.resumed(now);
      this.#lateAt = now + this.#idleMs;
    }
    if (now < this.#lateAt) return undefined;
    return this.#upload?.sendsTooSlowly(now) ? "body-too-slow" : "client-timeout";
  }

  /** Returns when `late` should be called next. */
  lookAt(now: number): number {
    const tunnel = this.#answer.tunnel ? this.exchange.tunnelLateAt : Number.POSITIVE_INFINITY;
    return Math.min(now + this.#session.timers.client, this.#lateAt, tunnel);
  }
}

/** The causes of failures that are not faults of what the client sent. */
const CAUSES: Readonly<Record<string, AbortCause>> = {
  "reset-by-peer": "client-closed",
  closed: "client-closed",
  slow: "client-timeout",
  stopped: "stopped",
};
