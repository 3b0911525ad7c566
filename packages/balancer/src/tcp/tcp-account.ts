// Notes when each phase of a connection in TCP mode ended, counts the connection and its bytes at its frontend, backend
// and server, and makes its access record. The times are those of HAProxy's TCP log (its manual, section 8.2.2): Tw for
// queues, Tc for connecting, Tt for all together. Bytes are counted as they pass, because a connection may last for days.
import type { Outcome, Picker } from "@tandem/algorithms";
import { NO_SERVER } from "@tandem/front";
import type { AccessRecord } from "@tandem/telemetry";
import type { Accepted, Clock } from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { COUNTER, type Counter, type CounterRow } from "../memory/counters.ts";
import type { Server } from "../server/server.ts";

const NEVER = -1;

/** How a connection ended, and what is known of it then. */
export interface TcpEnding {
  readonly server: Server | undefined;
  readonly retries: number;
  readonly serverPlace: number;
  readonly backendPlace: number;
  readonly termination: string;
  readonly cause: string;
}

export class TcpAccount {
  readonly #frontend: string;
  readonly #row: CounterRow;
  readonly #accepted: Accepted;
  readonly #serverName: string;
  readonly #clock: Clock;
  readonly #acceptedAt: number;
  #backend: Backend | undefined = undefined;
  /** The counters of the server that the connection goes to. */
  #serverRow: CounterRow | undefined = undefined;
  #pickedAt = NEVER;
  #connectedAt = NEVER;
  #received = 0;
  #sent = 0;
  #learner: Picker<Server> | undefined = undefined;
  #givenAt = 0;

  /** @param row the counters of the frontend in this thread */
  constructor(
    frontend: string,
    row: CounterRow,
    accepted: Accepted,
    serverName: string,
    clock: Clock,
  ) {
    this.#frontend = frontend;
    this.#row = row;
    this.#accepted = accepted;
    this.#serverName = serverName;
    this.#clock = clock;
    this.#acceptedAt = clock.now();
    add(row, COUNTER.sessions, 1);
    add(row, COUNTER.current, 1);
  }

  /** Called when a route has sent the connection to `backend`. */
  routed(backend: Backend): void {
    this.#backend = backend;
    add(backend.counters, COUNTER.sessions, 1);
    add(backend.counters, COUNTER.current, 1);
    backend.retryBudget.note(backend.inFlight, this.#acceptedAt);
  }

  /** Called when the connection was given to `server`, which counts it as in flight already. */
  given(server: Server): void {
    const now = this.#clock.now();
    if (this.#pickedAt === NEVER) this.#pickedAt = now;
    this.#serverRow = server.counters;
    this.#learner = this.#backend?.learner;
    this.#givenAt = now;
    this.#learner?.started?.(server);
  }

  connected(): void {
    this.#connectedAt = this.#clock.now();
    if (this.#serverRow !== undefined) add(this.#serverRow, COUNTER.sessions, 1);
  }

  /** Called when the connection has left `server`, which no longer counts it as in flight. */
  over(server: Server, outcome: Outcome): void {
    const learner = this.#learner;
    this.#learner = undefined;
    learner?.ended?.(server, outcome, this.#clock.now() - this.#givenAt);
  }

  received(bytes: number): void {
    this.#received += bytes;
    this.#countAll(COUNTER.bytesIn, bytes);
  }

  sent(bytes: number): void {
    this.#sent += bytes;
    this.#countAll(COUNTER.bytesOut, bytes);
  }

  /** Adds one to a counter of the backend, and of the server if one was chosen. */
  count(counter: Counter, server: Server | undefined): void {
    if (this.#backend !== undefined) add(this.#backend.counters, counter, 1);
    if (server !== undefined) add(server.counters, counter, 1);
  }

  /**
   * Called when the connection has ended and its server was left: counts it, and returns its only access record. The
   * numbers of connections in the record do not include this one, as in HAProxy's TCP log.
   */
  close(ending: TcpEnding): AccessRecord {
    const backend = this.#backend;
    add(this.#row, COUNTER.current, -1);
    if (backend === undefined) add(this.#row, COUNTER.requestErrors, 1);
    else add(backend.counters, COUNTER.current, -1);
    const record = this.#record(ending);
    if (backend !== undefined) settle(backend.counters, record);
    if (ending.server !== undefined) settle(ending.server.counters, record);
    return record;
  }

  #countAll(counter: Counter, by: number): void {
    add(this.#row, counter, by);
    if (this.#backend !== undefined) add(this.#backend.counters, counter, by);
    if (this.#serverRow !== undefined) add(this.#serverRow, counter, by);
  }

  #record(ending: TcpEnding): AccessRecord {
    const now = this.#clock.now();
    const { address, port, tls } = this.#accepted;
    const backend = this.#backend;
    const { server } = ending;
    return {
      clientAddress: address,
      clientPort: port,
      startedAt: this.#clock.wall() - (now - this.#acceptedAt),
      frontend: this.#frontend,
      tls: tls !== undefined,
      backend: backend?.name ?? this.#frontend,
      server: server?.name ?? NO_SERVER,
      tr: NEVER,
      tw: between(this.#acceptedAt, this.#pickedAt),
      tc: between(this.#pickedAt, this.#connectedAt),
      tResponse: NEVER,
      ta: Math.round(now - this.#acceptedAt),
      status: NEVER,
      bytes: this.#sent,
      termination: ending.termination,
      actconn: 0,
      feconn: 0,
      beconn: backend?.inFlight ?? 0,
      srvconn: server?.inFlight ?? 0,
      retries: ending.retries,
      redispatched: ending.retries > 0,
      srvQueue: ending.serverPlace,
      backendQueue: ending.backendPlace,
      method: "",
      target: "",
      version: "",
      requestId: "",
      cause: ending.cause,
      host: "",
      userAgent: "",
      connectionId: this.#accepted.id,
      tcp: { bytesReceived: this.#received, serverName: this.#serverName },
    };
  }
}

/** Adds the times of a connection that reached a server to the sums from which averages are made. */
function settle(row: CounterRow, record: AccessRecord): void {
  if (record.tc < 0) return;
  add(row, COUNTER.timed, 1);
  add(row, COUNTER.queueTime, Math.max(0, record.tw));
  add(row, COUNTER.connectTime, record.tc);
  add(row, COUNTER.totalTime, record.ta);
}

function add(row: CounterRow, counter: Counter, value: number): void {
  row[counter] = (row[counter] ?? 0) + value;
}

function between(from: number, to: number): number {
  return to === NEVER ? NEVER : Math.round(to - from);
}
