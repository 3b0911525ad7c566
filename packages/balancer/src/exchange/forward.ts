// One request on its way: dispatched to a server, its answer relayed. Everything that can happen to it
// ends in `#finish`, exactly once, with one access record.
import { abortTermination } from "@tandem/front";
import {
  announcedTrailers,
  answerFields,
  asksConnectionLogin,
  Fields,
  httpDate,
  logsConnectionIn,
  ProtocolFailure,
  plainAnswerHead,
  type ResponseHead,
} from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Backend } from "../backend/backend.ts";
import { COUNTER } from "../memory/counters.ts";
import { Account } from "./account.ts";
import { Dispatch, type Dispatched } from "./dispatch.ts";
import { isEventStream } from "./event-stream.ts";
import type { ForwardOptions } from "./forward-options.ts";
import { mayPassOn } from "./max-forwards.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "./proxy-error.ts";
import { prepareHead } from "./request-head.ts";
import { respondError, respondOptions } from "./respond.ts";
import { openUpgrade } from "./tunnel.ts";

/** Sends a request to one of the backend's servers and its answer back. Every ending is in the record it logs. */
export function forward(backend: Backend, exchange: Exchange, options: ForwardOptions): void {
  new Forward(backend, exchange, options).start();
}

const NO_FIELDS = new Fields();
const HOOK_FAILED = "the program's response hook failed";

class Forward implements ExchangeListener, Dispatched {
  readonly #backend: Backend;
  readonly #exchange: Exchange;
  readonly #options: ForwardOptions;
  readonly #account: Account;
  readonly #dispatch: Dispatch;
  #requestId = "";
  #answerFields = NO_FIELDS;
  /** The same as the server wrote them. */
  #receivedFields = NO_FIELDS;
  #responseDone = false;
  #finished = false;

  constructor(backend: Backend, exchange: Exchange, options: ForwardOptions) {
    this.#backend = backend;
    this.#exchange = exchange;
    this.#options = options;
    this.#account = new Account(backend, exchange);
    const key = backend.keyOf?.(exchange.head, options.client);
    this.#dispatch = new Dispatch(backend, exchange, this.#account, options.remembered, key, this);
  }

