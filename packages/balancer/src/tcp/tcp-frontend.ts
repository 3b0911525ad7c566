// A frontend of `mode: tcp` in one thread. It accepts clients, ends TLS or reads the ClientHello where it has to, and
// sends each connection to the backend of its route. A reload changes the frontend in place: open connections stay, and
// new ones use the new routes.
import { isDeepStrictEqual } from "node:util";
import type { FrontendConfig } from "@tandem/config";
import type { AccessRecord } from "@tandem/telemetry";
import {
  type Accepted,
  acceptProxy,
  drain,
  Listener,
  type ListenerTls,
  peekHello,
  plainAddress,
  type RefusedConnection,
  type TunnelTimeouts,
} from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { MOST_CONNECTIONS } from "../frontend/descriptors.ts";
import type { FrontendEnvironment } from "../frontend/frontend.ts";
import { FrontendCounters } from "../frontend/frontend-counters.ts";
import { frontendTls } from "../frontend/frontend-tls.ts";
import type { OpenFrontend } from "../frontend/open-frontend.ts";
import { ticketKeys } from "../frontend/ticket-keys.ts";
import { COUNTER } from "../memory/counters.ts";
import { TcpAccount } from "./tcp-account.ts";
import { type Greeting, TcpRouter } from "./tcp-router.ts";
import { TcpSession, type TcpSurroundings } from "./tcp-session.ts";

/** What a TCP frontend makes from its configuration. */
export interface TcpPlan {
  readonly config: FrontendConfig;
  readonly router: TcpRouter<Backend>;
  readonly tls: ListenerTls | undefined;
}

/** Makes the plan of the frontend `name` that `config` describes. Throws when certificates cannot be read. */
export function planTcp(
  name: string,
  config: FrontendConfig,
  backends: ReadonlyMap<string, Backend>,
): TcpPlan {
  const { routes } = config;
  return {
    config,
    router: new TcpRouter(routes, (name) => backends.get(name)),
    tls: frontendTls(config, name),
  };
}

export class TcpFrontend implements OpenFrontend, TcpSurroundings {
  readonly name: string;
  readonly deadlines: FrontendEnvironment["deadlines"];
  readonly #environment: FrontendEnvironment;
  readonly #counters: FrontendCounters;
  readonly #listener: Listener;
  readonly #sessions = new Set<TcpSession>();
  /** Connections whose ClientHello is being read. */
  readonly #peeked = new Set<Accepted>();
  #plan: TcpPlan;
  #stopped = false;

