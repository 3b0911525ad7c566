// Forwards one request: it is dispatched to a server, and the answer is relayed. Whatever happens to the request, it
// ends in `#finish`, exactly once, with one access record.
import { abortTermination } from "@tandem/front";
import {
  answerFields,
  asksConnectionLogin,
  CHUNKED,
  Fields,
  httpDate,
  logsConnectionIn,
  ProtocolFailure,
  passedTrailers,
  type ResponseHead,
} from "@tandem/http";
import {
  type AbortCause,
  type AnswerBody,
  type Exchange,
  TransformedBody,
  type TransformOwner,
} from "@tandem/http/exchange";
import type { Backend } from "../backend/backend.ts";
import { COUNTER } from "../memory/counters.ts";
import { Account } from "./account.ts";
import { Dispatch, type Dispatched } from "./dispatch.ts";
import type { Transforms } from "./edit-response.ts";
import { isEventStream } from "./event-stream.ts";
import type { ForwardOptions } from "./forward-options.ts";
import { mayPassOn } from "./max-forwards.ts";
import { respondPlain } from "./plain-answer.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "./proxy-error.ts";
import { prepareHead } from "./request-head.ts";
import { respondError, respondOptions } from "./respond.ts";
import { openUpgrade } from "./tunnel.ts";
import { unforwardable } from "./unforwardable.ts";
import { openHandshake, type WebSocketHandshake } from "./websocket-handshake.ts";

/**
 * Sends a request to one of the backend's servers and relays the answer. However the request ends, its record is
 * logged.
 */
export function forward(backend: Backend, exchange: Exchange, options: ForwardOptions): void {
  new Forward(backend, exchange, options).start();
}

const NO_FIELDS = new Fields();

class Forward implements TransformOwner, Dispatched {
  readonly #backend: Backend;
  readonly #exchange: Exchange;
  readonly #options: ForwardOptions;
  readonly #account: Account;
  readonly #dispatch: Dispatch;
  #requestId = "";
  #answerFields = NO_FIELDS;
  /** The fields of the answer as the server wrote them. */
  #receivedFields = NO_FIELDS;
  /** Where the answer's body goes: directly to the client's exchange, or first through transforms. */
  #body: AnswerBody;
  #transformed: TransformedBody | undefined = undefined;
  #transforms: Transforms | undefined = undefined;
  /** Whether the server answers in HTTP/2. */
  #http2 = false;
  #responseDone = false;
  /** Whether the server's answer is complete while a transform still has output to send. */
  #awaitsTransforms = false;
  #finished = false;
  /** Whether the answer is a stream of events. */
  #events = false;
  #halfClosed = false;
  #handshake: WebSocketHandshake | undefined = undefined;

  constructor(backend: Backend, exchange: Exchange, options: ForwardOptions) {
    this.#backend = backend;
    this.#exchange = exchange;
    this.#body = exchange;
    this.#options = options;
    this.#account = new Account(backend, exchange);
    const key = backend.keyOf?.(exchange.head, options.client);
    this.#dispatch = new Dispatch(backend, exchange, this.#account, options.remembered, key, this);
  }