  start(): void {
    const { head, headAt } = this.#exchange;
    this.#exchange.listener = this;
    this.#exchange.holdNext(); // a place at a server, and its line in the log, come before it
    const active = this.#backend.inFlight + 1;
    this.#backend.counters[COUNTER.current] = active;
    this.#backend.retryBudget.note(active, headAt);
    if (head.method === "CONNECT" || head.method === "TRACE") {
      this.fail("not-allowed", `${head.method} is not forwarded`);
      return;
    }
    if (!mayPassOn(head)) {
      const answered = respondOptions(this.#exchange, this.#backend.clock, this.#options.response);
      if (answered) this.#finish("LR--", "");
      else this.fail("response-hook-failed", HOOK_FAILED);
      return;
    }
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

  // Dispatched: the server answers, or none does.

  informed(head: ResponseHead): void {
    const fields = answerFields(head);
    if (fields instanceof Fields) this.#exchange.inform(head.status, head.reason, fields);
  }

  responded(head: ResponseHead): void {
    const dispatch = this.#dispatch;
    dispatch.answering(head.status, isEventStream(head));
    if (asksConnectionLogin(head)) dispatch.keepPrivate();
    this.#account.responded(dispatch.server);
    const exchange = this.#exchange;
    if (this.#options.response === undefined && exchange.respondPlain !== undefined) {
      let plain = head.forwardText;
      if (plain === undefined) {
        plain = plainAnswerHead(head);
        head.forwardText = plain;
      }
      if (plain !== undefined) {
        const dated = head.dated ? plain : `${plain}Date: ${this.#date}\r\n`;
        exchange.respondPlain(head.status, dated, head.bodyLength);
        return;
      }
    }
    if (head.fields.has("keep-alive")) {
      dispatch.limitIdle(head.fields.all("keep-alive").join(","));
    }
    const fields = answerFields(head);
    if (fields instanceof ProtocolFailure) this.#broken(fields.message);
    else this.#respond(head, fields);
  }

  bodyText(text: string): void {
    this.#exchange.writeText(text);
  }

  bodyData(chunk: Buffer): void {
    this.#exchange.write(chunk);
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#responseDone = true;
    this.#dispatch.answered();
    this.#exchange.end(
      trailers && announcedTrailers(trailers, this.#answerFields, this.#receivedFields),
    );
  }

  failed(failure: ProtocolFailure | undefined): void {
    if (this.#finished) return;
    if (this.#dispatch.hedging) this.#dispatch.lost();
    else if (failure !== undefined) this.#broken(failure.message);
    else if (this.#dispatch.phase === "data") {
      this.#truncated("server-aborted", "the server closed mid-answer");
    } else this.#dispatch.lost();
  }

  serverDrained(): void {
    this.#dispatch.serverDrained();
  }

  fail(code: ProxyErrorCode, why: string): void {
    if (this.#finished) return;
    this.#dispatch.failing(code);
    const { via, response } = this.#options;
    respondError(this.#exchange, code, via, this.#backend.clock, response);
    this.#finish(PROXY_ERRORS[code].termination, why);
  }

  // Dispatched: the stream to the server.

  /** All that one read brought was parsed: send it on, and hold the server back while the client is slow. */
  received(): void {
    if (this.#finished) return;
    if (this.#responseDone) this.#finish("----", "");
    else this.#dispatch.progressed(this.#exchange.flush());
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
    if (this.#responseDone) this.#finish("----", "");
    else this.failed(undefined);
  }

  // ExchangeListener: the client.

  drained(): void {
    this.#dispatch.proceed();
  }

  /** Half-closing is as good as leaving for one that still waits for a server (HAProxy's abortonclose). */
  halfClosed(): void {
    if (this.#dispatch.phase !== "queue") return;
    this.#exchange.truncate();
    this.aborted("client-closed");
  }

  aborted(cause: AbortCause): void {
    const [termination, why] = abortTermination(cause, this.#dispatch.phase);
    this.#account.count(COUNTER.clientAborts, this.#dispatch.server);
    this.#dispatch.cancelled();
    this.#finish(termination, why);
  }

  /** An answer without a Date gets that of its arrival (RFC 9110 §6.6.1). */
  get #date(): string {
    return httpDate(this.#backend.clock.wall());
  }

  #respond(head: ResponseHead, fields: Fields): void {
    const { response } = this.#options;
    if (!head.dated && head.status >= 200) fields.add("Date", this.#date);
    if (this.#exchange.head.version < 11) fields.remove("trailer"); // none can follow
    this.#answerFields = fields;
    this.#receivedFields = head.fields;
    this.#backend.choosing.learnLoad(this.#dispatch.server, fields);
    if (response?.(fields, head.status) === false) {
      this.fail("response-hook-failed", HOOK_FAILED);
    } else if (head.status === 101) {
      this.#switchProtocols(head.reason, fields, head.fields.all("upgrade").join(", "));
    } else {
      this.#exchange.respond(head.status, head.reason, fields, head.bodyLength);
    }
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
    const { server } = this.#dispatch;
    this.#account.count(COUNTER.responseErrors, server);
    if (this.#exchange.takeBack()) this.fail("bad-response", `${server?.name}: ${why}`);
    else this.#truncated("server-aborted", why);
  }

  /** An answer that stops short is passed on as one that stops short (RFC 9112 §8). */
  #truncated(code: ProxyErrorCode, why: string): void {
    const { server } = this.#dispatch;
    this.#account.count(COUNTER.serverAborts, server);
    this.#exchange.truncate();
    this.#dispatch.failing(code);
    this.#finish(PROXY_ERRORS[code].termination, `${server?.name}: ${why}`);
  }

  #finish(termination: string, cause: string): void {
    if (this.#finished) return;
    this.#finished = true;
    const dispatch = this.#dispatch;
    dispatch.end(this.#responseDone);
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
