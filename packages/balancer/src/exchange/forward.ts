// One request on its way: pick → connect → send → relay → finish. Everything that can happen to it
// ends in `#finish`, exactly once, with one access record.
import {
  announcedTrailers,
  CHUNKED,
  Fields,
  ProtocolFailure,
  type ResponseHead,
} from "@tandem/http";
import type {
  AbortCause,
  ExchangeListener,
  ResponseListener,
  ServerExchange,
} from "@tandem/http/session";
import type { Backend } from "../backend/backend.ts";
import { COUNTER } from "../backend/counters.ts";
import type { Waiter } from "../backend/queue.ts";
import type { Server } from "../backend/server.ts";
import type { ConnectFailure, ConnectListener } from "../pool/pool.ts";
import type { ConnectionUser, ServerConnection } from "../pool/server-connection.ts";
import { Account } from "./account.ts";
import { Attempts } from "./attempts.ts";
import type { ForwardOptions } from "./forward-options.ts";
import { outcomeOfStatus, PROXY_ERRORS, type ProxyErrorCode } from "./proxy-error.ts";
import { RequestBody } from "./request-body.ts";
import { type PreparedHead, prepareHead } from "./request-head.ts";
import { respondError } from "./respond.ts";
import { answerFields, keepLines } from "./response-head.ts";
import { abortTermination, type Phase } from "./termination.ts";
import { openTunnel } from "./tunnel.ts";

/** Sends a request to one of the backend's servers and its answer back. Every ending is in the record it logs. */
export function forward(backend: Backend, exchange: ServerExchange, options: ForwardOptions): void {
  new Forward(backend, exchange, options).start();
}

/** A non-idempotent request is not repeated when a stale connection swallows it, so it only rides on one used this recently. */
const FRESH_MS = 1_000;

const NO_FIELDS = new Fields();