  start(): void {
    const { head, headAt } = this.#exchange;
    this.#exchange.listener = this;
    this.#exchange.holdNext(); // the next request on this connection waits until `releaseNext` is called for this one
    const active = this.#backend.inFlight + 1;
    this.#backend.counters[COUNTER.current] = active;
    this.#backend.retryBudget.note(active, headAt);
    const unfit = unforwardable(head, this.#backend.config);
    if (unfit !== undefined) {
      this.fail(unfit.code, unfit.why);
      return;
    }
    if (!mayPassOn(head)) {
      const fault = respondOptions(this.#exchange, this.#backend.clock, this.#options.edit);
      if (fault === undefined) this.#finish("LR--", "");
      else this.fail("response-filter-failed", fault);
      return;
    }
    this.#handshake = openHandshake(head, this.#backend.rng);
    const prepared = prepareHead(head, this.#options, this.#backend.name);
    if (prepared === "loop")
      this.fail(
        "bad-request",
        "the request has come back to this proxy (its name is in Via already)",
      );
    else if (prepared instanceof ProtocolFailure) this.fail("bad-request", prepared.message);
    else {
      this.#requestId = prepared.requestId;
      this.#dispatch.start(prepared.text, logsConnectionIn(head));
    }
  }

  // Implements Dispatched: a server answers, or the request fails.

  informed(head: ResponseHead): void {
    const fields = answerFields(head);
    if (fields instanceof Fields) this.#exchange.inform(head.status, head.reason, fields);
  }

  responded(head: ResponseHead): void {
    const dispatch = this.#dispatch;
    this.#http2 = head.version === 20;
    this.#events = isEventStream(head);
    dispatch.answering(head.status, this.#events);
    if (this.#events && this.#halfClosed) {
      this.#leftByHalfClose();
      return;
    }
    const fault = this.#handshake?.fault(head);
    if (fault !== undefined) {
      this.#broken(fault);
      return;
    }
    if (asksConnectionLogin(head)) dispatch.keepPrivate();
    this.#account.responded(dispatch.server);
    const { edit } = this.#options;
    if (edit === undefined && respondPlain(this.#exchange, head, this.#backend.clock)) return;
    if (head.fields.has("keep-alive")) {
      dispatch.limitIdle(head.fields.all("keep-alive").join(","));
    }
    const fields = answerFields(head);
    if (fields instanceof ProtocolFailure) this.#broken(fields.message);
    else this.#respond(head, fields);
  }

  bodyText(text: string): void {
    this.#body.writeText(text);
  }

  bodyData(chunk: Buffer): void {
    this.#body.write(chunk);
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#responseDone = true;
    this.#dispatch.answered();
    const marked = this.#http2 && this.#exchange.head.version === 20;
    this.#body.end(passedTrailers(trailers, marked, this.#answerFields, this.#receivedFields));
  }

  failed(failure: ProtocolFailure | undefined): void {
    if (this.#finished) return;
    if (this.#dispatch.hedging) this.#dispatch.lost();
    else if (failure !== undefined) this.#broken(failure.message);
    else if (this.#dispatch.phase === "data") {
      this.#endedEarly(this.#dispatch.broken ?? "the server closed mid-answer");
    } else this.#dispatch.lost();
  }

  serverDrained(): void {
    this.#dispatch.serverDrained();
  }

  fail(code: ProxyErrorCode, why: string): void {
    if (this.#finished) return;
    this.#dispatch.failing(code);
    const { via, edit } = this.#options;
    respondError(this.#exchange, code, via, this.#backend.clock, edit);
    this.#finish(PROXY_ERRORS[code].termination, why);
  }

  // Implements Dispatched: events of the stream to the server.

  /**
   * Called when all bytes of one read from the server were parsed. Sends the parsed part of the answer to the client,
   * and pauses the server while the client is slow.
   */
  received(): void {
    if (this.#finished) return;
    if (this.#responseDone) this.#complete();
    else this.#dispatch.progressed(this.#body.flush());
  }

  get settled(): boolean {
    return this.#exchange.settled;
  }

  serverTimedOut(): void {
    const dispatch = this.#dispatch;
    if (dispatch.hedges()) return;
    const ms = dispatch.patienceMs;
    if (dispatch.phase === "data") {
      this.#truncated("server-stalled", `no data for ${ms} ms`);
      return;
    }
    this.#account.count(COUNTER.responseErrors, dispatch.server);
    this.fail("server-timeout", `${dispatch.server?.name} gave no answer within ${ms} ms`);
  }

  streamClosed(): void {
    if (this.#finished) return;
    if (this.#responseDone) this.#complete();
    else this.failed(undefined);
  }

  // The following methods are those of the interface `TransformOwner`.

  /**
   * Called when the transforms have ended the body. A transform may end the body before the server's answer is
   * complete. Then the request ends here all the same, and what the server still sends is not used.
   */
  transformed(): void {
    if (this.#awaitsTransforms || !this.#responseDone) this.#finish("----", "");
  }

  transformFailed(error: Error, index: number): void {
    if (this.#finished) return;
    const why = this.#transforms?.failed(error, index) ?? "";
    this.#untransform();
    if (this.#exchange.takeBack()) this.fail("response-filter-failed", why);
    else this.#cutShort("body-filter-failed", why);
  }

  // Implements ExchangeListener, for events of the client.

  drained(): void {
    this.#dispatch.proceed();
  }

  /**
   * A client that half-closes while its request still waits for a server counts as gone (HAProxy's abortonclose). So
   * does one that half-closes while it gets events: a browser that closes a page does no more than that, and a stream in
   * which nothing is sent would stay open for as long as it is silent. Any other answer is still sent.
   */
  halfClosed(): void {
    this.#halfClosed = true;
    if (this.#dispatch.phase === "queue" || this.#events) this.#leftByHalfClose();
  }

  #leftByHalfClose(): void {
    this.#untransform();
    this.#exchange.truncate();
    this.aborted("client-closed");
  }

  aborted(cause: AbortCause): void {
    const [termination, why] = abortTermination(cause, this.#dispatch.phase);
    this.#account.count(COUNTER.clientAborts, this.#dispatch.server);
    this.#dispatch.cancelled();
    this.#finish(termination, why);
  }

  #respond(head: ResponseHead, fields: Fields): void {
    if (!head.dated && head.status >= 200) {
      fields.add("Date", httpDate(this.#backend.clock.wall())); // when the answer arrived (RFC 9110 §6.6.1)
    }
    if (this.#exchange.head.version < 11) fields.remove("trailer"); // HTTP/1.0 has no trailers
    this.#answerFields = fields;
    this.#receivedFields = head.fields;
    this.#backend.choosing.learnLoad(this.#dispatch.server, fields);
    const edited = this.#options.edit?.(fields, head.status, hasBody(head));
    if (edited?.fault !== undefined) this.fail("response-filter-failed", edited.fault);
    else if (head.status === 101) {
      this.#switchProtocols(head.reason, fields, head.fields.all("upgrade").join(", "));
    } else if (edited === undefined) {
      this.#exchange.respond(head.status, head.reason, fields, head.bodyLength);
    } else {
      this.#exchange.respond(head.status, head.reason, fields, CHUNKED); // the transformed length is unknown
      this.#transform(edited);
    }
  }

  #transform(transforms: Transforms): void {
    const { clock } = this.#backend;
    const body = new TransformedBody(this.#exchange, this, {
      ms: transforms.patienceMs,
      after: (ms, call) => clock.after(ms, call),
    });
    this.#body = body;
    this.#transformed = body;
    this.#transforms = transforms;
    body.open(transforms.makes);
  }

  /** Stops the transforms. The answer that they were transforming will not be completed. */
  #untransform(): void {
    this.#transformed?.abandon();
    this.#transformed = undefined;
    this.#body = this.#exchange;
  }

  #switchProtocols(reason: string, fields: Fields, to: string): void {
    const { upgrade } = this.#exchange.head;
    if (upgrade === undefined || to.toLowerCase() !== upgrade) {
      this.#broken(`it switched to ${to || "no protocol"}, asked for ${upgrade ?? "none"}`);
      return;
    }
    const stream = this.#dispatch.switching();
    if (stream === undefined) return;
    const { config, deadlines } = this.#backend;
    openUpgrade({
      ...{ exchange: this.#exchange, stream, protocol: upgrade, reason, fields, deadlines },
      serverFinMs: config.timeouts.serverFin,
      ended: (by, termination, cause) => this.#tunnelEnded(by, termination, cause),
    });
  }

  #tunnelEnded(by: "client" | "server", termination: string, cause: string): void {
    const { server } = this.#dispatch;
    const normal = termination === "----";
    const counter = by === "client" ? COUNTER.clientAborts : COUNTER.serverAborts;
    if (!normal && !this.#finished) this.#account.count(counter, server);
    this.#finish(termination, by === "server" && !normal ? `${server?.name}: ${cause}` : cause);
  }

  #broken(why: string): void {
    this.#account.count(COUNTER.responseErrors, this.#dispatch.server);
    this.#endedEarly(why, "bad-response");
  }

  /** Called when the answer cannot be completed. A client that has seen none of it gets one that says so. */
  #endedEarly(why: string, code: ProxyErrorCode = "server-closed"): void {
    this.#untransform();
    if (this.#exchange.takeBack()) this.fail(code, `${this.#dispatch.server?.name}: ${why}`);
    else this.#truncated("server-aborted", why);
  }

  /**
   * Called when the server's answer ended before it was complete. The answer must look incomplete to the client as well
   * (RFC 9112 §8).
   */
  #truncated(code: ProxyErrorCode, why: string): void {
    const { server } = this.#dispatch;
    this.#account.count(COUNTER.serverAborts, server);
    this.#cutShort(code, `${server?.name}: ${why}`);
  }

  #cutShort(code: ProxyErrorCode, cause: string): void {
    this.#untransform();
    this.#exchange.truncate();
    this.#dispatch.failing(code);
    this.#finish(PROXY_ERRORS[code].termination, cause);
  }

  /** Called when the server's answer is complete. The request is complete too, unless a transform has more to send. */
  #complete(): void {
    if (this.#exchange.responseEnded) this.#finish("----", "");
    else if (!this.#awaitsTransforms) {
      this.#awaitsTransforms = true;
      this.#dispatch.end(true); // the server can serve other requests in the meantime
      this.#backend.waiting.advance();
    }
  }

  #finish(termination: string, cause: string): void {
    if (this.#finished) return;
    this.#finished = true;
    const dispatch = this.#dispatch;
    if (!this.#awaitsTransforms) dispatch.end(this.#responseDone);
    this.#backend.counters[COUNTER.current] = this.#backend.inFlight - 1;
    const record = this.#account.close(this.#exchange, this.#options, {
      server: dispatch.server,
      retries: dispatch.attempts.retries,
      serverPlace: dispatch.choice.serverPlace,
      backendPlace: dispatch.choice.backendPlace,
      requestId: this.#requestId,
      termination,
      cause,
    });
    this.#backend.waiting.advance();
    this.#options.log(record);
    this.#exchange.releaseNext();
  }
}

/** Returns whether the answer has a body that is worth transforming. */
function hasBody({ status, bodyLength }: ResponseHead): boolean {
  return bodyLength !== 0 && status !== 101;
}
