// Runs the tiers of one or more boxes on this machine. It starts the appservers first and the balancers last, keeps
// all of them running, and drains them in the opposite order. It works with processes only and imports no tier.
import { type Clock, holdOpen, type Rng } from "@tandem/transport";
import type { Executables } from "./executables.ts";
import type { ProcessState } from "./process-handle.ts";
import { CommandRefusal } from "./refusal.ts";
import { explainFailure } from "./start-failure.ts";
import { START_LIMIT_MS } from "./start-limit.ts";
import { type ReloadOutcome, SupervisedTier } from "./supervised-tier.ts";
import { tierEnvironment } from "./tier-environment.ts";
import { type BoxAssignment, DRAIN_ORDER, START_ORDER, type TierName } from "./topology.ts";

/** The state of one tier, as `tandem status` shows it. */
export interface TierReport {
  readonly box: string;
  readonly tier: TierName;
  readonly pid: number | undefined;
  readonly state: ProcessState;
  /** The ISO time of the last start. */
  readonly since: string;
  /** The ISO time since when the tier is in its state; absent in the report of an older supervisor. */
  readonly stateSince?: string | undefined;
  readonly restarts: number;
  readonly addresses: readonly string[];
}

export interface SupervisorOptions {
  readonly file: string;
  readonly assignments: readonly BoxAssignment[];
  readonly executables: Executables;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly readyMs?: number;
  /** Whether the tiers start beside the tiers of another supervisor, on the same ports (an upgrade). */
  readonly sharePorts?: boolean;
  notice(level: "info" | "warn" | "error", message: string, lines?: readonly string[]): void;
  /** Called with a line that a tier wrote to its stderr. */
  said(where: BoxAssignment, line: string): void;
  /** Called whenever the state of a tier's process changes. */
  changed(reports: readonly TierReport[]): void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #tiers: readonly SupervisedTier[];
  #release: () => void = () => undefined;
  #draining: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { clock, rng, executables, readyMs = START_LIMIT_MS, sharePorts = false } = options;
    this.#tiers = options.assignments.map((assignment) => {
      const { file, args } = executables[assignment.tier];
      const shared = sharePorts ? ["--share-ports"] : [];
      const words = [...args, "--config", options.file, ...assignment.boxWords, ...shared];
      const env = tierEnvironment(assignment.tier);
      return new SupervisedTier({
        ...{ assignment, clock, rng, readyMs, command: { file, args: words, env } },
        events: {
          notice: (level, message, lines) => options.notice(level, message, lines),
          said: (tier, line) => options.said(tier.assignment, line),
          changed: () => this.#changed(),
        },
      });
    });
  }

  /** Returns the reports of all tiers, in the order of their start. */
  reports(): readonly TierReport[] {
    return this.#tiers.map((tier) => ({
      box: tier.assignment.box,
      tier: tier.assignment.tier,
      pid: tier.pid,
      state: tier.state,
      since: new Date(tier.since).toISOString(),
      stateSince: new Date(tier.stateSince).toISOString(),
      restarts: tier.restarts,
      addresses: tier.addresses,
    }));
  }

  /**
   * Starts each tier after the tiers that it sends requests to. When a tier fails, stops all others and throws a
   * CommandRefusal with the last lines of the failed tier.
   */
  async start(): Promise<void> {
    this.#release = holdOpen();
    try {
      for (const name of START_ORDER) await this.#startAll(this.#of(name));
    } catch (error) {
      await this.drain(this.#options.sharePorts);
      throw error;
    }
  }

  /**
   * Asks every tier that can reload (the balancers) to read the configuration file again.
   * `assignments` come from the new file. Resolves to one result for each of these tiers.
   */
  reload(
    assignments: readonly BoxAssignment[],
  ): Promise<readonly (ReloadOutcome & { readonly name: string })[]> {
    const reloads = this.#of("balancer").map(async (tier) => {
      const { box, drainMs } = tier.assignment;
      const now = assignments.find((other) => other.tier === "balancer" && other.box === box);
      return { name: tier.name, ...(await tier.reload(now?.drainMs ?? drainMs)) };
    });
    return Promise.all(reloads);
  }

  /**
   * Drains the balancers first, so that no new request comes in. Each tier has its own drain deadline in the file.
   * `replaced` says that the tiers of another supervisor serve on the same ports.
   */
  drain(replaced = false): Promise<void> {
    this.#draining ??= this.#drain(replaced);
    return this.#draining;
  }

  /** Kills the processes that still run. */
  async stop(): Promise<void> {
    await Promise.all(this.#tiers.map((tier) => tier.kill()));
    this.#release();
  }

  async #startAll(tiers: readonly SupervisedTier[]): Promise<void> {
    await Promise.all(
      tiers.map(async (tier) => {
        const exit = await tier.start();
        // While the supervisor drains all tiers, a tier that ends has not failed.
        if (exit === undefined || this.#draining !== undefined) return;
        throw new CommandRefusal(explainFailure(tier, exit, this.#options.file));
      }),
    );
    if (this.#draining !== undefined) throw new CommandRefusal("stopped while starting");
  }

  async #drain(replaced: boolean): Promise<void> {
    for (const name of DRAIN_ORDER) {
      await Promise.all(this.#of(name).map((tier) => tier.drain(replaced)));
    }
    this.#release();
  }

  #of(name: TierName): readonly SupervisedTier[] {
    return this.#tiers.filter(({ assignment }) => assignment.tier === name);
  }

  #changed(): void {
    this.#options.changed(this.reports());
  }
}
