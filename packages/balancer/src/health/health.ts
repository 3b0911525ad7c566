// The health of all servers of a backend: one monitor each, one verdict for every thread.
import type { BackendConfig } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import { type Clock, internalClientOptions, type Rng } from "@tandem/transport";
import type { Server } from "../backend/server.ts";
import { checkHttp } from "./http-check.ts";
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

export interface HealthEnvironment {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly changed: (change: HealthChange) => void;
}

/** Tells `logger` of every change. */
export function logChanges(logger: Logger): (change: HealthChange) => void {
  return ({ up, ...details }) => {
    if (up) logger.info(details, "server is UP");
    else logger.warn(details, "server is DOWN");
  };
}

export class Health {
  readonly #monitors: ReadonlyMap<Server, Monitor>;

  constructor(
    backend: string,
    config: BackendConfig,
    servers: readonly Server[],
    { clock, rng, changed }: HealthEnvironment,
  ) {
    const tls = config.tls === undefined ? undefined : internalClientOptions(config.tls);
    this.#monitors = new Map(
      servers.map((server) => {
        const { name, address } = server;
        const check = (stop: AbortSignal) =>
          checkHttp({ name, address, tls }, config.check, clock, stop);
        const monitor = new Monitor({
          server,
          config: config.check,
          check,
          clock,
          rng,
          changed: (_, up, { status, why }) =>
            changed({ backend, server: name, up, check: status, why }),
        });
        return [server, monitor];
      }),
    );
  }

  /** Resolves when every server was checked once. */
  async start(): Promise<void> {
    await Promise.all([...this.#monitors.values()].map((monitor) => monitor.start()));
  }

  report(server: Server): HealthReport | undefined {
    return this.#monitors.get(server)?.report;
  }

  stop(): void {
    for (const monitor of this.#monitors.values()) monitor.stop();
  }
}
