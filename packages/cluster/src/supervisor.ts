// Runs the tiers of one or more boxes on this machine: starts them from the database outwards, keeps
// them alive, and drains them from the edge inwards. Knows processes only, no tier's inside.
import { type Clock, holdOpen, type Rng, type Service } from "@tandem/transport";
import type { Executables } from "./executables.ts";
import type { ProcessState } from "./process-handle.ts";
import { Refusal } from "./refusal.ts";
import { explainFailure } from "./start-failure.ts";
import { type ReloadOutcome, SupervisedTier } from "./supervised-tier.ts";
import { DRAIN_ORDER, type Placement, START_ORDER, type TierName } from "./topology.ts";

/** One tier as `tandem status` shows it. */
export interface TierReport {
  readonly box: string;
  readonly tier: TierName;
  readonly pid: number | undefined;
  readonly state: ProcessState;
  /** ISO time of the last start. */
  readonly since: string;
  /** ISO time since when it is in this state; absent in the report of an older supervisor. */
  readonly stateSince?: string | undefined;
  readonly restarts: number;
  readonly addresses: readonly string[];
}

export interface SupervisorOptions {
  readonly file: string;
  readonly placements: readonly Placement[];
  readonly executables: Executables;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly readyMs?: number;
  notice(level: "info" | "warn" | "error", message: string, lines?: readonly string[]): void;
  /** A line that a tier wrote to its stderr. */
  said(where: Placement, line: string): void;
  /** Called after every change of a tier. */
  changed(reports: readonly TierReport[]): void;
}

const READY_MS = 15_000;

export class Supervisor implements Service {
  readonly name = "tandem up";
  readonly #options: SupervisorOptions;
  readonly #tiers: readonly SupervisedTier[];
  #release: () => void = () => undefined;
  #draining: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { clock, rng, executables, readyMs = READY_MS } = options;
    this.#tiers = options.placements.map((placement) => {
      const { file, args } = executables[placement.tier];
      const words = [...args, "--config", options.file, ...placement.boxWords];
      return new SupervisedTier({
        ...{ placement, clock, rng, readyMs, command: { file, args: words } },
        events: {
          notice: (level, message, lines) => options.notice(level, message, lines),
          said: (tier, line) => options.said(tier.placement, line),
          changed: () => this.#changed(),
        },
      });
    });
  }

  /** What runs, in start order. */
  reports(): readonly TierReport[] {
    return this.#tiers.map((tier) => ({
      box: tier.placement.box,
      tier: tier.placement.tier,
      pid: tier.pid,
      state: tier.state,
      since: new Date(tier.since).toISOString(),
      stateSince: new Date(tier.stateSince).toISOString(),
      restarts: tier.restarts,
      addresses: tier.addresses,
    }));
  }

  /** Starts every tier, each after those it sends requests to. When one fails, stops the others and throws a Refusal with its last words. */
  async start(): Promise<void> {
    this.#release = holdOpen();
    try {
      for (const name of START_ORDER) await this.#startAll(this.#of(name));
    } catch (error) {
      await this.drain();
      throw error;
    }
  }

  /** Asks every tier that can to read the file again, which places tiers so now. Resolves to what each says. */
  reload(
    placements: readonly Placement[],
  ): Promise<readonly (ReloadOutcome & { readonly name: string })[]> {
    const reloads = this.#of("balancer").map(async (tier) => {
      const { box, drainMs } = tier.placement;
      const now = placements.find((other) => other.tier === "balancer" && other.box === box);
      return { name: tier.name, ...(await tier.reload(now?.drainMs ?? drainMs)) };
    });
    return Promise.all(reloads);
  }

  /** Balancers first, so that nothing new comes in; each tier has its own deadline from the file. */
  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Kills what is left. */
  async stop(): Promise<void> {
    await Promise.all(this.#tiers.map((tier) => tier.kill()));
    this.#release();
  }

  async #startAll(tiers: readonly SupervisedTier[]): Promise<void> {
    await Promise.all(
      tiers.map(async (tier) => {
        const exit = await tier.start();
        // A tier that ends because the rest is being drained has not failed.
        if (exit === undefined || this.#draining !== undefined) return;
        throw new Refusal(explainFailure(tier, exit, this.#options.file));
      }),
    );
    if (this.#draining !== undefined) throw new Refusal("stopped while starting");
  }

  async #drain(): Promise<void> {
    for (const name of DRAIN_ORDER) await Promise.all(this.#of(name).map((tier) => tier.drain()));
    this.#release();
  }

  #of(name: TierName): readonly SupervisedTier[] {
    return this.#tiers.filter(({ placement }) => placement.tier === name);
  }

  #changed(): void {
    this.#options.changed(this.reports());
  }
}
