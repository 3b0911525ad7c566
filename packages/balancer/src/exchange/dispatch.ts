// Getting a request to a server that answers: pick → acquire or connect → send, and again elsewhere when
// that fails and may be tried again. Ends with an answer's head, which its owner hears, or with `fail`.
import type { Outcome } from "@tandem/algorithms";
import { CHUNKED } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { ResponseListener } from "@tandem/http/session";
import { FRESH_MS } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { COUNTER } from "../backend/counters.ts";
import type { Place, Waiter } from "../backend/queue.ts";
import type { Server } from "../backend/server.ts";
import type { OwnedRequest, Wait } from "../backend/server-queues.ts";
import { type PrivateConnection, PrivateConnections } from "../pool/private-connections.ts";
import type { ConnectFailure, ConnectListener, Pending } from "../pool/reservation.ts";
import type { ServerStream, StreamUser } from "../pool/server-stream.ts";
import type { Account } from "./account.ts";
import { Attempts } from "./attempts.ts";
import { Hedge, type Hedged, type HedgeTimes } from "./hedge.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "./proxy-error.ts";
import { RequestBody } from "./request-body.ts";
import type { ClientInfo } from "./request-head.ts";
import type { Phase } from "./termination.ts";

/** Whoever relays the answer. */
export interface Dispatched extends ResponseListener, StreamUser {
  /** No server will answer. */
  fail(code: ProxyErrorCode, why: string): void;
}

export class Dispatch implements ConnectListener, Waiter, OwnedRequest, Hedged {
  readonly attempts: Attempts;
  /** The server that was tried last, and the stream to it while there is one. */
  server: Server | undefined = undefined;
  stream: ServerStream | undefined = undefined;
  phase: Phase = "queue";
  /** How long its server may neither send nor read. */
  patienceMs: number;
  /** What the algorithm is told of `server` when it is let go. */
  outcome: Outcome = "ok";
  /** The places it had in the queues, of its own server and of the backend, from 1 on; 0 = it did not wait there. */
  serverPlace = 0;
  backendPlace = 0;
  readonly #backend: Backend;
  readonly #exchange: Exchange;
  readonly #account: Account;
  readonly #client: ClientInfo;
  readonly #owner: Dispatched;
  #head = "";
  /** It logs its client in on the connection that carries it. */
  #logsIn = false;
  /** While it waits for the server it belongs to. */
  #wait: Wait | undefined = undefined;
  /** In the backend's queue; where it has been, afterwards. */
  #place: Place | undefined = undefined;
  #pending: Pending | undefined = undefined;
  #body: RequestBody | undefined = undefined;
  /** Whether `server` counts this request: not while it waits for another one. */
  #holding = false;
  #onBudget = false;
  /** The second try while it runs; whether there was one. */
  #hedge: Hedge | undefined = undefined;
  #hedged = false;
  #hedgeAt = 0;
  /** When the server is late, apart from hedging. */
  #lateAt = 0;

  constructor(
    backend: Backend,
    exchange: Exchange,
    account: Account,
    client: ClientInfo,
    key: number | undefined,
    owner: Dispatched,
  ) {
    this.#backend = backend;
    this.#exchange = exchange;
    this.#account = account;
    this.#client = client;
    this.#owner = owner;
    this.patienceMs = backend.config.timeouts.server;
    this.attempts = new Attempts(exchange.head.method, backend.config.retries, key);
  }

  /**
   * @param head what servers get, without the body
   * @param logsIn it logs its client in on the connection that carries it
   */
  start(head: string, logsIn: boolean): void {
    this.#head = head;
    this.#logsIn = logsIn;
    const wait = this.#private === undefined ? this.#backend.waitForOwn(this) : undefined;
    if (wait === undefined) this.#choose();
    else {
      this.#wait = wait;
      this.serverPlace = wait.place?.number ?? 0;
      this.#backend.joined();
    }
  }

  /** Waits for the server from now on. Returns when it is late, or when another one is to be asked too. */
  waitFromNow(): number {
    const { deadlines } = this.#backend;
    const late = this.#body?.deadline ?? deadlines.now() + this.patienceMs;
    this.#lateAt = late;
    return this.#hedgeable ? Math.min(this.#hedgeAt, late) : late;
  }

  /** The server took what was written. */
  serverDrained(): void {
    this.#body?.drained();
  }

  /** An answer begins: no other server is asked from now on. `events`: it may be silent for long. */
  answering(events: boolean): void {
    if (events) this.patienceMs = this.#backend.config.timeouts.eventStream;
    this.#hedge?.cancel();
    this.#hedge = undefined;
    this.phase = "data";
  }

