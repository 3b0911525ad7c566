// Gets a request to a server that answers. When a server fails and the request may be tried again, the request goes to
// another server:
//
//   queue ──a server has room──▶ connect ──connected, sent──▶ response ──head of the answer──▶ data ──101──▶ tunnel
//     ▲                             │ failed                     │ connection lost
//     └──────may be tried again─────┴────────────────────────────┘
//
// When the request may not be tried again, its owner's `fail` is called. When `response` takes long, a second server
// is asked as well (hedge.ts). The owner relays the answer, and may call `end` in any state to end the request. This
// file also tells the balancing algorithm how the request went at each server.
import type { Outcome } from "@tandem/algorithms";
import type { Phase } from "@tandem/front";
import { CHUNKED } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { ResponseListener } from "@tandem/http/session";
import { FRESH_MS } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { PrivateConnections } from "../backend/private-connections.ts";
import { COUNTER } from "../memory/counters.ts";
import type { ConnectFailure } from "../pool/connect-failure.ts";
import type { ConnectListener, Pending } from "../pool/reservation.ts";
import type { ServerStream, StreamUser } from "../pool/server-stream.ts";
import type { Server } from "../server/server.ts";
import type { Account } from "./account.ts";
import { Attempts } from "./attempts.ts";
import { BodyRelay } from "./body-relay.ts";
import { Choice, type Chooser } from "./choice.ts";
import { Hedge, type Hedged, type HedgeTimes } from "./hedge.ts";
import { brokenBy, lossOf } from "./loss.ts";
import { outcomeOfStatus, PROXY_ERRORS, type ProxyErrorCode } from "./proxy-error.ts";
import type { Remembered } from "./remembered.ts";

/** The owner of a dispatch: the code that relays the answer. */
export interface Dispatched extends ResponseListener, StreamUser {
  /** Called when no server will answer the request. */
  fail(code: ProxyErrorCode, why: string): void;
}

export class Dispatch implements ConnectListener, Chooser, Hedged {
  readonly attempts: Attempts;
  readonly choice: Choice;
  readonly #backend: Backend;
  readonly #exchange: Exchange;
  readonly #account: Account;
  readonly #remembered: Remembered;
  readonly #owner: Dispatched;
  #server: Server | undefined = undefined;
  #stream: ServerStream | undefined = undefined;
  #phase: Phase = "queue";
  #patienceMs: number;
  /** How the request went at the current server. The algorithm is told when the request leaves it. */
  #outcome: Outcome = "ok";
  #head = "";
  /** Whether the request logs its client in on the connection that carries it (NTLM, Negotiate). */
  #logsIn = false;
  #pending: Pending | undefined = undefined;
  #body: BodyRelay | undefined = undefined;
  /** Whether `server` counts this request as one in flight. False while the request waits for another server. */
  #holding = false;
  /** The hedge: the second attempt that was sent to another server because the first was slow. Set while it runs. */
  #hedge: Hedge | undefined = undefined;
  #hedged = false;
  #hedgeAt = 0;
  /** The time at which the server is late with its answer. A second try begins earlier and does not change it. */
  #lateAt = 0;

  constructor(
    backend: Backend,
    exchange: Exchange,
    account: Account,
    remembered: Remembered,
    key: number | undefined,
    owner: Dispatched,
  ) {
    this.#backend = backend;
    this.#exchange = exchange;
    this.#account = account;
    this.#remembered = remembered;
    this.#owner = owner;
    this.#patienceMs = backend.config.timeouts.server;
    this.attempts = new Attempts(
      exchange.head.method,
      backend.config.retries,
      backend.retryBudget,
      key,
    );
    this.choice = new Choice(backend, this.attempts, remembered, this);
  }

  /**
   * @param head the head that servers get, without the body
   * @param logsIn whether the request logs its client in on the connection that carries it
   */
  start(head: string, logsIn: boolean): void {
    this.#head = head;
    this.#logsIn = logsIn;
    this.choice.begin();
  }

  /** Returns the server that was tried last. */
  get server(): Server | undefined {
    return this.#server;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Returns for how long, in milliseconds, the server may neither send nor read before it counts as stalled. */
  get patienceMs(): number {
    return this.#patienceMs;
  }

  /**
   * Called when more of the answer came. Waits for the next part. Pauses reading from the server when the client does
   * not read.
   */
  progressed(clientTakes: boolean): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    if (clientTakes) stream.deadline = this.#waitFromNow();
    else {
      stream.deadline = Number.POSITIVE_INFINITY;
      stream.pause();
    }
  }

  /** Called when the client takes more of the answer again. */
  proceed(): void {
    if (this.#stream === undefined) return;
    this.#stream.deadline = this.#waitFromNow();
    this.#stream.resume();
  }

  /**
   * Starts waiting for the server. Returns the time at which the server is late, or, if that comes earlier, the time
   * at which a second server is asked as well.
   */
  #waitFromNow(): number {
    const { deadlines } = this.#backend;
    const late = this.#body?.deadline ?? deadlines.now() + this.#patienceMs;
    this.#lateAt = late;
    return this.#hedgeable ? Math.min(this.#hedgeAt, late) : late;
  }

