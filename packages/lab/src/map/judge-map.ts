// Judges what was measured for the map: in each cell, which policies are best, and how far the others are from them.
// Several situations are judged together by the mean logarithm of their times, so a situation with long times counts no
// more than one with short ones. Policies are compared pair by pair of seeds, as `tandem lab compare` does, and those of
// a cell are judged together.
import { comparePaired, judgedTogether } from "../stats/compare.ts";
import { estimate } from "../stats/estimate.ts";
import type { MapMetric, Measured } from "./measure-map.ts";
import { type Policy, policyName } from "./policies.ts";

export interface Score {
  readonly policy: Policy;
  /** The metric, as the geometric mean over situations and seeds. */
  readonly value: number;
  /** How much more than the best that is: .1 = a tenth more. */
  readonly above: number;
  /** Whether the policy is the best of the cell, or does not differ significantly from it. */
  readonly asGood: boolean;
}

export interface Judged {
  readonly ratio: number;
  readonly load: number;
  /** The best first. */
  readonly scores: readonly Score[];
}

/** Judges each cell by `metric`, among the policies that `may` allows. */
export function judgeMap(
  measured: readonly Measured[],
  metric: MapMetric,
  may: (policy: Policy) => boolean = () => true,
): readonly Judged[] {
  const cells = Map.groupBy(measured, ({ cell }) => `${cell.ratio} ${cell.load}`);
  return [...cells.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { ratio, load } = first.cell;
    return { ratio, load, scores: scoresOf(own, metric, may) };
  });
}

function scoresOf(
  measured: readonly Measured[],
  metric: MapMetric,
  may: (policy: Policy) => boolean,
): readonly Score[] {
  const policies = Map.groupBy(
    measured.filter(({ policy }) => may(policy)),
    ({ policy }) => policyName(policy),
  );
  const rows = [...policies.values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const logs = meanLogs(own.map(({ values }) => values[metric]));
      return { policy: first.policy, logs, mean: estimate(logs).mean };
    })
    .toSorted((a, b) => a.mean - b.mean);
  const [best] = rows;
  if (best === undefined) return [];
  const verdicts = judgedTogether(rows.map(({ logs }) => comparePaired(best.logs, logs)));
  return rows.map(({ policy, mean }, i) => ({
    policy,
    value: Math.exp(mean),
    above: Math.exp(mean - best.mean) - 1,
    asGood: i === 0 || verdicts[i]?.verdict === "no significant difference",
  }));
}

/** Returns for each seed the mean of the logarithms over the situations. */
function meanLogs(values: readonly (readonly number[])[]): number[] {
  const seeds = values[0]?.length ?? 0;
  return Array.from({ length: seeds }, (_, seed) => {
    const sum = values.reduce((total, own) => total + Math.log(own[seed] ?? Number.NaN), 0);
    return sum / values.length;
  });
}
