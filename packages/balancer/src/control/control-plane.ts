// The control thread of a balancer: owns the shared memory, checks the servers' health, keeps the
// data threads alive and answers the operator. No request passes through it.

import { availableParallelism } from "node:os";
import type { BalancerConfig, TelemetryConfig } from "@tandem/config";
import type { Logger, Registry } from "@tandem/telemetry";
import { type Clock, formatAddress, type Rng, type Service } from "@tandem/transport";
import { AdminServer } from "../admin/admin-server.ts";
import { registerMetrics } from "../admin/metrics.ts";
import { type Status, statusOf } from "../admin/status.ts";
import { allocateShared, SharedState } from "../backend/shared-state.ts";
import { type Directory, directoryOf, shapeOf } from "../directory.ts";
import { logChanges } from "../health/health.ts";
import { type BackendHealth, openHealth } from "./backend-health.ts";
import { DataThreads } from "./data-threads.ts";

export interface ControlPlaneOptions {
  readonly config: BalancerConfig;
  readonly telemetry: TelemetryConfig;
  readonly box: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly registry: Registry;
}

export class ControlPlane implements Service {
  readonly name = "balancer";
  readonly #options: ControlPlaneOptions;
  readonly #directory: Directory;
  readonly #shared: SharedState;
  readonly #startedAt: number;
  readonly #backends: readonly BackendHealth[];
  readonly #threads: DataThreads;
  readonly #admin: AdminServer | undefined;
  #ports: Readonly<Record<string, number>> = {};

  constructor(options: ControlPlaneOptions) {
    const { config, telemetry, box, clock, rng, logger, registry } = options;
    const count = threadCount(config.threads);
    this.#options = options;
    this.#directory = directoryOf(config);
    const buffers = allocateShared(shapeOf(this.#directory, count));
    const shared = new SharedState(buffers, 0);
    const changed = logChanges(logger);
    this.#backends = openHealth(this.#directory, { shared, box, clock, rng, changed });
    this.#threads = new DataThreads({ config, telemetry, box, buffers }, clock, logger);
    this.#startedAt = clock.wall();
    this.#shared = shared;
    const status = () => this.status();
    registerMetrics(registry, status);
    this.#admin =
      config.admin && new AdminServer({ address: config.admin.bind, status, registry, logger });
  }

  /** What runs and how it does, at this moment. */
  status(): Status {
    return statusOf({
      box: this.#options.box,
      startedAt: this.#startedAt,
      now: this.#options.clock.wall(),
      threads: { count: this.#threads.count, deaths: this.#threads.deaths },
      shared: this.#shared,
      frontends: this.#directory.frontends,
      backends: this.#backends,
    });
  }

  /** Where it listens, as URLs. */
  get addresses(): readonly string[] {
    const listening = this.#directory.frontends.map(({ name, config }) => {
      const port = this.#ports[name] ?? config.bind.port;
      const scheme = config.tls === undefined ? "http" : "https";
      return `${scheme}://${formatAddress({ host: config.bind.host, port })}`;
    });
    return this.#admin === undefined ? listening : [...listening, this.#admin.url];
  }

  /** Ports in use by frontend. */
  get ports(): Readonly<Record<string, number>> {
    return this.#ports;
  }

  async start(): Promise<void> {
    await Promise.all(this.#backends.map(({ health }) => health.start()));
    this.#ports = await this.#threads.start();
    await this.#admin?.start();
  }

  async drain(deadlineMs: number): Promise<void> {
    await this.#threads.drain(deadlineMs);
  }

  async stop(): Promise<void> {
    for (const { health } of this.#backends) health.stop();
    await this.#admin?.stop();
    await this.#threads.stop();
  }

  /** Ends one data thread as a crash would; for tests of its replacement. */
  killThread(index: number): Promise<void> {
    return this.#threads.kill(index);
  }
}

/** Several threads share a port through SO_REUSEPORT as Linux has it; elsewhere there is one. */
function threadCount(configured: BalancerConfig["threads"]): number {
  if (process.platform !== "linux") return 1;
  return configured === "auto" ? availableParallelism() : configured;
}