  /** Called when the server has taken all bytes that were written. More of the client's body may then be sent. */
  serverDrained(): void {
    this.#body?.drained();
  }

  /**
   * Called when an answer begins, so that no other server is asked from now on. `events`: the answer is an event
   * stream, which may be silent for long.
   */
  answering(status: number, events: boolean): void {
    if (events) this.#patienceMs = this.#backend.config.timeouts.eventStream;
    this.#hedge?.cancel();
    this.#hedge = undefined;
    this.#phase = "data";
    this.#outcome = outcomeOfStatus(status);
  }

  /**
   * Passes the Keep-Alive field of the answer to the connection, which then is kept idle no longer than the server
   * allows.
   */
  limitIdle(keepAlive: string): void {
    this.#stream?.limitIdle?.(keepAlive);
  }

  /**
   * Called when the connection becomes a tunnel. Returns the server's end of the tunnel. The algorithm is told
   * "cancelled", because the time that a tunnel stays open says nothing about the server.
   */
  switching(): ServerStream | undefined {
    this.#phase = "tunnel";
    this.#outcome = "cancelled";
    return this.#stream;
  }

  /** Called when the request fails with `code`. The rest of the answer is ignored. */
  failing(code: ProxyErrorCode): void {
    this.#outcome = PROXY_ERRORS[code].outcome;
    this.#stream?.abandon();
  }

  /** Called when the client ended the request, which says nothing about the server. */
  cancelled(): void {
    this.#outcome = "cancelled";
  }

  /**
   * Makes the connection in use private to this client. Called when the client has logged in on the connection, or
   * the server asks for a login on it.
   */
  keepPrivate(): void {
    const server = this.#server;
    const connection = this.#stream?.connection; // undefined when the connection may carry other requests at the same time
    if (server === undefined || connection === undefined) return;
    this.#remembered.privates ??= new PrivateConnections();
    this.#remembered.privates.own(this.#backend, server, connection);
  }

  /** Called when the answer is complete. The rest of the request is discarded. */
  answered(): void {
    this.#body?.stop();
  }

  /** Returns whether a second server is being asked as well. */
  get hedging(): boolean {
    return this.#hedge !== undefined;
  }

