// A frontend in one thread: it accepts clients, and routes their requests to backends. A reload changes the frontend in
// place: connections that are open use the new routes from their next request on.
import { isDeepStrictEqual } from "node:util";
import type { FrontendConfig } from "@tandem/config";
import { Front, hstsField, type Protocols, type Terms } from "@tandem/front";
import type { OwnField } from "@tandem/http/session";
import type { AccessRecord } from "@tandem/telemetry";
import {
  acceptProxy,
  type Clock,
  type Deadlines,
  type ListenerOptions,
  type ListenerTls,
  networkMatcher,
  plainAddress,
  type ReadBuffers,
  type RefusedConnection,
} from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import type { FilterChain } from "../filter/chain.ts";
import { COUNTER } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";
import { Router } from "../route/router.ts";
import { ClientConnection, type FrontendContext } from "./client-connection.ts";
import { MOST_CONNECTIONS } from "./descriptors.ts";
import { FrontendCounters } from "./frontend-counters.ts";
import { frontendTls } from "./frontend-tls.ts";
import type { OpenFrontend } from "./open-frontend.ts";
import { type FilterSurroundings, planFilters } from "./plan-filters.ts";
import type { Refusal } from "./refusal.ts";
import { ticketKeys } from "./ticket-keys.ts";

export interface FrontendEnvironment {
  readonly tally: Tally;
  readonly via: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers: ReadBuffers;
  readonly log: (record: AccessRecord) => void;
  /** Whether other threads or processes may listen on the same ports. */
  readonly sharePorts: boolean;
  readonly refused: ((refusal: Refusal) => void) | undefined;
  /** The protocols that clients may speak; all of them when absent. */
  readonly protocols?: Protocols | undefined;
}

/** What a frontend makes from its configuration. A reload makes a new plan, which the frontend then adopts. */
export interface FrontendPlan {
  readonly config: FrontendConfig;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly router: Router<Backend>;
  readonly tls: ListenerTls | undefined;
  readonly hsts: OwnField | undefined;
  readonly filters: FilterChain | undefined;
  readonly trusted: (address: string) => boolean;
}

/**
 * Makes the plan of the frontend `name` that `config` describes, and changes nothing else. `all` has the configurations of
 * all frontends: a redirect may name their hosts. Throws when certificates cannot be read or a filter cannot be made.
 */
export function planFrontend(
  name: string,
  config: FrontendConfig,
  backends: ReadonlyMap<string, Backend>,
  all: Readonly<Record<string, FrontendConfig>>,
  surroundings: FilterSurroundings,
): FrontendPlan {
  const { tls, routes, trustedProxies } = config;
  const filters = planFilters(config, all, surroundings);
  return {
    config,
    backends,
    filters: filters.frontend,
    router: new Router(routes, (name) => backends.get(name), filters.ofRoute),
    tls: frontendTls(config, name),
    hsts: tls?.hsts && hstsField(tls.hsts),
    trusted: networkMatcher(trustedProxies),
  };
}

export class Frontend implements OpenFrontend {
  readonly name: string;
  readonly #environment: FrontendEnvironment;
  readonly #context: FrontendContext;
  readonly #front: Front;
  readonly #counters: FrontendCounters;
  #plan: FrontendPlan;

  constructor(name: string, plan: FrontendPlan, environment: FrontendEnvironment) {
    const { tally, clock, deadlines, protocols } = environment;
    this.name = name;
    this.#plan = plan;
    this.#environment = environment;
    this.#counters = new FrontendCounters(tally.row);
    this.#context = this.#contextOf(plan);
    this.#front = new Front({
      ...{ clock, deadlines, protocols, counters: this.#counters },
      plain: plan.config.proto === "h2" ? "h2" : undefined,
      listener: this.#listening(plan),
      terms: termsOf(plan),
      meet: (client) => new ClientConnection(this.#context, client),
    });
  }

  /** Returns whether the frontend can adopt `config` and keep its socket. If not, a reload opens a new frontend. */
  suits(config: FrontendConfig): boolean {
    return isDeepStrictEqual(listenerSettings(config), listenerSettings(this.#plan.config));
  }

  /** Uses `plan` from now on. Call this only when `suits` returns true for the plan's configuration. */
  adopt(plan: FrontendPlan): void {
    const { config, router, backends, tls, filters } = plan;
    const { listener } = this.#front;
    this.#plan = plan;
    this.#front.terms = termsOf(plan);
    this.#context.filters = filters;
    this.#context.router = router;
    this.#context.belongsElsewhere = tls?.belongsElsewhere;
    this.#context.backends = backends;
    listener.maxConnections = config.maxConnections ?? MOST_CONNECTIONS;
    if (tls !== undefined) listener.renew(tls);
  }

  get port(): number {
    return this.#front.port;
  }

  /** From the next handshake on, makes session tickets with keys derived from this secret. */
  useTicketSecret(secret: Uint8Array): void {
    if (this.#plan.tls === undefined) return;
    this.#front.listener.useTicketKeys(ticketKeys(secret, this.name));
  }

  renewCertificates(): void {
    const tls = frontendTls(this.#plan.config, this.name);
    if (tls === undefined) return;
    this.#plan = { ...this.#plan, tls };
    this.#context.belongsElsewhere = tls.belongsElsewhere;
    this.#front.listener.renew(tls);
  }

  listen(): Promise<void> {
    return this.#front.listen();
  }

  /**
   * Drains the frontend. Resolves when the last connection has closed, or at the deadline. With `replaced` (a reload
   * has removed or replaced this frontend), the port is closed to new connections at once.
   */
  drain(deadlineMs: number, replaced = false): Promise<void> {
    return this.#front.drain(deadlineMs, replaced);
  }

  stop(): void {
    this.#front.stop();
  }

  #contextOf({ filters, router, backends, tls }: FrontendPlan): FrontendContext {
    const { tally, via, clock, log } = this.#environment;
    return {
      ...{ name: this.name, via, filters, router, backends, clock },
      belongsElsewhere: tls?.belongsElsewhere,
      log: (record) => {
        record.feconn = tally.sum(COUNTER.current);
        log(record);
      },
    };
  }

  #listening({ config, tls }: FrontendPlan): Omit<ListenerOptions, "accepted"> {
    const { sharePorts, buffers } = this.#environment;
    return {
      address: config.bind,
      ...(tls && { tls }),
      preface: config.acceptProxy && acceptProxy(config.acceptProxy),
      reusePort: sharePorts,
      maxConnections: config.maxConnections ?? MOST_CONNECTIONS,
      buffers,
      refused: (refused) => this.#refused(refused),
    };
  }

  #refused({ reason, why, client }: RefusedConnection): void {
    this.#counters.turnedAway(reason);
    this.#environment.refused?.({ frontend: this.name, client: plainAddress(client), reason, why });
  }
}

/**
 * Returns the settings that a listener keeps for its whole life. Clients of the listener before may go on without the
 * certificate that is required now, so that listener is drained.
 */
function listenerSettings(config: FrontendConfig) {
  const { bind, mode, proto, tls, acceptProxy: proxies, clientCertificates } = config;
  return [bind, mode, proto, tls?.alpn, proxies, clientCertificates];
}

function termsOf({ config, hsts, trusted }: FrontendPlan): Terms {
  const { timeouts, limits, http2, clientCertificates } = config;
  const asksCertificates = clientCertificates !== undefined;
  return { timeouts, limits, http2, asksCertificates, trusts: trusted, ownField: hsts };
}
