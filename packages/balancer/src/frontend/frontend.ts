// A frontend in one thread: a listener, and a session for every connection it accepts. A reload changes
// it in place: open connections are routed anew from their next request on.
import { isDeepStrictEqual } from "node:util";
import type { FrontendConfig } from "@tandem/config";
import { type ClientLimits, clientLimits } from "@tandem/front";
import { ClientSession, type OwnField, type SessionTimers } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import {
  type Accepted,
  attach,
  type Clock,
  type Deadlines,
  drain,
  edgeTls,
  Listener,
  type ListenerTls,
  networkMatcher,
  plainAddress,
  type ReadBuffers,
  type RefusedConnection,
} from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { COUNTER, type CounterRow, REFUSAL_COUNTERS } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";
import { Router } from "../route/router.ts";
import { ClientConnection, type FrontendContext } from "./client-connection.ts";
import { MOST_CONNECTIONS } from "./descriptors.ts";
import { hstsField } from "./hsts.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Redirect } from "./redirect.ts";
import { redirectHosts } from "./redirect-hosts.ts";
import type { Refusal } from "./refusal.ts";
import { ticketKeys } from "./ticket-keys.ts";

export interface FrontendEnvironment {
  readonly tally: Tally;
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

/** What a frontend is to become. */
export interface FrontendPlan {
  readonly config: FrontendConfig;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly router: Router<Backend>;
  readonly tls: ListenerTls | undefined;
  readonly hsts: OwnField | undefined;
  readonly redirect: Redirect | undefined;
  readonly trusted: (address: string) => boolean;
}

/** Prepares a frontend, one of `all`, and changes nothing. Throws on certificates that cannot be read. */
export function planFrontend(
  config: FrontendConfig,
  backends: ReadonlyMap<string, Backend>,
  all: Readonly<Record<string, FrontendConfig>>,
): FrontendPlan {
  const { tls, routes, redirect, trustedProxies } = config;
  return {
    config,
    backends,
    router: new Router(routes, (name) => backends.get(name)),
    tls: tls && edgeTls(tls),
    hsts: tls?.hsts && hstsField(tls.hsts),
    redirect: redirect && { ...redirect, knows: redirectHosts(redirect.hosts, all) },
    trusted: networkMatcher(trustedProxies),
  };
}

export class Frontend {
  readonly name: string;
  readonly #environment: FrontendEnvironment;
  readonly #context: FrontendContext;
  readonly #listener: Listener;
  readonly #counters: CounterRow;
  readonly #sessions = new Set<ClientSession>();
  #draining = false;
  #plan: FrontendPlan;
  /** Shared by the connections accepted under one plan. */
  #timers: SessionTimers;
  #limits: ClientLimits;

  constructor(name: string, plan: FrontendPlan, environment: FrontendEnvironment) {
    const { tally, via, clock, interceptor, sharePorts } = environment;
    const { config, router, backends, tls, redirect } = plan;
    this.#counters = tally.row;
    this.name = name;
    this.#plan = plan;
    this.#environment = environment;
    this.#timers = timersOf(config, clock);
    this.#limits = clientLimits(config.limits);
    const log = (record: AccessRecord): void => {
      record.feconn = tally.sum(COUNTER.current);
      environment.log(record);
    };
    this.#context = {
      name,
      via,
      redirect,
      interceptor,
      router,
      backends,
      counters: this.#counters,
      clock,
      log,
    };
    this.#listener = new Listener({
      address: config.bind,
      ...(tls && { tls }),
      reusePort: sharePorts,
      maxConnections: config.maxConnections ?? MOST_CONNECTIONS,
      buffers: environment.buffers,
      accepted: (accepted) => this.#accept(accepted),
      refused: (refused) => this.#refused(refused),
    });
  }

  /** Whether it can become what `config` says and keep its listening socket. */
  suits({ bind, tls }: FrontendConfig): boolean {
    const own = this.#plan.config;
    return isDeepStrictEqual([bind, tls?.alpn], [own.bind, own.tls?.alpn]);
  }

  /** Becomes what was planned, at once. Only when it `suits`. */
  adopt(plan: FrontendPlan): void {
    const { config, router, backends, tls, hsts, redirect } = plan;
    this.#plan = plan;
    for (const session of this.#sessions) session.ownField = hsts;
    this.#timers = timersOf(config, this.#environment.clock);
    this.#limits = clientLimits(config.limits);
    this.#context.redirect = redirect;
    this.#context.router = router;
    this.#context.backends = backends;
    this.#listener.maxConnections = config.maxConnections ?? MOST_CONNECTIONS;
    if (tls !== undefined) this.#listener.renew(tls);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Sessions are resumed by tickets made from this secret, from the next handshake on. */
  useTicketSecret(secret: Uint8Array): void {
    if (this.#plan.tls !== undefined) this.#listener.useTicketKeys(ticketKeys(secret, this.name));
  }

  listen(): Promise<void> {
    return this.#listener.listen();
  }

  /** Resolves when its last connection has gone, or at the deadline. With `replaced` it accepts no more at once. */
  drain(deadlineMs: number, replaced = false): Promise<void> {
    this.#draining = true;
    if (replaced) this.#listener.close();
    return drain({
      connections: this.#sessions,
      clock: this.#environment.clock,
      deadlineMs,
      stopAccepting: () => this.#listener.close(),
      arriving: () => this.#listener.arriving,
    });
  }

  stop(): void {
    for (const session of this.#sessions) session.stop(); // first: below TLS they could no longer be reset
    this.#listener.stop();
  }

  #accept({ socket, reads, address, port }: Accepted): void {
    const { config, trusted } = this.#plan;
    const believed = trusted(address);
    const handler = new ClientConnection(this.#context, {
      address,
      port,
      scheme: config.tls === undefined ? "http" : "https",
      serverPort: this.port,
      trusted: believed,
      trusts: trusted,
      kept: undefined,
      privates: undefined,
    });
    const deadline = this.#environment.deadlines.add();
    const limits = believed ? this.#limits.proxied : this.#limits.direct;
    const session = new ClientSession(socket, handler, this.#timers, limits, deadline);
    session.draining = this.#draining;
    session.ownField = this.#plan.hsts;
    this.#sessions.add(session);
    this.#count(COUNTER.sessions, 1);
    this.#count(COUNTER.current, 1);
    attach(socket, session, deadline, reads, this.#closed);
  }

  readonly #closed = (session: ClientSession): void => {
    this.#sessions.delete(session);
    this.#count(COUNTER.current, -1);
  };

  #refused({ reason, why, client }: RefusedConnection): void {
    this.#count(COUNTER.requestErrors, 1);
    this.#count(REFUSAL_COUNTERS[reason], 1);
    this.#environment.refused?.({ frontend: this.name, client: plainAddress(client), reason, why });
  }

  #count(column: number, by: number): void {
    this.#counters[column] = (this.#counters[column] ?? 0) + by;
  }
}

function timersOf({ timeouts }: FrontendConfig, clock: Clock): SessionTimers {
  return { now: () => clock.now(), wall: () => clock.wall(), ...timeouts };
}
