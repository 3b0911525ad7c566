// The health checks of a backend: one monitor for each server, whose result holds for all threads.
import type { BackendConfig } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import { type Rng, type ServerTls, serverTls } from "@tandem/transport";
import type { Complain } from "../balance/guarded.ts";
import { Pool } from "../pool/pool.ts";
import { type ConnectionEnvironment, ownPool, requestPool } from "../pool/server-pool.ts";
import type { Server } from "../server/server.ts";
import { type Check, checkOf } from "./check.ts";
import { type HealthReport, Monitor } from "./monitor.ts";

/** A change of a server's state by its health checks. */
export interface HealthChange {
  readonly backend: string;
  readonly server: string;
  readonly up: boolean;
  /** HAProxy's code for the check that decided, such as L7OK or L4CON. */
  readonly check: string;
  /** The reason for the operator; empty when the server is up. */
  readonly why: string;
}

/** A change in what a server reports about its own readiness. */
export interface AbilityChange {
  readonly backend: string;
  readonly server: string;
  readonly degraded: boolean;
  /** The reason that the server gives; empty when the server can do all of its work. */
  readonly why: string;
}

export interface HealthEnvironment {
  readonly connecting: ConnectionEnvironment;
  readonly rng: Rng;
  readonly changed: (change: HealthChange) => void;
  /**
   * Called when a server that is up reports that it cannot do all of its work, and when the server reports that it can
   * do all of its work again.
   */
  readonly degraded: (change: AbilityChange) => void;
  /** Called with a message for the operator when checks cannot be made. */
  readonly complain: Complain;
}

/** Returns a function that logs every change of a server's state. */
export function logChanges(logger: Logger): (change: HealthChange) => void {
  return ({ up, ...details }) => {
    if (up) logger.info(details, "server is UP");
    else logger.warn(details, "server is DOWN");
  };
}

/** Returns a function that logs the reports of servers about their own readiness. */
export function logAbilities(logger: Logger): (change: AbilityChange) => void {
  return ({ degraded, ...details }) => {
    if (degraded) logger.warn(details, "server is up but cannot do all of its work");
    else logger.info(details, "server can do all of its work again");
  };
}

export class BackendChecks {
  readonly #config: BackendConfig;
  readonly #environment: HealthEnvironment;
  readonly #tls: ServerTls | undefined;
  readonly #monitors: ReadonlyMap<Server, Monitor>;
  /** The monitors that were not taken over from `before`. */
  readonly #fresh: readonly Monitor[];
  readonly #before: BackendChecks | undefined;

  /**
   * Throws when certificates cannot be read. `before` has the health checks of the same backend in the old
   * configuration. Servers that stay keep their monitors, which check by the old configuration until `takeOver` is
   * called.
   */
  constructor(
    backend: string,
    config: BackendConfig,
    servers: readonly Server[],
    environment: HealthEnvironment,
    before?: BackendChecks,
  ) {
    this.#config = config;
    this.#environment = environment;
    this.#before = before;
    this.#tls = config.tls && serverTls(config.tls, before === undefined ? undefined : before.#tls);
    const fresh: Monitor[] = [];
    this.#monitors = new Map(
      servers.map((server) => {
        const kept = before === undefined ? undefined : before.#monitors.get(server);
        const monitor = kept ?? this.#monitor(backend, server);
        if (kept === undefined) fresh.push(monitor);
        return [server, monitor];
      }),
    );
    this.#fresh = fresh;
  }

  /**
   * Starts the monitors of the new servers. Resolves when each new server that is checked regularly has been checked
   * once.
   */
  async start(): Promise<void> {
    await Promise.all(this.#fresh.map((monitor) => monitor.start()));
  }

  /** Puts these checks in force, and stops the checks of servers that only `before` has. */
  takeOver(): void {
    const before = this.#before;
    if (before === undefined) return;
    for (const [server, monitor] of this.#monitors)
      monitor.configure(this.#config.check, this.#check(server));
    for (const [server, monitor] of before.#monitors)
      if (!this.#monitors.has(server)) monitor.stop();
  }

  /**
   * Called instead of `takeOver` when a reload is given up: stops the checks of servers that `before` does
   * not have.
   */
  discard(): void {
    for (const monitor of this.#fresh) monitor.stop();
  }

  report(server: Server): HealthReport | undefined {
    return this.#monitors.get(server)?.report;
  }

  stop(): void {
    for (const monitor of this.#monitors.values()) monitor.stop();
  }

  #monitor(backend: string, server: Server): Monitor {
    const { connecting, rng, changed, degraded, complain } = this.#environment;
    const { name } = server;
    return new Monitor({
      ...{ server, clock: connecting.clock, rng },
      ...{ config: this.#config.check, check: this.#check(server) },
      changed: (_, up, { status, why }) =>
        changed({ backend, server: name, up, check: status, why }),
      degraded: (_, on, { why }) => degraded({ backend, server: name, degraded: on, why }),
      hindered: (_, why) =>
        complain(
          `the servers of backend ${backend} cannot be checked, and stay as they are: ${why}`,
        ),
    });
  }

  #check(server: Server): Check {
    const { connecting } = this.#environment;
    const { check } = this.#config;
    const requests = requestPool(server, this.#config, this.#tls, connecting);
    const pool = new Pool(ownPool(requests, { connectMs: check.timeout, kept: 0 }));
    const tls = this.#tls !== undefined;
    return checkOf({ server, pool, tls }, check, connecting.clock);
  }
}
