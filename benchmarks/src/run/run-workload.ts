// Measures every peer under one workload, in rounds. In a round the peers take turns, or all are under load at the same
// time. Either way, other work on the machine affects all peers alike.
import { lackOf } from "../peers/demands.ts";
import type { Peer } from "../peers/peer.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Bench } from "./bench-setup.ts";
import { idleRound } from "./idle-round.ts";
import { loadRound } from "./load-round.ts";
import { type Plan, warmUpSeconds } from "./plan.ts";
import { type Figures, type Measured, type Round, summarise } from "./result.ts";
import { type RunningPeer, startPeer } from "./running-peer.ts";
import { turnsOf } from "./turns.ts";

/** The step in which a peer failed for the first time, and the reason. */
export interface Failure {
  readonly peer: string;
  readonly step: string;
  readonly why: string;
}

/** The results of a workload. */
export interface WorkloadReport {
  readonly workload: Workload;
  readonly plan: Plan;
  readonly measured: readonly Measured[];
  /** Peers that could not be measured in every round, or in none, with the reasons. */
  readonly failed: readonly Failure[];
}

type Progress = (text: string) => void;

/** Returns those peers for which `workload` is meant. */
export function peersFor(workload: Workload, peers: readonly Peer[]): readonly Peer[] {
  if (workload.twoThreads === true)
    return peers.flatMap((peer) => (peer.twoThreads === undefined ? [] : [peer, peer.twoThreads]));
  return peers.filter(
    ({ kind, abilities }) =>
      lackOf(workload, abilities) === undefined &&
      // A peer that forwards nothing has only the small answer.
      (kind !== "server" || workload.path === "/small"),
  );
}

/**
 * Runs `workload` on `peers`. A peer that does not start is reported, and the other peers are measured without it.
 */
export async function runWorkload(
  workload: Workload,
  peers: readonly Peer[],
  plan: Plan,
  bench: Bench,
  progress: Progress,
): Promise<WorkloadReport> {
  const measurement = new Measurement(workload, plan, bench, progress);
  const chosen = peersFor(workload, peers);
  if (workload.kind === "idle") await measurement.idle(chosen);
  else await measurement.load(chosen);
  return measurement.report(chosen);
}

class Measurement {
  readonly #workload: Workload;
  readonly #plan: Plan;
  readonly #bench: Bench;
  readonly #progress: Progress;
  readonly #rounds = new Map<string, Round[]>();
  readonly #failed: Failure[] = [];

  constructor(workload: Workload, plan: Plan, bench: Bench, progress: Progress) {
    this.#workload = workload;
    this.#plan = plan;
    this.#bench = bench;
    this.#progress = progress;
  }

  /** Measures under load. All peers stay started. When they take turns, a peer is idle while another is measured. */
  async load(peers: readonly Peer[]): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const running: RunningPeer[] = [];
    for (const peer of peers)
      await this.#guarded(peer, "warm-up", async () => {
        const started = stack.use(await startPeer(peer, this.#bench, this.#workload));
        const seconds = warmUpSeconds(this.#workload, peer, running.length === 0);
        await loadRound(started, this.#workload, { ...this.#plan, seconds }, this.#bench);
        running.push(started);
      });
    if (this.#plan.together) await this.#warmUpTogether(running);
    for (let round = 1; round <= this.#plan.rounds; round++) await this.#round(running, round);
  }

  /**
   * Warms up the generators for rounds with all peers under load at the same time. Each peer then has
   * a generator of its own. Before, the peers were warmed up one after the other, with one generator.
   */
  async #warmUpTogether(running: readonly RunningPeer[]): Promise<void> {
    const warmUp = (each: RunningPeer): Promise<void> =>
      this.#guarded(each.peer, "warm-up together", async () => {
        const seconds = warmUpSeconds(this.#workload, each.peer, true);
        await loadRound(each, this.#workload, { ...this.#plan, seconds }, this.#bench);
      });
    await Promise.all(running.map(warmUp));
  }

  async #round(running: readonly RunningPeer[], round: number): Promise<void> {
    const measure = (each: RunningPeer): Promise<void> =>
      this.#guarded(each.peer, `round ${round}/${this.#plan.rounds}`, async () => {
        const figures = await loadRound(each, this.#workload, this.#plan, this.#bench);
        this.#add(each.peer, round, figures);
      });
    if (this.#plan.together) await Promise.all(running.map(measure));
    else for (const each of turnsOf(running, round)) await measure(each);
  }

  /**
   * Measures idle connections. Each round uses a freshly started peer, because a process seldom gives memory back.
   */
  async idle(peers: readonly Peer[]): Promise<void> {
    for (let round = 1; round <= this.#plan.rounds; round++)
      for (const peer of turnsOf(peers, round))
        await this.#guarded(peer, `round ${round}/${this.#plan.rounds}`, async () => {
          await using started = await startPeer(peer, this.#bench, this.#workload);
          this.#add(peer, round, await idleRound(started, this.#workload, this.#plan, this.#bench));
        });
  }

  report(peers: readonly Peer[]): WorkloadReport {
    const of = this.#workload.kind === "idle" ? "rssBytes" : "cpuMicrosecondsPerRequest";
    const measured = peers.flatMap((peer) => {
      const rounds = this.#rounds.get(peer.name) ?? [];
      const { name } = peer;
      return rounds.length === 0 ? [] : [summarise({ name, version: peer.version() }, rounds, of)];
    });
    return { workload: this.#workload, plan: this.#plan, measured, failed: this.#failed };
  }

  #add(peer: Peer, turn: number, figures: Figures): void {
    const round = { ...figures, turn };
    const rounds = this.#rounds.get(peer.name);
    if (rounds === undefined) this.#rounds.set(peer.name, [round]);
    else rounds.push(round);
  }

  async #guarded(peer: Peer, step: string, work: () => Promise<void>): Promise<void> {
    this.#progress(`${this.#workload.name}: ${step}: ${peer.name}`);
    try {
      await work();
    } catch (error) {
      if (this.#failed.some((failure) => failure.peer === peer.name)) return;
      const why = error instanceof Error ? error.message : `${error}`;
      this.#failed.push({ peer: peer.name, step, why });
    }
  }
}
