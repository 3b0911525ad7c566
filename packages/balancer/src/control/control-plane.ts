// The control thread of a balancer: it owns the shared memory, checks the servers' health, replaces data
// threads that die and answers the operator. No request of a client passes through it.

import { availableParallelism } from "node:os";
import type { BalancerConfig, TelemetryConfig } from "@tandem/config";
import { type CertificateGroup, certificateGroups } from "@tandem/config/certificate-groups";
import type { Logger, Registry } from "@tandem/telemetry";
import {
  CertificateWatch,
  type Clock,
  descriptorLimit,
  formatAddress,
  type Lookups,
  Names,
  pseudonym,
  type Rng,
  type Service,
} from "@tandem/transport";
import { registerMetrics } from "../admin/metrics.ts";
import { type ReloadCounts, type Status, statusOf } from "../admin/status.ts";
import { ServerNames } from "../backend/server-names.ts";
import { fitConnections } from "../frontend/descriptors.ts";
import { lackOfNode } from "../frontend/older-node.ts";
import { logAbilities, logChanges } from "../health/backend-checks.ts";
import { allocateShared, memoryOf, type SharedMemory } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import { type ConnectionEnvironment, connectionEnvironment } from "../pool/server-pool.ts";
import { AdminPort } from "./admin-port.ts";
import {
  type BackendHealth,
  type BackendHealthEnvironment,
  openHealth,
  takeOver,
} from "./backend-health.ts";
import { changesOf } from "./changes.ts";
import { Complaints } from "./complaints.ts";
import { DataThreads } from "./data-threads.ts";
import { FileRenewals } from "./file-renewals.ts";
import { type NamedFiles, namedFiles, renewedFiles } from "./named-files.ts";
import { refuseTakenPorts } from "./own-ports.ts";
import { type ReloadOutcome, Reloads } from "./reloads.ts";
import { type RandomBytes, TicketSecret } from "./ticket-secret.ts";

export interface ControlPlaneOptions {
  readonly config: BalancerConfig;
  readonly telemetry: TelemetryConfig;
  readonly box: string;
  /** The site's name; at least one certificate should be valid for it. */
  readonly site?: string;
  readonly clock: Clock;
  readonly rng: Rng;
  /** The source of random bytes; the operating system's when absent. */
  readonly randomBytes?: RandomBytes;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Whether the balancer starts even if another process listens on the same ports. */
  readonly sharePorts?: boolean | undefined;
  /**
   * Reads the configuration again for a reload. Rejects with a message for the operator when it is invalid.
   */
  readonly reread?: () => Promise<BalancerConfig>;
  /** Resolves the names of servers; the operating system's resolver when absent. */
  readonly lookups?: Lookups;
}

/** The schemes of a frontend's address, without and with TLS. */
const SCHEMES = { http: ["http", "https"], tcp: ["tcp", "tls"] } as const;
const UNCHANGED = "nothing has changed, neither in the file nor in the files that it names";

export class ControlPlane implements Service {
  readonly name = "balancer";
  readonly #options: ControlPlaneOptions;
  readonly #startedAt: number;
  readonly #environment: ConnectionEnvironment;
  readonly #names: ServerNames;
  readonly #health: BackendHealthEnvironment;
  readonly #threads: DataThreads;
  readonly #tickets: TicketSecret;
  readonly #certificates: CertificateWatch;
  readonly #renewals: FileRenewals;
  readonly #admin: AdminPort;
  readonly #reloads = new Reloads(() => this.#reload());
  #config: BalancerConfig;
  #memory: SharedMemory;
  #backends: readonly BackendHealth[];
  #ports: Readonly<Record<string, number>> = {};
  #reloadCounts: ReloadCounts = { done: 0, refused: 0, refusal: "" };
  /** The configuration as it is in the file, before `fit` adapted it to this process. */
  #written: BalancerConfig;
  #files: NamedFiles;
  #ending = false;

