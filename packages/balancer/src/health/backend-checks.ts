// The health checks of a backend: one monitor for each server, one verdict for every thread.
import type { BackendConfig } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import type { Rng } from "@tandem/transport";
import type { Complain } from "../balance/guarded.ts";
import { Pool } from "../pool/pool.ts";
import { type Network, ownPool, requestPool } from "../pool/server-pool.ts";
import type { Server } from "../server/server.ts";
import { readServerTls, type ServerTls } from "../server/server-tls.ts";
import { type Check, checkOf } from "./check.ts";
import { type HealthReport, Monitor } from "./monitor.ts";

/** A verdict of the health checks that differs from the one before. */
export interface HealthChange {
  readonly backend: string;
  readonly server: string;
  readonly up: boolean;
  /** HAProxy's code for the check that decided, such as L7OK or L4CON. */
  readonly check: string;
  /** Plain words; empty when the server is up. */
  readonly why: string;
}

/** What a server says of itself, when that has changed. */
export interface AbilityChange {
  readonly backend: string;
  readonly server: string;
  readonly degraded: boolean;
  /** In its words; empty when it can do everything. */
  readonly why: string;
}

export interface HealthEnvironment {
  readonly network: Network;
  readonly rng: Rng;
  readonly changed: (change: HealthChange) => void;
  /** A server that is up says that it cannot do all of its work, or that it can again. */
  readonly degraded: (change: AbilityChange) => void;
  /** Tells the operator that checks cannot be made. */
  readonly complain: Complain;
}

/** Tells `logger` of every change. */
export function logChanges(logger: Logger): (change: HealthChange) => void {
  return ({ up, ...details }) => {
    if (up) logger.info(details, "server is UP");
    else logger.warn(details, "server is DOWN");
  };
}

/** Tells `logger` of what servers say of themselves. */
export function logAbilities(logger: Logger): (change: AbilityChange) => void {
  return ({ degraded, ...details }) => {
    if (degraded) logger.warn(details, "server is up and cannot do all of its work");
    else logger.info(details, "server can do all of its work again");
  };
}

export class BackendChecks {
  readonly #config: BackendConfig;
  readonly #environment: HealthEnvironment;
  readonly #tls: ServerTls | undefined;
  readonly #monitors: ReadonlyMap<Server, Monitor>;
  /** Those it did not take over from `before`. */
  readonly #fresh: readonly Monitor[];
  readonly #before: BackendChecks | undefined;

  /**
   * Throws when certificates cannot be read. With `before`, of the same backend, servers that stay keep
   * their monitors: until `takeOver` those check as they did.
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
    this.#tls = readServerTls(config.tls, before === undefined ? undefined : before.#tls);
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

  /** Resolves when every new server was checked once. */
  async start(): Promise<void> {
    await Promise.all(this.#fresh.map((monitor) => monitor.start()));
  }

  /** From now on these are the checks; what `before` checked beyond them is checked no more. */
  takeOver(): void {
    const before = this.#before;
    if (before === undefined) return;
    for (const [server, monitor] of this.#monitors)
      monitor.configure(this.#config.check, this.#check(server));
    for (const [server, monitor] of before.#monitors)
      if (!this.#monitors.has(server)) monitor.stop();
  }

  /** Instead of `takeOver`: ends the checks that `before` does not do. */
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
    const { network, rng, changed, degraded, complain } = this.#environment;
    const { name } = server;
    return new Monitor({
      ...{ server, clock: network.clock, rng },
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
    const { network } = this.#environment;
    const { check } = this.#config;
    const requests = requestPool(server, this.#config, this.#tls, network);
    const pool = new Pool(ownPool(requests, { connectMs: check.timeout, kept: 0 }));
    const tls = this.#tls !== undefined;
    return checkOf({ server, pool, tls }, check, network.clock);
  }
}
