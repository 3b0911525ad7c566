// A frontend in one thread: a listener, and a session for every connection it accepts.
import type { Socket } from "node:net";
import { ServerSession } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import {
  attach,
  type Clock,
  type Deadlines,
  edgeTlsOptions,
  Listener,
  networkMatcher,
  plainAddress,
  type ReadBuffers,
  type SocketReads,
} from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { COUNTER, type CounterRow } from "../backend/counters.ts";
import type { SharedState } from "../backend/shared-state.ts";
import type { FrontendEntry } from "../directory.ts";
import type { Refusal } from "../refusal.ts";
import { Router } from "../route/router.ts";
import { ClientConnection, type FrontendContext } from "./client-connection.ts";
import type { Interceptor } from "./interceptor.ts";

export interface FrontendEnvironment {
  readonly backends: ReadonlyMap<string, Backend>;
  readonly shared: SharedState;
  readonly via: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers: ReadBuffers;
  readonly log: (record: AccessRecord) => void;
  /** Other threads or processes may listen on the same ports. */
  readonly sharePorts: boolean;
  readonly interceptor: Interceptor | undefined;
  readonly refused: ((refusal: Refusal) => void) | undefined;
}

export class Frontend {
  readonly name: string;
  readonly #entry: FrontendEntry;
  readonly #environment: FrontendEnvironment;
  readonly #context: FrontendContext;
  readonly #listener: Listener;
  readonly #counters: CounterRow;
  readonly #trusted: (address: string) => boolean;
  readonly #sessions = new Set<ServerSession>();

  constructor(entry: FrontendEntry, environment: FrontendEnvironment) {
    const { config, name } = entry;
    const { backends, shared, via, clock, interceptor, sharePorts } = environment;
    this.#counters = shared.frontendRow(entry.index);
    this.name = name;
    this.#entry = entry;
    this.#environment = environment;
    this.#trusted = networkMatcher(config.trustedProxies);
    const router = new Router(config.routes, (backend) => backends.get(backend));
    const log = (record: AccessRecord): void => {
      record.feconn = shared.sessionsOf(entry.index);
      for (let i = 0; i < shared.shape.frontends; i++) record.actconn += shared.sessionsOf(i);
      environment.log(record);
    };
    this.#context = {
      name,
      via,
      redirect: config.redirect,
      interceptor,
      router,
      backends,
      counters: this.#counters,
      clock,
      log,
    };
    const { tls } = config;
    this.#listener = new Listener({
      address: config.bind,
      ...(tls && { tls: edgeTlsOptions(tls.certificates, tls.minVersion, tls.alpn) }),
      reusePort: sharePorts,
      maxConnections: config.maxConnections,
      buffers: environment.buffers,
      accepted: (socket, reads) => this.#accept(socket, reads),
      refused: (error, client) => this.#refused(error, client),
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sessions.size;
  }

  listen(): Promise<void> {
    return this.#listener.listen();
  }

  /** Accepts no more; idle connections close now, the others after their answer. */
  drain(): void {
    this.#listener.close();
    for (const session of this.#sessions) session.drain();
  }

  stop(): void {
    this.#listener.stop();
    for (const session of this.#sessions) session.stop();
  }

  #accept(socket: Socket, reads: SocketReads | undefined): void {
    const { config } = this.#entry;
    const { clock, deadlines } = this.#environment;
    const address = plainAddress(socket.remoteAddress);
    const handler = new ClientConnection(this.#context, {
      address,
      port: socket.remotePort ?? 0,
      scheme: config.tls === undefined ? "http" : "https",
      serverPort: socket.localPort ?? 0,
      trusted: this.#trusted(address),
    });
    const timers = { now: () => clock.now(), ...config.timeouts };
    const limits = { ...config.limits, body: config.limits.body };
    const session = new ServerSession(socket, handler, timers, limits);
    this.#sessions.add(session);
    this.#count(COUNTER.sessions, 1);
    this.#count(COUNTER.current, 1);
    attach(socket, session, deadlines, reads);
    socket.once("close", () => {
      this.#sessions.delete(session);
      this.#count(COUNTER.current, -1);
    });
  }

  #refused({ message }: Error, client: string): void {
    this.#count(COUNTER.requestErrors, 1);
    this.#environment.refused?.({
      frontend: this.name,
      client: plainAddress(client),
      why: message,
    });
  }

  #count(column: number, by: number): void {
    this.#counters[column] = (this.#counters[column] ?? 0) + by;
  }
}