  constructor(options: ControlPlaneOptions) {
    const { telemetry, box, clock, rng, logger, registry } = options;
    const threads = threadCount(options.config.threads);
    const config = fit(options.config, threads, logger);
    const memory = allocateShared(config, threads, rng);
    this.#options = options;
    this.#config = config;
    this.#written = options.config;
    this.#files = namedFiles(config);
    this.#memory = memory;
    this.#environment = connectionEnvironment(clock, new Names());
    const { tell: complain } = new Complaints(clock, logger);
    this.#names = new ServerNames({
      ...{ clock, complain, names: this.#environment.names, lookups: options.lookups },
      changed: (name, addresses) => {
        logger.info({ name, addresses }, "a name has other addresses");
        this.#threads.learn(name, addresses);
      },
    });
    const [changed, degraded] = [logChanges(logger), logAbilities(logger)];
    this.#health = { box, connecting: this.#environment, rng, changed, degraded, complain };
    this.#backends = openHealth(config, memory, this.#health);
    this.#tickets = new TicketSecret({
      ...{ clock, file: config.ticketKeys, random: options.randomBytes },
      renewed: (secret) => this.#threads.useTicketSecret(secret),
    });
    const ticketSecret = this.#tickets.current;
    const shared = { config, telemetry, memory, ticketSecret };
    const common = { ...shared, box, pseudonym: pseudonymOf(options) };
    this.#threads = new DataThreads(common, clock, logger);
    this.#certificates = new CertificateWatch(clock, logger);
    this.#renewals = new FileRenewals({
      ...{ clock, logger, tickets: this.#tickets },
      config: () => this.#config,
      settled: () => this.#reloads.settled(),
      renew: (frontends) => this.#threads.renewCertificates(frontends),
      look: () => this.#certificates.look(this.#groups(this.#config)),
    });
    this.#startedAt = clock.wall();
    const status = () => this.status();
    registerMetrics(registry, status);
    this.#admin = new AdminPort({ status, registry, names: () => this.#config.admin?.names ?? [] });
  }

  /** Returns the current status of the balancer. */
  status(): Status {
    const { frontends } = this.#memory;
    return statusOf({
      site: this.#options.site,
      box: this.#options.box,
      startedAt: this.#startedAt,
      now: this.#options.clock.wall(),
      draining: this.#ending,
      threads: { count: this.#threads.count, deaths: this.#threads.deaths },
      reloads: this.#reloadCounts,
      frontends: Object.entries(this.#config.frontends).map(([name, config]) => {
        return { name, config, tally: new Tally(memoryOf(frontends, name), 0) };
      }),
      backends: this.#backends,
      certificates: this.#certificates.seen,
    });
  }

  /** Returns the addresses on which the balancer listens, as URLs. */
  get addresses(): readonly string[] {
    const listening = Object.entries(this.#config.frontends).map(([name, { bind, mode, tls }]) => {
      const port = this.#ports[name] ?? bind.port;
      return `${SCHEMES[mode][tls === undefined ? 0 : 1]}://${formatAddress({ host: bind.host, port })}`;
    });
    return this.#admin.url === undefined ? listening : [...listening, this.#admin.url];
  }

  /** Returns the ports in use, by the name of the frontend. */
  get ports(): Readonly<Record<string, number>> {
    return this.#ports;
  }

  /** Returns how many requests are being answered, upgraded connections included. */
  get inFlight(): number {
    return this.status().backends.reduce((sum, { current }) => sum + current, 0);
  }

  /** Returns how long a drain may take, in milliseconds. */
  get drainMs(): number {
    return this.#config.drain;
  }

  async start(): Promise<void> {
    await this.#renewals.watch(this.#config);
    this.#certificates.look(this.#groups(this.#config));
    await this.#names.watch(this.#config.backends);
    await Promise.all(this.#backends.map(({ health }) => health.start()));
    if (this.#options.sharePorts !== true) await refuseTakenPorts(this.#config);
    this.#ports = await this.#threads.start();
    const bind = this.#config.admin?.bind;
    await (await this.#admin.open(bind)).use();
  }

  /**
   * Reads the configuration again and puts it in force. If that fails, nothing changes and the outcome says why. The
   * promise never rejects. Calls during a reload lead to one more reload when that reload has ended.
   */
  reload(): Promise<ReloadOutcome> {
    return this.#reloads.ask();
  }

  async drain(deadlineMs: number, replaced = false): Promise<void> {
    this.#ending = true;
    // The admin port is shared too. From now on the process in the place of this one answers there.
    await Promise.all([
      ...(replaced ? [this.#admin.close()] : []),
      this.#threads.drain(deadlineMs, replaced),
    ]);
  }

  async stop(): Promise<void> {
    this.#ending = true;
    for (const { health } of this.#backends) health.stop();
    this.#names.stop();
    this.#environment.deadlines.stop();
    this.#tickets.stop();
    this.#certificates.stop();
    this.#renewals.stop();
    await this.#admin.close();
    await this.#threads.stop();
  }

  /** Ends one data thread as a crash would; for tests of its replacement. */
  killThread(index: number): Promise<void> {
    return this.#threads.kill(index);
  }

  async #reload(): Promise<ReloadOutcome> {
    const { logger, clock } = this.#options;
    const before = this.#config;
    const startedAt = clock.now();
    try {
      if (this.#ending) throw new Error("the balancer is draining");
      const { reread } = this.#options;
      if (reread === undefined) throw new Error("this balancer was not started from a file");
      const written = await reread();
      const next = fit(written, this.#threads.count, logger);
      await this.#become(next);
      const files = namedFiles(next);
      const certificates = this.#certificates.look(this.#groups(next));
      const words = [
        ...changesOf(this.#written, written),
        ...certificates,
        ...renewedFiles(this.#files, files, certificates),
        ...needingRestart(before, next),
      ];
      this.#written = written;
      this.#files = files;
      const ms = Math.round(clock.now() - startedAt);
      const { done, refused } = this.#reloadCounts;
      this.#reloadCounts = { done: done + 1, refused, refusal: "" };
      logger.info({ changes: words, ms }, "reloaded");
      return { ok: true, words: words.length === 0 ? [UNCHANGED] : words };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const { done, refused } = this.#reloadCounts;
      this.#reloadCounts = { done, refused: refused + 1, refusal: why };
      logger.error({ why }, "not reloaded: it goes on as it was");
      return { ok: false, words: why.split("\n") };
    }
  }

  #groups(balancer: BalancerConfig): readonly CertificateGroup[] {
    const { site } = this.#options;
    return certificateGroups({ balancer, ...(site !== undefined && { site }) });
  }

  /** Puts `next` in force. All steps that can fail come before the first change. */
  async #become(next: BalancerConfig): Promise<void> {
    const { box, rng } = this.#health;
    const before = this.#backends;
    const takeTicketKeys = this.#tickets.prepare(next.ticketKeys);
    const memory = allocateShared(next, this.#memory.threads, rng, this.#memory);
    const backends = openHealth(next, memory, this.#health, before);
    const discard = (): void => {
      for (const { health } of backends) health.discard();
    };
    try {
      await this.#renewals.watch(this.#config, next);
      await this.#names.watch(this.#config.backends, next.backends);
      await Promise.all(backends.map(({ health }) => health.start()));
      if (this.#options.sharePorts !== true) await refuseTakenPorts(next, this.#config);
      const admin = await this.#admin.open(next.admin?.bind);
      await this.#threads.prepare(next, memory).catch(async (error: unknown) => {
        await admin.forget();
        throw error;
      });
      if (this.#ending) {
        this.#threads.abort();
        await admin.forget();
        throw new Error("the balancer is draining");
      }
      takeTicketKeys();
      this.#ports = await this.#threads.commit(next, memory);
      await admin.use();
    } catch (error) {
      discard();
      await this.#names.watch(this.#config.backends);
      await this.#renewals.watch(this.#config);
      throw error;
    }
    await this.#renewals.watch(next);
    await this.#names.watch(next.backends);
    takeOver(backends, before, box);
    this.#backends = backends;
    this.#memory = memory;
    this.#config = next;
  }
}

/**
 * Sets `maxConnections` of each frontend that has none in the configuration to what this process's
 * file descriptors allow. Logs a warning when the descriptors are too few for the configured
 * limits, or when this Node is too old for a part of the configuration.
 */
function fit(config: BalancerConfig, threads: number, logger: Logger): BalancerConfig {
  const fitted = fitConnections(config, threads, descriptorLimit());
  if (fitted.missing !== undefined) logger.warn({}, fitted.missing);
  if (fitted.note !== undefined) logger.info({}, fitted.note);
  const lack = lackOfNode(config);
  if (lack !== undefined) logger.warn({}, lack);
  return fitted.config;
}

/** Returns the changes that need a restart, because a running process cannot make them. */
function needingRestart(before: BalancerConfig, after: BalancerConfig): readonly string[] {
  if (threadCount(before.threads) === threadCount(after.threads)) return [];
  return [
    `balancer.threads needs a restart: ${threadCount(before.threads)} data threads stay until then`,
  ];
}

/**
 * Returns the number of data threads. Only on Linux can several threads share a port (SO_REUSEPORT); elsewhere there
 * is one thread.
 */
function threadCount(configured: BalancerConfig["threads"]): number {
  if (process.platform !== "linux") return 1;
  return configured === "auto" ? availableParallelism() : configured;
}

function pseudonymOf({ config, site = "", box }: ControlPlaneOptions): string {
  const binds = Object.values(config.frontends).map(({ bind }) => formatAddress(bind));
  return pseudonym(`tandem-${box}`, [site, ...binds]);
}