class Forward
  implements ExchangeListener, ResponseListener, ConnectListener, ConnectionUser, Waiter
{
  readonly #backend: Backend;
  readonly #exchange: ServerExchange;
  readonly #options: ForwardOptions;
  readonly #attempts: Attempts;
  readonly #account: Account;
  #head: PreparedHead = { text: "", requestId: "" };
  #server: Server | undefined = undefined;
  #connection: ServerConnection | undefined = undefined;
  #cancelConnect: (() => void) | undefined = undefined;
  #body: RequestBody | undefined = undefined;
  #phase: Phase = "queue";
  #answerFields = NO_FIELDS;
  #responseDone = false;
  #onBudget = false;
  #finished = false;

  constructor(backend: Backend, exchange: ServerExchange, options: ForwardOptions) {
    this.#backend = backend;
    this.#exchange = exchange;
    this.#options = options;
    const { head } = exchange;
    const key = backend.keyOf?.(head, options.client);
    this.#attempts = new Attempts(head.method, backend.config.retries, key);
    this.#account = new Account(backend, exchange);
  }

  start(): void {
    const { head } = this.#exchange;
    this.#exchange.listener = this;
    const active = this.#backend.inFlight + 1;
    this.#backend.counters[COUNTER.current] = active;
    this.#backend.retryBudget.note(active, this.#exchange.headAt);
    if (head.method === "CONNECT" || head.method === "TRACE") {
      this.#fail("not-allowed", `${head.method} is not forwarded`);
      return;
    }
    const prepared = prepareHead(head, this.#options.client, this.#options.via, this.#backend.name);
    if (prepared === "loop") this.#fail("bad-request", "the request has come back to this proxy");
    else if (prepared instanceof ProtocolFailure) this.#fail("bad-request", prepared.message);
    else {
      this.#head = prepared;
      this.#choose();
    }
  }

  // Waiter: the queue.

  retry(): boolean {
    const server = this.#backend.pick(this.#attempts);
    if (server === undefined) return false;
    this.#give(server);
    return true;
  }

  timedOut(): void {
    this.#fail(
      "queue-timeout",
      `no server had room within ${this.#backend.config.queue.timeout} ms`,
    );
  }

  // ConnectListener

  connected(connection: ServerConnection): void {
    this.#cancelConnect = undefined;
    this.#send(connection);
  }

  connectFailed({ code, why }: ConnectFailure): void {
    this.#cancelConnect = undefined;
    this.#account.count(COUNTER.connectErrors, this.#server);
    this.#elsewhere(code, `${this.#server?.name}: ${why}`);
  }

  // ResponseListener: the server answers.

  informed(head: ResponseHead): void {
    const fields = answerFields(head);
    if (fields instanceof Fields) this.#exchange.inform(head.status, head.reason, fields);
  }

  responded(head: ResponseHead): void {
    this.#phase = "data";
    this.#account.responded(this.#server);
    this.#account.outcome = outcomeOfStatus(head.status);
    const { forwardLines } = head;
    if (forwardLines !== undefined && this.#options.response === undefined) {
      this.#exchange.respondLines(head.status, head.reason, forwardLines, head.bodyLength);
      return;
    }
    const keepAlive = head.fields.get("keep-alive");
    if (keepAlive !== undefined) this.#connection?.limitIdle(keepAlive);
    const fields = answerFields(head);
    if (fields instanceof ProtocolFailure) {
      this.#broken(fields.message);
      return;
    }
    this.#answerFields = fields;
    const reported = this.#backend.hear(this.#server, fields);
    if (this.#options.response?.(fields, head.status) === false) {
      this.#fail("response-hook-failed", "the program's response hook failed");
    } else if (head.status === 101) {
      this.#switchProtocols(head.reason, fields, head.fields.get("upgrade"));
    } else {
      if (this.#options.response === undefined && !reported) keepLines(head, fields);
      this.#exchange.respond(head.status, head.reason, fields, head.bodyLength);
    }
  }

  bodyText(text: string): void {
    this.#exchange.writeText(text);
  }

  bodyData(chunk: Buffer): void {
    this.#exchange.write(chunk);
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#responseDone = true;
    this.#body?.stop();
    this.#exchange.end(trailers && announcedTrailers(trailers, this.#answerFields));
  }

  failed(failure: ProtocolFailure | undefined): void {
    if (this.#finished) return;
    if (failure !== undefined) this.#broken(failure.message);
    else if (this.#phase === "data")
      this.#truncated("server-aborted", "the server closed mid-answer");
    else this.#lost();
  }

  serverDrained(): void {
    this.#body?.drained();
  }

  // ConnectionUser

  /** All that one read brought was parsed: send it on, and hold the server back while the client is slow. */
  received(): void {
    const connection = this.#connection;
    // In a tunnel bytes have left already, and only the client's side has a timeout.
    if (connection === undefined || this.#finished || this.#phase === "tunnel") return;
    if (this.#responseDone) {
      this.#finish("----", "");
      return;
    }
    connection.deadline = this.#serverDeadline();
    if (!this.#exchange.flush()) {
      connection.socket.pause();
      connection.deadline = Number.POSITIVE_INFINITY;
    }
  }

  get settled(): boolean {
    return this.#exchange.settled;
  }

  serverTimedOut(): void {
    const ms = this.#backend.config.timeouts.server;
    if (this.#phase === "data") this.#truncated("server-stalled", `no data for ${ms} ms`);
    else this.#fail("server-timeout", `${this.#server?.name} gave no answer within ${ms} ms`);
  }

  connectionClosed(): void {
    if (this.#finished) return;
    if (this.#phase === "tunnel") this.#exchange.endTunnel();
    if (this.#responseDone || this.#phase === "tunnel") this.#finish("----", "");
    else this.failed(undefined);
  }

  // ExchangeListener: the client.

  drained(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.deadline = this.#serverDeadline();
    connection.socket.resume();
  }

  /** Half-closing is as good as leaving for one that still waits for a server (HAProxy's abortonclose). */
  halfClosed(): void {
    if (this.#phase !== "queue") return;
    this.#exchange.truncate();
    this.aborted("client-closed");
  }

  aborted(cause: AbortCause): void {
    const [termination, why] = abortTermination(cause, this.#phase);
    this.#account.count(COUNTER.clientAborts, this.#server);
    this.#account.outcome = "cancelled";
    this.#finish(termination, why);
  }

  #choose(): void {
    const backend = this.#backend;
    const server = backend.pick(this.#attempts);
    if (server !== undefined) this.#give(server);
    else if (!backend.hasUntried(this.#attempts)) {
      this.#fail("no-server", `no server of backend ${backend.name} is up`);
    } else if (!backend.queue.join(this)) {
      this.#fail("queue-full", `${backend.queue.length} requests wait already`);
    }
  }

  #give(server: Server): void {
    this.#phase = "connect";
    this.#server = server;
    this.#attempts.tried.push(server);
    this.#account.given(server);
    const pool = this.#backend.poolOf(server);
    const freshWithin = this.#attempts.idempotent ? undefined : FRESH_MS;
    const reused = this.#attempts.staleOnce ? undefined : pool.acquire(freshWithin);
    if (reused !== undefined) this.#send(reused);
    else this.#cancelConnect = pool.connect(this);
  }

  #send(connection: ServerConnection): void {
    const { head } = this.#exchange;
    this.#account.connected();
    this.#phase = "response";
    this.#connection = connection;
    connection.user = this;
    connection.deadline = this.#serverDeadline();
    connection.session.send(head.method, this.#head.text, head.bodyLength, this);
    if (head.bodyLength === 0) return;
    if (head.bodyLength === CHUNKED || head.expectContinue) connection.session.flush();
    this.#body ??= new RequestBody(
      this.#exchange,
      this.#attempts.idempotent ? this.#backend.config.replay : 0,
      () => this.#backend.deadlines.now() + this.#backend.config.timeouts.server,
    );
    this.#body.sendOn(connection);
  }

  /** The connection died before any answer: another server may be asked when that can do no harm. */
  #lost(): void {
    this.#account.count(COUNTER.responseErrors, this.#server);
    if ((this.#connection?.session.requests ?? 0) > 1) this.#attempts.forgiveStale();
    this.#elsewhere(
      "server-closed",
      `${this.#server?.name} closed the connection before it answered`,
    );
  }

  #elsewhere(code: ProxyErrorCode, why: string): void {
    const attempts = this.#attempts;
    const partial = this.#connection?.session.answered === true;
    if (
      partial ||
      !attempts.mayRetry(code, this.#body?.replayable ?? true) ||
      !this.#backend.hasUntried(attempts)
    ) {
      this.#fail(code, why);
      return;
    }
    if (!this.#budgeted(code)) {
      this.#fail(code, `${why}, and too many requests are being retried already`);
      return;
    }
    this.#attempts.retries += 1;
    this.#account.count(COUNTER.retries, this.#server);
    this.#body?.detach();
    this.#account.outcome = PROXY_ERRORS[code].outcome;
    this.#letGo();
    this.#phase = "queue";
    this.#choose();
  }

  /** What was never sent may go elsewhere for free: it has cost no server anything. */
  #budgeted(code: ProxyErrorCode): boolean {
    if (PROXY_ERRORS[code].retry === "safe" || this.#onBudget) return true;
    this.#onBudget = this.#backend.retryBudget.take();
    return this.#onBudget;
  }

  #broken(why: string): void {
    this.#account.count(COUNTER.responseErrors, this.#server);
    if (this.#exchange.status === 0) this.#fail("bad-response", `${this.#server?.name}: ${why}`);
    else this.#truncated("server-aborted", why);
  }

  /** An answer that stops short is passed on as one that stops short (RFC 9112 §8). */
  #truncated(code: ProxyErrorCode, why: string): void {
    this.#account.count(COUNTER.serverAborts, this.#server);
    this.#exchange.truncate();
    this.#account.outcome = PROXY_ERRORS[code].outcome;
    this.#finish(PROXY_ERRORS[code].termination, `${this.#server?.name}: ${why}`);
  }

  #fail(code: ProxyErrorCode, why: string): void {
    if (this.#finished) return;
    this.#account.outcome = PROXY_ERRORS[code].outcome;
    this.#connection?.session.abandon();
    const { via, response } = this.#options;
    respondError(this.#exchange, code, via, this.#backend.clock, response);
    this.#finish(PROXY_ERRORS[code].termination, why);
  }

  #switchProtocols(reason: string, fields: Fields, to: string | undefined): void {
    const connection = this.#connection;
    const { upgrade } = this.#exchange.head;
    if (connection === undefined || upgrade === undefined || to?.toLowerCase() !== upgrade) {
      this.#broken(`it switched to ${to ?? "no protocol"}, asked for ${upgrade ?? "none"}`);
      return;
    }
    fields.add("Connection", "upgrade");
    fields.add("Upgrade", upgrade);
    this.#phase = "tunnel";
    this.#account.outcome = "cancelled"; // how long it stays open says nothing about the server
    openTunnel({
      exchange: this.#exchange,
      connection,
      reason,
      fields,
      ended: () => this.#finish("----", ""),
    });
  }

  #serverDeadline(): number {
    const now = this.#backend.deadlines.now();
    return this.#body?.deadline ?? now + this.#backend.config.timeouts.server;
  }

  /** Gives the connection back, or lets it die, and frees the server's slot. */
  #letGo(): void {
    this.#cancelConnect?.();
    this.#cancelConnect = undefined;
    const server = this.#server;
    const connection = this.#connection;
    this.#connection = undefined;
    if (server === undefined || !this.#account.over(server)) return;
    if (connection !== undefined) {
      if (!this.#responseDone) connection.session.abandon();
      this.#backend.poolOf(server).release(connection);
    }
  }

  #finish(termination: string, cause: string): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#backend.queue.leave(this);
    if (this.#onBudget) this.#backend.retryBudget.giveBack();
    this.#letGo();
    this.#backend.counters[COUNTER.current] = this.#backend.inFlight - 1;
    const record = this.#account.close(this.#exchange, this.#options, {
      server: this.#server,
      retries: this.#attempts.retries,
      requestId: this.#head.requestId,
      termination,
      cause,
    });
    this.#backend.queue.advance();
    this.#options.log(record);
  }
}
