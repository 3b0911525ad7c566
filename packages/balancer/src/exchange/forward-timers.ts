// When each phase of a forwarded request ended, and the access record and averages made from it.
// HAProxy's timers: TR head, Tw queue, Tc connect, Tr answer's head, Ta all; manual, section 8.4.
import type { ServerExchange } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { COUNTER, type CounterRow } from "../backend/counters.ts";
import type { Server } from "../backend/server.ts";
import type { ForwardOptions } from "./forward.ts";

export interface Ending {
  readonly backend: Backend;
  readonly server: Server | undefined;
  readonly retries: number;
  readonly requestId: string;
  readonly termination: string;
  readonly cause: string;
}

const NEVER = -1;

export class ForwardTimers {
  readonly #clock: Clock;
  readonly #headAt: number;
  #pickedAt = NEVER;
  #connectedAt = NEVER;
  #respondedAt = NEVER;

  constructor(exchange: ServerExchange, clock: Clock) {
    this.#headAt = exchange.headAt;
    this.#clock = clock;
  }

  /** First call counts: a retry's waiting belongs to connecting, as in HAProxy. */
  picked(): void {
    if (this.#pickedAt === NEVER) this.#pickedAt = this.#clock.now();
  }

  connected(): void {
    this.#connectedAt = this.#clock.now();
  }

  responded(): void {
    this.#respondedAt = this.#clock.now();
  }

  record(exchange: ServerExchange, options: ForwardOptions, ending: Ending): AccessRecord {
    const { head } = exchange;
    const { client } = options;
    const ta = this.#clock.now() - exchange.startedAt;
    return {
      clientAddress: client.address,
      clientPort: client.port,
      startedAt: this.#clock.wall() - ta,
      frontend: options.frontend,
      tls: client.scheme === "https",
      backend: ending.backend.name,
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
      beconn: ending.backend.inFlight,
      srvconn: ending.server?.inFlight ?? 0,
      retries: ending.retries,
      redispatched: ending.retries > 0,
      srvQueue: 0,
      backendQueue: ending.backend.queue.length,
      method: head.method,
      target: head.path,
      version: head.version === 10 ? "HTTP/1.0" : "HTTP/1.1",
      requestId: ending.requestId,
      cause: ending.cause,
      host: head.host,
      userAgent: head.fields.get("user-agent") ?? "",
    };
  }

  /** Adds one exchange to the averages of a row. */
  count(row: CounterRow, record: AccessRecord): void {
    const add = (column: number, value: number) => {
      row[column] = (row[column] ?? 0) + Math.max(0, value);
    };
    add(COUNTER.bytesOut, record.bytes);
    if (record.tResponse < 0) return;
    add(COUNTER.timed, 1);
    add(COUNTER.queueTime, record.tw);
    add(COUNTER.connectTime, record.tc);
    add(COUNTER.responseTime, record.tResponse);
    add(COUNTER.totalTime, record.ta);
  }
}

function between(from: number, to: number): number {
  return from === NEVER || to === NEVER ? NEVER : Math.round(to - from);
}
