// What a forwarded request is accounted with: when each phase of it ended, what it adds to the counters
// of its backend and server, and the access record made from both.
// HAProxy's timers: TR head, Tw queue, Tc connect, Tr answer's head, Ta all; manual, section 8.4.
import type { Outcome, Picker } from "@tandem/algorithms";
import type { Exchange } from "@tandem/http/exchange";
import type { AccessRecord } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { clientAddressOf, clientPortOf } from "../balance/client-address.ts";
import { COUNTER, type Counter, type CounterRow, responseCounter } from "../memory/counters.ts";
import type { Server } from "../server/server.ts";
import type { ForwardOptions } from "./forward-options.ts";

export interface Ending {
  readonly server: Server | undefined;
  readonly retries: number;
  /** Its places in the queues, from 1 on; 0 = it did not wait there. */
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
  /** Hears how it goes with the server it is given to; of the algorithm that chose it. */
  #learner: Picker<Server> | undefined = undefined;
  #givenAt = 0;

  constructor(backend: Backend, exchange: Exchange) {
    this.#backend = backend;
    this.#clock = backend.clock;
    this.#headAt = exchange.headAt;
  }

  /**
   * The request was given to `server`, which counts it already, at `now`. The first time counts: a
   * retry's waiting belongs to connecting, as in HAProxy.
   */
  given(server: Server, now: number): void {
    if (this.#pickedAt === NEVER) this.#pickedAt = now;
    const { learner } = this.#backend;
    if (learner === undefined) return;
    this.#learner = learner;
    this.#givenAt = now;
    learner.started?.(server);
  }

  /** `server` has no more to do with it, and counts it no more. */
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

  /** The request is over: counts it, and returns the one record of it. */
  close(exchange: Exchange, options: ForwardOptions, ending: Ending): AccessRecord {
    const record = this.#record(exchange, options, ending);
    settle(this.#backend.counters, exchange, record);
    if (ending.server !== undefined) settle(ending.server.counters, exchange, record);
    return record;
  }

  #record(exchange: Exchange, options: ForwardOptions, ending: Ending): AccessRecord {
    const { head } = exchange;
    const { client } = options;
    const ta = this.#clock.now() - exchange.startedAt;
    return {
      clientAddress: clientAddressOf(head, client),
      clientPort: clientPortOf(head, client),
      startedAt: this.#clock.wall() - ta,
      frontend: options.frontend,
      tls: client.scheme === "https",
      backend: this.#backend.name,
      server: ending.server?.name ?? "<NOSRV>",
      tr: Math.round(this.#headAt - exchange.startedAt),
      tw: between(this.#headAt, this.#pickedAt),
      tc: between(this.#pickedAt, this.#connectedAt),
      tResponse: between(this.#connectedAt, this.#respondedAt),
      ta: Math.round(ta),
      status: exchange.status === 0 ? NEVER : exchange.status,
      bytes: exchange.bytesSent,
      termination: ending.termination,
      actconn: 0,
      feconn: 0,
      beconn: this.#backend.inFlight,
      srvconn: ending.server?.inFlight ?? 0,
      retries: ending.retries,
      redispatched: ending.retries > 0,
      srvQueue: ending.serverPlace,
      backendQueue: ending.backendPlace,
      method: head.method,
      target: head.target,
      version: head.version === 10 ? "HTTP/1.0" : "HTTP/1.1",
      requestId: ending.requestId,
      cause: ending.cause,
      host: head.host,
      userAgent: head.fields.get("user-agent") ?? "",
    };
  }
}

/** Adds one exchange to the totals and averages of a row. */
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
