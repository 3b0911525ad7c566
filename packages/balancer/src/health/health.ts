// The health of all servers of a backend: one monitor each, one verdict for every thread.
import type { BackendConfig } from "@tandem/config";
import type { Logger } from "@tandem/telemetry";
import { type Clock, internalClientOptions, type Rng } from "@tandem/transport";
import type { Server } from "../backend/server.ts";
import { checkHttp } from "./http-check.ts";
import { type HealthReport, Monitor } from "./monitor.ts";

export interface HealthEnvironment {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
}

export class Health {
  readonly #monitors: ReadonlyMap<Server, Monitor>;

  constructor(
    backend: string,
    config: BackendConfig,
    servers: readonly Server[],
    { clock, rng, logger }: HealthEnvironment,
  ) {
    const tls = config.tls === undefined ? undefined : internalClientOptions(config.tls);
    this.#monitors = new Map(
      servers.map((server) => {
        const { name, address } = server;
        const check = () => checkHttp({ name, address, tls }, config.check, clock);
        const monitor = new Monitor({
          server,
          config: config.check,
          check,
          clock,
          rng,
          changed: (_, up, result) => {
            const details = { backend, server: name, check: result.status, why: result.why };
            if (up) logger.info(details, "server is UP");
            else logger.warn(details, "server is DOWN");
          },
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