  /** The connection in use is this client's alone from now on: its server knows it by a login, or asks for one. */
  keepPrivate(): void {
    const { server, stream } = this;
    if (server === undefined || stream === undefined) return;
    this.#client.privates ??= new PrivateConnections();
    this.#client.privates.own(this.#backend, server, stream.connection);
  }

  /** The answer is complete: what is left of the request is thrown away. */
  answered(): void {
    this.#body?.stop();
  }

  /** Another server is being asked too. */
  get hedging(): boolean {
    return this.#hedge !== undefined;
  }

  /** Whether a server that lets us wait was dealt with by asking another one too. */
  hedges(): boolean {
    const now = this.#backend.deadlines.now();
    if (!this.#hedgeable || now < this.#hedgeAt || now >= this.#lateAt) return false;
    this.#startHedge();
    return true;
  }

  /** The stream is lost before any answer. Another server may be asked when that can do no harm. */
  lost(): void {
    const { server, stream } = this;
    this.#account.count(COUNTER.responseErrors, server);
    if (this.#hedge !== undefined) {
      this.outcome = PROXY_ERRORS["server-closed"].outcome;
      this.#letGo(false);
      this.#backend.advance(); // into the room it has left
      return; // the second one decides
    }
    if (stream?.reused && server !== undefined) this.attempts.forgiveStale(server);
    this.#elsewhere("server-closed", `${server?.name} closed the connection before it answered`);
  }

  /** The request is over. `complete`: so is its answer, and the connection may serve the next one. */
  end(complete: boolean): void {
    this.#wait?.leave();
    this.#place?.leave();
    this.#hedge?.cancel();
    if (this.#onBudget) this.#backend.retryBudget.giveBack();
    this.#letGo(complete);
  }

  // OwnedRequest: the queue of the server it belongs to.

  admitted(server: Server): boolean {
    if (!this.#give(server)) return false;
    this.#wait = undefined;
    this.#backend.chosen("first-choice");
    return true;
  }

  elsewhere(): void {
    this.#wait = undefined;
    this.#choose();
  }

  // Waiter: the backend's queue.

  get picky(): boolean {
    const own = this.#private !== undefined && this.#backend.servers.length > 1;
    return own || this.attempts.tried.length > 0;
  }

  retry(): boolean {
    return this.#giveToAny();
  }

  timedOut(): void {
    const { timeout } = this.#backend.config.queue;
    this.#owner.fail("queue-timeout", `no server had room within ${timeout} ms`);
  }

  // ConnectListener

  connected(stream: ServerStream): void {
    this.#pending = undefined;
    this.#send(stream);
  }

  connectFailed({ code, why }: ConnectFailure): void {
    this.#pending = undefined;
    if (code !== "out-of-resources") this.#account.count(COUNTER.connectErrors, this.server);
    this.#elsewhere(code, `${this.server?.name}: ${why}`);
  }

  // Hedged: the second try.

  hedgeWon(server: Server, stream: ServerStream, times: HedgeTimes): void {
    this.#hedge = undefined;
    this.outcome = "cancelled";
    this.#letGo(false);
    this.attempts.retries += 1;
    this.server = server;
    this.#holding = true; // the hedge began it
    this.#account.given(server, times.givenAt);
    this.#account.connected(times.connectedAt);
    this.stream = stream;
    stream.user = this.#owner;
    this.#backend.advance(); // into the room of the first
  }

  hedgeLost(code: ProxyErrorCode): void {
    this.#hedge = undefined;
    if (this.stream !== undefined) return; // the first one may still answer
    this.#elsewhere(code, `neither ${this.server?.name} nor another server answered`);
  }

  #choose(): void {
    const backend = this.#backend;
    if (!backend.queue.othersWait && this.#giveToAny()) return;
    if (!backend.hasUntried(this.attempts)) {
      this.#owner.fail("no-server", `no server of backend ${backend.name} is up`);
    } else {
      this.#place = backend.queue.join(this);
      this.backendPlace = this.#place?.number ?? 0;
      if (this.#place !== undefined) backend.joined();
      else this.#owner.fail("queue-full", `${backend.queue.length} requests wait already`);
    }
  }

  /** The connection it belongs on, if there is one. */
  get #private(): PrivateConnection | undefined {
    return this.#client.privates?.of(this.#backend);
  }

  /**
   * False when all untried servers are down or full, or the one is full that has its private connection. One that another
   * thread has filled meanwhile is not picked again.
   */
  #giveToAny(): boolean {
    const own = this.#private;
    if (own !== undefined) return this.#give(own.server);
    for (;;) {
      const server = this.#backend.pick(this.attempts);
      if (server === undefined) return false;
      if (this.#give(server)) return true;
    }
  }

  /** False when it is full after all. */
  #give(server: Server): boolean {
    if (!server.begin()) return false;
    this.phase = "connect";
    this.server = server;
    this.attempts.note(server);
    this.#holding = true;
    this.#account.given(server, this.#backend.clock.now());
    const pool = this.#backend.poolOf(server);
    // One that is not repeated when a stale connection swallows it rides on none that may be closing.
    const freshWithin = this.attempts.idempotent ? undefined : FRESH_MS;
    const own = this.#private;
    if (own?.server === server) this.#pending = pool.resume(own.connection, this, freshWithin);
    else if (this.attempts.staleOnce) this.#pending = pool.connect(this);
    else this.#pending = pool.request(this, freshWithin);
    return true;
  }

  #send(stream: ServerStream): void {
    const { head } = this.#exchange;
    const { deadlines, config } = this.#backend;
    const now = deadlines.now();
    this.#account.connected(now);
    this.phase = "response";
    this.stream = stream;
    stream.user = this.#owner;
    if (this.#logsIn) this.keepPrivate();
    if (config.hedge !== undefined) this.#hedgeAt = now + config.hedge.after;
    stream.deadline = this.waitFromNow();
    stream.send(head.method, this.#head, head.bodyLength, this.#owner);
    if (head.bodyLength === 0) return;
    if (head.bodyLength === CHUNKED || head.expectContinue) stream.flush();
    this.#body ??= new RequestBody(
      this.#exchange,
      this.attempts.idempotent ? config.replay : 0,
      () => deadlines.now() + this.patienceMs,
    );
    this.#body.sendOn(stream);
  }

  /** The answer has not begun, and asking another server too can do no harm. */
  get #hedgeable(): boolean {
    if (this.#backend.config.hedge === undefined || this.#hedged) return false;
    const { head } = this.#exchange;
    const harmless = this.attempts.idempotent && head.bodyLength === 0 && !head.upgrade;
    const bound = this.stream?.connection.owner !== undefined; // elsewhere its client is a stranger
    return harmless && !bound && this.phase === "response";
  }

  #startHedge(): void {
    this.#hedged = true;
    if (this.stream !== undefined) this.stream.deadline = this.#lateAt;
    if (!this.#budgeted("server-closed")) return;
    const server = this.#backend.pick(this.attempts);
    if (server?.begin() !== true) return;
    this.attempts.note(server);
    this.#account.count(COUNTER.retries, this.server);
    const { method } = this.#exchange.head;
    this.#hedge = new Hedge(this, this.#owner, this.#backend, server, method, this.#head);
    this.#hedge.start();
  }

  #elsewhere(code: ProxyErrorCode, why: string): void {
    const { attempts } = this;
    const answered = this.stream?.answered === true;
    const allowed = attempts.mayRetry(code, answered, this.#body?.replayable ?? true);
    if (!allowed || !this.#backend.hasUntried(attempts)) {
      this.#owner.fail(code, why);
      return;
    }
    if (!this.#budgeted(code)) {
      this.#owner.fail(code, `${why}, and too many requests are being retried already`);
      return;
    }
    attempts.retries += 1;
    this.#account.count(COUNTER.retries, this.server);
    this.#body?.detach();
    this.outcome = PROXY_ERRORS[code].outcome;
    this.#letGo(false);
    this.phase = "queue";
    this.#choose();
    this.#backend.advance(); // into the room it has left
  }

  /** What was never sent may go elsewhere for free: it has cost no server anything. */
  #budgeted(code: ProxyErrorCode): boolean {
    if (PROXY_ERRORS[code].retry === "safe" || this.#onBudget) return true;
    this.#onBudget = this.#backend.retryBudget.take();
    return this.#onBudget;
  }

  /** Gives the stream back, or lets it die, and frees the server's slot. */
  #letGo(complete: boolean): void {
    this.#pending?.cancel();
    this.#pending = undefined;
    const { server, stream } = this;
    this.stream = undefined;
    if (server === undefined || !this.#holding) return;
    this.#holding = false;
    if (stream !== undefined && !complete) this.#backend.abandon(server, stream);
    else {
      stream?.release();
      server.end();
    }
    this.#account.over(server, this.outcome);
    this.outcome = "ok";
  }
}
