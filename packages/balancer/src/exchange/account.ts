// Notes when each phase of a forwarded request ended. When the request has ended, adds the request to the counters of
// its backend and server, and makes its access record. The times are HAProxy's timers (its manual, section 8.4): TR for
// the request's head, Tw for queues, Tc for connecting, Tr for the answer's head, Ta for all together.
import type { Outcome, Picker } from "@tandem/algorithms";
import { accessRecord } from "@tandem/front";
import type { Exchange } from "@tandem/http/exchange";
import type { AccessRecord } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { COUNTER, type Counter, type CounterRow, responseCounter } from "../memory/counters.ts";
import type { Server } from "../server/server.ts";
import type { ForwardOptions } from "./forward-options.ts";

export interface Ending {
  readonly server: Server | undefined;
  readonly retries: number;
  /**
   * The request's position in a server's queue when it joined that queue, and its position in the backend's queue.
   * Counted from 1; 0 = the request did not wait in that queue.
   */
  readonly serverPlace: number;
  readonly backendPlace: number;
  readonly requestId: string;
  readonly termination: string;
  readonly cause: string;
}

const NEVER = -1;

export class Account {
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #headAt: number;
  #pickedAt = NEVER;
  #connectedAt = NEVER;
  #respondedAt = NEVER;
  /**
   * While the request is at a server: the picker, which is told when the request leaves the server. Otherwise
   * undefined, and also when the algorithm learns nothing from requests.
   */
  #learner: Picker<Server> | undefined = undefined;
  #givenAt = 0;

  constructor(backend: Backend, exchange: Exchange) {
    this.#backend = backend;
    this.#clock = backend.clock;
    this.#headAt = exchange.headAt;
  }

  /**
   * Called when the request was given to `server` at `now`; the server's number of requests in
   * flight includes the request already. Only the first call ends the time in queues (Tw). When a
   * retry waits for a server, that wait counts as time for connecting (Tc), as in HAProxy.
   */
  given(server: Server, now: number): void {
    if (this.#pickedAt === NEVER) this.#pickedAt = now;
    const { learner } = this.#backend;
    if (learner === undefined) return;
    this.#learner = learner;
    this.#givenAt = now;
    learner.started?.(server);
  }

  /**
   * Called when the request has left `server`; the server's number of requests in flight no longer
   * includes the request.
   */
  over(server: Server, outcome: Outcome): void {
    const learner = this.#learner;
    if (learner === undefined) return;
    this.#learner = undefined;
    learner.ended?.(server, outcome, this.#clock.now() - this.#givenAt);
  }

  connected(now: number): void {
    this.#connectedAt = now;
  }

  responded(server: Server | undefined): void {
    const now = this.#clock.now();
    this.#respondedAt = now;
    if (server !== undefined) this.#learner?.firstByte?.(server, now - this.#givenAt);
  }

  /** Adds one to a counter of the backend, and of the server if one was chosen. */
  count(counter: Counter, server: Server | undefined): void {
    add(this.#backend.counters, counter, 1);
    if (server !== undefined) add(server.counters, counter, 1);
  }

  /** Called when the request has ended: counts it, and returns its only access record. */
  close(exchange: Exchange, options: ForwardOptions, ending: Ending): AccessRecord {
    const record = this.#record(exchange, options, ending);
    settle(this.#backend.counters, exchange, record);
    if (ending.server !== undefined) settle(ending.server.counters, exchange, record);
    return record;
  }

  #record(exchange: Exchange, options: ForwardOptions, ending: Ending): AccessRecord {
    const backend = this.#backend;
    const { server } = ending;
    const record = accessRecord(
      exchange,
      options.client,
      options.frontend,
      backend.name,
      this.#clock,
    );
    if (server !== undefined) {
      record.server = server.name;
      record.srvconn = server.inFlight;
    }
    record.tw = between(this.#headAt, this.#pickedAt);
    record.tc = between(this.#pickedAt, this.#connectedAt);
    record.tResponse = between(this.#connectedAt, this.#respondedAt);
    record.termination = ending.termination;
    record.beconn = backend.inFlight;
    record.retries = ending.retries;
    record.redispatched = ending.retries > 0;
    record.srvQueue = ending.serverPlace;
    record.backendQueue = ending.backendPlace;
    record.requestId = ending.requestId;
    record.cause = ending.cause;
    return record;
  }
}

/** Adds one exchange to the counters of `row`: its totals, and the sums from which averages are made. */
function settle(row: CounterRow, exchange: Exchange, record: AccessRecord): void {
  add(row, COUNTER.requests, 1);
  add(row, responseCounter(exchange.status), 1);
  add(row, COUNTER.bytesIn, exchange.headBytes + exchange.bytesReceived);
  add(row, COUNTER.bytesOut, record.bytes);
  if (record.tResponse < 0) return;
  add(row, COUNTER.timed, 1);
  add(row, COUNTER.queueTime, Math.max(0, record.tw));
  add(row, COUNTER.connectTime, Math.max(0, record.tc));
  add(row, COUNTER.responseTime, record.tResponse);
  add(row, COUNTER.totalTime, record.ta);
}

function add(row: CounterRow, counter: Counter, value: number): void {
  row[counter] = (row[counter] ?? 0) + value;
}

function between(from: number, to: number): number {
  return from === NEVER || to === NEVER ? NEVER : Math.round(to - from);
}
