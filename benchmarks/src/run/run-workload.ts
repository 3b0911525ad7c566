// Measures every peer under one workload, in rounds that take turns (ABC ABC ABC): what the machine does
// besides then falls on all of them.
import type { Peer } from "../peers/peer.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Bench } from "./bench-setup.ts";
import { idleRound } from "./idle-round.ts";
import { type LoadPlan, loadRound } from "./load-round.ts";
import { type Measured, type Round, summarise } from "./result.ts";
import { type RunningPeer, startPeer } from "./running-peer.ts";

export interface Plan extends LoadPlan {
  readonly rounds: number;
  /** Load before the first round whose figures are thrown away: compiled code, warm pools. */
  readonly warmUpSeconds: number;
}

/** A workload's outcome. */
export interface WorkloadReport {
  readonly workload: Workload;
  readonly measured: readonly Measured[];
  /** Peers that could not be measured, and why. */
  readonly failed: readonly { readonly peer: string; readonly why: string }[];
}

type Progress = (text: string) => void;

/** Why a peer is not for a workload: a server that forwards nothing only answers the small request. */
function unsuitable(peer: Peer, workload: Workload): string | undefined {
  return peer.kind === "server" && workload.path !== "/small"
    ? "answers by itself, and only the small answer"
    : undefined;
}

/** Runs `workload` on `peers`; a peer that does not start is reported and the others go on. */
export async function runWorkload(
  workload: Workload,
  peers: readonly Peer[],
  plan: Plan,
  bench: Bench,
  progress: Progress,
): Promise<WorkloadReport> {
  const measurement = new Measurement(workload, plan, bench, progress);
  const suitable = peers.filter((peer) => unsuitable(peer, workload) === undefined);
  if (workload.kind === "idle") await measurement.idle(suitable);
  else await measurement.load(suitable);
  return measurement.report(suitable);
}

class Measurement {
  readonly #workload: Workload;
  readonly #plan: Plan;
  readonly #bench: Bench;
  readonly #progress: Progress;
  readonly #rounds = new Map<string, Round[]>();
  readonly #failed: { peer: string; why: string }[] = [];

  constructor(workload: Workload, plan: Plan, bench: Bench, progress: Progress) {
    this.#workload = workload;
    this.#plan = plan;
    this.#bench = bench;
    this.#progress = progress;
  }

  /** All peers run side by side, and idle while another is measured. */
  async load(peers: readonly Peer[]): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const running: RunningPeer[] = [];
    for (const peer of peers)
      await this.#guarded(peer, "warm-up", async () => {
        const started = stack.use(await startPeer(peer, this.#bench, this.#workload.tls));
        const warmUp = { ...this.#plan, seconds: this.#plan.warmUpSeconds };
        await loadRound(started, this.#workload, warmUp, this.#bench);
        running.push(started);
      });
    for (let round = 1; round <= this.#plan.rounds; round++)
      for (const each of running)
        await this.#guarded(each.peer, `round ${round}/${this.#plan.rounds}`, async () => {
          this.#add(each.peer, await loadRound(each, this.#workload, this.#plan, this.#bench));
        });
  }

  /** Each round on a freshly started peer: memory once taken is seldom given back. */
  async idle(peers: readonly Peer[]): Promise<void> {
    for (let round = 1; round <= this.#plan.rounds; round++)
      for (const peer of peers)
        await this.#guarded(peer, `round ${round}/${this.#plan.rounds}`, async () => {
          await using started = await startPeer(peer, this.#bench, this.#workload.tls);
          this.#add(peer, await idleRound(started, this.#workload, this.#plan, this.#bench));
        });
  }

  report(peers: readonly Peer[]): WorkloadReport {
    const of = this.#workload.kind === "idle" ? "rssBytes" : "cpuMicrosecondsPerRequest";
    const measured = peers.flatMap((peer) => {
      const rounds = this.#rounds.get(peer.name) ?? [];
      const { name } = peer;
      return rounds.length === 0 ? [] : [summarise({ name, version: peer.version() }, rounds, of)];
    });
    return { workload: this.#workload, measured, failed: this.#failed };
  }

  #add(peer: Peer, round: Round): void {
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
      this.#failed.push({
        peer: peer.name,
        why: error instanceof Error ? error.message : `${error}`,
      });
    }
  }
}
