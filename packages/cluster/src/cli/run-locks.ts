// The run files that a supervisor holds: a lock and a report for each box that it runs.
import { resolve } from "node:path";
import { systemClock } from "@tandem/transport";
import { CommandRefusal } from "../refusal.ts";
import {
  acquireRun,
  type RunReload,
  type RunReport,
  readRun,
  releaseRun,
  startTimeOf,
  updateRun,
} from "../run-file.ts";
import { boxTaken, type Claim, refuseForeign } from "../state-owner.ts";
import type { TierReport } from "../supervisor.ts";

type Outcome = Pick<RunReload, "ok" | "words">;

export class RunLocks {
  readonly #state: string;
  readonly #self: Omit<RunReport, "box" | "tiers">;
  /** The boxes whose run files name this process. */
  readonly #held: string[] = [];
  readonly #boxes: readonly string[];
  #lent = false;
  #known: readonly TierReport[] = [];
  #reload: RunReload | undefined;
  #upgrade: RunReload | undefined;

  constructor({ site, state, file }: Claim, boxes: readonly string[]) {
    this.#state = state;
    this.#boxes = boxes;
    this.#self = {
      pid: process.pid,
      startTime: startTimeOf(process.pid) ?? "",
      since: new Date(systemClock.wall()).toISOString(),
      config: resolve(file),
      ...{ site, upgradable: process.platform === "linux" },
    };
  }

  /**
   * Takes one lock for each box. So `tandem up` for all boxes and `tandem up --box` for one of them exclude each other.
   */
  take(claim: Claim): void {
    try {
      for (const box of this.#boxes) {
        const report = { ...this.#self, box, tiers: [] };
        const holder = acquireRun(this.#state, report);
        if (holder !== undefined) throw boxTaken(holder, report, claim);
        this.#held.push(box);
      }
      // The state folder is checked again, because another site with other box names may have started since the first
      // check.
      refuseForeign(claim);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Throws when the supervisor `pid` does not hold all of these boxes, so that its place cannot be taken. */
  refuseUnlessHeldBy(pid: number, { file }: Claim): void {
    const other = this.#boxes.filter((box) => readRun(this.#state, box)?.pid !== pid);
    if (other.length === 0) return;
    throw new CommandRefusal(
      `${file}: 'state' or cluster.boxes has changed: process ${pid} does not run ${other.join(", ")} in ${this.#state}; ` +
        "an upgrade keeps both as they were, so put them back, or 'tandem stop' and 'tandem up'",
    );
  }

  /** Takes the locks of the supervisor that has lent them. */
  takeOver(): void {
    this.#held.push(...this.#boxes);
    this.#write();
  }

  /** Writes nothing any more, because a successor is taking the locks over. */
  lend(): void {
    this.#lent = true;
  }

  /** Takes back what was lent, because the successor has failed. */
  reclaim(): void {
    this.#lent = false;
    this.#write();
  }

  /** Leaves the locks to the successor, and releases those that it has not taken. */
  give(): void {
    const left = this.#held.filter((box) => readRun(this.#state, box)?.pid === process.pid);
    this.#held.length = 0;
    for (const box of left) releaseRun(this.#state, box);
  }

  release(): void {
    for (const box of this.#held.splice(0)) releaseRun(this.#state, box);
  }

  update(reports: readonly TierReport[]): void {
    this.#known = reports;
    this.#write();
  }

  reloaded(outcome: Outcome): void {
    this.#reload = { ...outcome, count: (this.#reload?.count ?? 0) + 1 };
    this.#write();
  }

  /** Reports an upgrade that has failed. */
  notUpgraded(words: readonly string[]): void {
    this.#upgrade = { ok: false, words, count: (this.#upgrade?.count ?? 0) + 1 };
    this.#write();
  }

  #write(): void {
    if (this.#lent) return;
    for (const box of this.#held) {
      const tiers = this.#known.filter((report) => report.box === box);
      const [reload, upgrade] = [this.#reload, this.#upgrade];
      updateRun(this.#state, { ...this.#self, box, tiers, reload, upgrade });
    }
  }
}