  constructor(name: string, plan: TcpPlan, environment: FrontendEnvironment) {
    const { tally, clock, deadlines, buffers, sharePorts } = environment;
    const { config, tls } = plan;
    this.name = name;
    this.deadlines = deadlines;
    this.#environment = environment;
    this.#counters = new FrontendCounters(tally.row);
    this.#plan = plan;
    this.#listener = new Listener({
      ...{ address: config.bind, reusePort: sharePorts, buffers, clock },
      ...(tls && { tls }),
      preface: config.acceptProxy && acceptProxy(config.acceptProxy),
      maxConnections: config.maxConnections ?? MOST_CONNECTIONS,
      accepted: (accepted) => this.#accept(accepted),
      refused: this.#refused,
    });
  }

  suits(config: FrontendConfig): boolean {
    return isDeepStrictEqual(listenerSettings(config), listenerSettings(this.#plan.config));
  }

  /** Uses `plan` from now on. Call this only when `suits` returns true for the plan's configuration. */
  adopt(plan: TcpPlan): void {
    this.#plan = plan;
    this.#listener.maxConnections = plan.config.maxConnections ?? MOST_CONNECTIONS;
    if (plan.tls !== undefined) this.#listener.renew(plan.tls);
  }

  get port(): number {
    return this.#listener.port;
  }

  useTicketSecret(secret: Uint8Array): void {
    if (this.#plan.tls !== undefined) this.#listener.useTicketKeys(ticketKeys(secret, this.name));
  }

  renewCertificates(): void {
    const tls = frontendTls(this.#plan.config, this.name);
    if (tls === undefined) return;
    this.#plan = { ...this.#plan, tls };
    this.#listener.renew(tls);
  }

  listen(): Promise<void> {
    return this.#listener.listen();
  }

  /** Connections live until the deadline; the port closes as in `drain`, or at once with `replaced`. */
  drain(deadlineMs: number, replaced = false): Promise<void> {
    return drain({
      connections: this.#sessions,
      clock: this.#environment.clock,
      ...{ deadlineMs, replaced },
      accepted: () => this.#listener.accepted,
      stopAccepting: () => this.#listener.close(),
      arriving: () => this.#listener.arriving || this.#peeked.size > 0,
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const session of this.#sessions) session.stop();
    for (const { socket } of this.#peeked) socket.destroy();
    this.#listener.stop();
  }

  // The following methods are those of the interface `TcpSurroundings`.

  /** As in HAProxy, `tunnel` stands in for `client` and `server`, unless it is 0. */
  timeouts({ config }: Backend): TunnelTimeouts {
    const { client, clientFin, tunnel } = this.#plan.config.timeouts;
    const { server, serverFin } = config.timeouts;
    if (tunnel > 0) return { tunnel, clientFin, serverFin };
    return { tunnel: client, server, clientFin, serverFin };
  }

  over(session: TcpSession, record: AccessRecord): void {
    this.#sessions.delete(session);
    this.#log(record);
  }

  #accept(accepted: Accepted): void {
    if (this.#stopped) {
      accepted.socket.destroy(); // the frontend stopped during the TLS handshake
      return;
    }
    const { tls, told } = accepted;
    if (tls !== undefined) {
      this.#begin(accepted, { serverName: tls.serverName ?? "", protocols: [] });
    } else if (told?.tls?.overTls === true) {
      // The proxy in front has ended TLS, and says what the ClientHello said.
      const { authority = "", alpn } = told;
      this.#begin(accepted, { serverName: authority, protocols: alpn === undefined ? [] : [alpn] });
    } else if (this.#plan.router.needsGreeting) this.#peek(accepted);
    else this.#begin(accepted, { serverName: "", protocols: [] });
  }

  #peek(accepted: Accepted): void {
    this.#peeked.add(accepted);
    peekHello(accepted, {
      clock: this.#environment.clock,
      refused: (refused) => {
        this.#peeked.delete(accepted);
        if (!this.#stopped) this.#refused(refused);
      },
      seen: (hello) => {
        this.#peeked.delete(accepted);
        this.#begin(accepted, hello);
      },
    });
  }

  #begin(accepted: Accepted, greeting: Greeting): void {
    const { tally, clock } = this.#environment;
    const { serverName } = greeting;
    const account = new TcpAccount(this.name, tally.row, accepted, serverName, clock);
    const backend = this.#plan.router.route(greeting);
    if (backend === undefined) {
      const nowhere = { server: undefined, retries: 0, serverPlace: 0, backendPlace: 0 };
      this.#log(account.close({ ...nowhere, termination: "PR", cause: "no route matches" }));
      accepted.socket.on("error", () => undefined).destroy();
      return;
    }
    const session = new TcpSession(this, backend, accepted, account, serverName);
    this.#sessions.add(session);
    session.start();
  }

  #log(record: AccessRecord): void {
    const { tally, log } = this.#environment;
    record.feconn = tally.sum(COUNTER.current);
    log(record);
  }

  readonly #refused = ({ reason, why, client }: RefusedConnection): void => {
    this.#counters.turnedAway(reason);
    this.#environment.refused?.({ frontend: this.name, client: plainAddress(client), reason, why });
  };
}

/** Returns the settings that a listener keeps for its whole life. */
function listenerSettings(config: FrontendConfig) {
  const { bind, mode, tls, acceptProxy: proxies, clientCertificates } = config;
  return [bind, mode, tls === undefined, proxies, clientCertificates];
}
