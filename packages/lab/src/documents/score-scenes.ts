// Runs every situation of scenes.ts with every algorithm over the same seeds, and computes how far each algorithm is
// from the best algorithm in that situation. An algorithm that does not differ significantly from the best counts as
// best too.
import { type Run, type Runner, simulateRun } from "../scenarios/runner.ts";
import { CANDIDATES, type Candidate } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import { comparePaired, judgedTogether } from "../stats/compare.ts";
import { estimate } from "../stats/estimate.ts";
import type { Scene } from "./scenes.ts";

export const CONTESTANTS: readonly Candidate[] = [
  CANDIDATES.roundRobin,
  CANDIDATES.random2,
  CANDIDATES.leastConn,
  CANDIDATES.peakEwma,
  CANDIDATES.leastTime,
  CANDIDATES.prequal,
  CANDIDATES.reportedWrr,
  CANDIDATES.joinIdleQueue,
];

export interface SceneScore {
  readonly scene: Scene;
  readonly candidate: Candidate;
  readonly mean: number;
  /** Whether the algorithm is the best in this situation, or not significantly different from the best. */
  readonly best: boolean;
  /**
   * How far the algorithm is from the best in this situation, 0 to 1. 0 = the algorithm counts as the
   * best. 1 = at least eight times the latency of the best, or at least 20 percentage points more
   * lost requests.
   */
  readonly distance: number;
}

/**
 * Adds load reports to the answers, but only for client-side weighted round robin, which needs
 * them. Prequal would use the reports too, and would then know more than its own probes tell it.
 */
function withReports(scenario: Scenario, { algorithm }: Candidate): Scenario {
  return algorithm === "client-side-wrr" ? { ...scenario, reports: { inAnswers: true } } : scenario;
}

export function scoreScene(
  scene: Scene,
  seeds: readonly number[],
  contestants: readonly Candidate[] = CONTESTANTS,
): readonly SceneScore[] {
  return scoresOf(
    scene,
    contestants.map((candidate) => ({
      candidate,
      values: seeds.map((seed) => scene.metric.of(simulateRun(sceneRun(scene, candidate, seed)))),
    })),
  );
}

/** Returns the same scores as `scoreScene`. All runs are given to `runner` at once. */
export async function scoreSceneOn(
  runner: Runner,
  scene: Scene,
  seeds: readonly number[],
  contestants: readonly Candidate[],
): Promise<readonly SceneScore[]> {
  const all = contestants.map(async (candidate) => {
    const runs = seeds.map((seed) => runner.simulate(sceneRun(scene, candidate, seed)));
    return { candidate, values: (await Promise.all(runs)).map(scene.metric.of) };
  });
  return scoresOf(scene, await Promise.all(all));
}

const sceneRun = ({ scenario }: Scene, candidate: Candidate, seed: number): Run => ({
  scenario: withReports(scenario, candidate),
  candidate,
  seed,
  anySize: false,
});

interface SceneRuns {
  readonly candidate: Candidate;
  /** One per seed. */
  readonly values: readonly number[];
}

function scoresOf(scene: Scene, found: readonly SceneRuns[]): readonly SceneScore[] {
  const runs = found.map((one) => ({ ...one, mean: estimate(one.values).mean }));
  const [best] = runs.toSorted((a, b) => a.mean - b.mean);
  if (best === undefined) return [];
  const judged = judgedTogether(runs.map(({ values }) => comparePaired(best.values, values)));
  return runs.map(({ candidate, mean }, i) => {
    const asGood =
      candidate === best.candidate || judged[i]?.verdict === "no significant difference";
    const worse =
      scene.metric.unit === "%" ? (mean - best.mean) / 20 : Math.log2(mean / best.mean) / 3;
    const distance = asGood ? 0 : Math.min(1, Math.max(0.01, worse));
    return { scene, candidate, mean, best: asGood, distance };
  });
}