  /** Called when the time from `#waitFromNow` has come. True = a second try was due. False = the server is late. */
  hedges(): boolean {
    const now = this.#backend.deadlines.now();
    if (!this.#hedgeable || now < this.#hedgeAt || now >= this.#lateAt) return false;
    this.#startHedge();
    return true;
  }

  /** Returns the server's fault for which the connection was closed, in words; undefined when there is none. */
  get broken(): string | undefined {
    return brokenBy(this.#stream);
  }

  /** Called when the stream is lost before any answer. The request goes to another server if it may be tried again. */
  lost(): void {
    const server = this.#server;
    const refused = this.#stream?.refused === true;
    if (!refused) this.#account.count(COUNTER.responseErrors, server);
    if (this.#hedge !== undefined) {
      this.#outcome = PROXY_ERRORS["server-closed"].outcome;
      this.#letGo(false);
      this.#backend.waiting.advance(); // a waiting request may take the slot that this request had
      return; // the second try goes on, and decides how the request ends
    }
    const stale = refused || this.#stream?.reused === true;
    if (stale && server !== undefined) this.attempts.forgiveStale(server);
    this.#retryOrFail(...lossOf(this.#stream, `${server?.name}`));
  }

  /**
   * Called when the request has ended. `complete`: the answer is complete too, so the connection may serve the next
   * request.
   */
  end(complete: boolean): void {
    this.choice.leave();
    this.#hedge?.cancel();
    this.attempts.end();
    this.#letGo(complete);
  }

  // The following methods are those of the interface `Chooser`.

  give(server: Server): boolean {
    if (!server.begin()) return false;
    this.#phase = "connect";
    this.#server = server;
    this.attempts.note(server);
    this.#holding = true;
    this.#account.given(server, this.#backend.clock.now());
    const pool = this.#remembered.poolOf(this.#backend, server);
    // A request that may not be sent twice would be lost on a connection that the server is
    // closing. So such a request goes only on a connection that was used within the last FRESH_MS.
    const freshWithin = this.attempts.idempotent ? undefined : FRESH_MS;
    const { own } = this.choice;
    if (own?.server === server) this.#pending = pool.resume(own.connection, this, freshWithin);
    else if (this.attempts.staleOnce) this.#pending = pool.connect(this);
    else this.#pending = pool.request(this, freshWithin);
    return true;
  }

  fail(code: ProxyErrorCode, why: string): void {
    this.#owner.fail(code, why);
  }

  // The following methods are those of the interface `ConnectListener`.

  connected(stream: ServerStream): void {
    this.#pending = undefined;
    this.#send(stream);
  }

  connectFailed({ code, why }: ConnectFailure): void {
    this.#pending = undefined;
    if (code !== "out-of-resources") this.#account.count(COUNTER.connectErrors, this.#server);
    this.#retryOrFail(code, `${this.#server?.name}: ${why}`);
  }

  // Implements Hedged, for the second try.

  hedgeWon(server: Server, stream: ServerStream, times: HedgeTimes): void {
    this.#hedge = undefined;
    this.#outcome = "cancelled";
    this.#letGo(false);
    this.attempts.retries += 1;
    this.#server = server;
    this.#holding = true; // the hedge has counted the request at the server
    this.#account.given(server, times.givenAt);
    this.#account.connected(times.connectedAt);
    this.#stream = stream;
    stream.user = this.#owner;
    this.#backend.waiting.advance(); // a waiting request may take the slot at the first server
  }

  hedgeLost(code: ProxyErrorCode): void {
    this.#hedge = undefined;
    if (this.#stream !== undefined) return; // the first server may still answer
    this.#retryOrFail(code, `neither ${this.#server?.name} nor another server answered`);
  }

  #send(stream: ServerStream): void {
    const { head } = this.#exchange;
    const { deadlines, config } = this.#backend;
    const now = deadlines.now();
    this.#account.connected(now);
    this.#phase = "response";
    this.#stream = stream;
    stream.user = this.#owner;
    if (this.#logsIn) this.keepPrivate();
    if (config.hedge !== undefined) this.#hedgeAt = now + config.hedge.after;
    stream.deadline = this.#waitFromNow();
    stream.send(head.method, this.#head, head.bodyLength, this.#owner);
    if (head.bodyLength === 0) return;
    if (head.bodyLength === CHUNKED || head.expectContinue) stream.flush();
    const shared = stream.connection === undefined; // undefined when the connection has many streams; then the server may refuse a request that it has not read
    this.#body ??= new BodyRelay(
      this.#exchange,
      this.attempts.idempotent || shared ? config.replay : 0,
      () => deadlines.now() + this.#patienceMs,
    );
    this.#body.sendOn(stream);
  }

  /** Returns whether the answer has not begun, and asking a second server as well can do no harm. */
  get #hedgeable(): boolean {
    if (this.#backend.config.hedge === undefined || this.#hedged) return false;
    const { head } = this.#exchange;
    const harmless = this.attempts.idempotent && head.bodyLength === 0 && !head.upgrade;
    const bound = this.#stream?.connection?.owner !== undefined; // another server would not know the client's login
    return harmless && !bound && this.#phase === "response";
  }

  #startHedge(): void {
    this.#hedged = true;
    if (this.#stream !== undefined) this.#stream.deadline = this.#lateAt;
    if (!this.attempts.afford("server-closed")) return;
    const server = this.#backend.choosing.pick(this.attempts);
    if (server?.begin() !== true) return;
    this.attempts.note(server);
    this.#account.count(COUNTER.retries, this.#server);
    const { method } = this.#exchange.head;
    const pool = this.#remembered.poolOf(this.#backend, server);
    this.#hedge = new Hedge(this, this.#owner, this.#backend, server, pool, method, this.#head);
    this.#hedge.start();
  }

  #retryOrFail(code: ProxyErrorCode, why: string): void {
    const { attempts } = this;
    const answered = this.#stream?.answered === true;
    const allowed = attempts.mayRetry(code, answered, this.#body?.replayable ?? true);
    if (!allowed || !this.#backend.choosing.hasUntried(attempts)) {
      this.#owner.fail(code, why);
      return;
    }
    if (!attempts.afford(code)) {
      this.#owner.fail(code, `${why}, and too many requests are being retried already`);
      return;
    }
    attempts.retries += 1;
    this.#account.count(COUNTER.retries, this.#server);
    this.#body?.detach();
    this.#outcome = PROXY_ERRORS[code].outcome;
    this.#letGo(false);
    this.#phase = "queue";
    this.choice.choose();
    this.#backend.waiting.advance(); // a waiting request may take the slot that this request had
  }

  /** Gives the stream back if the answer is `complete`, otherwise ends it. Frees the request's slot at the server. */
  #letGo(complete: boolean): void {
    this.#pending?.cancel();
    this.#pending = undefined;
    const [server, stream] = [this.#server, this.#stream];
    this.#stream = undefined;
    if (server === undefined || !this.#holding) return;
    this.#holding = false;
    if (stream !== undefined && !complete) this.#backend.abandon(server, stream);
    else {
      stream?.release();
      server.end();
    }
    this.#account.over(server, this.#outcome);
    this.#outcome = "ok";
  }
}
