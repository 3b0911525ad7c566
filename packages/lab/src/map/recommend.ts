// What the map says of a cell: the policy to take there, and what the default costs. Where several are as good, the one
// that asks least of the operator is taken: no weights before weights, and the default before the others.
import type { Judged, Score } from "./judge-map.ts";
import { MAP_ALGORITHMS, type Policy, policyName } from "./policies.ts";

/** What two servers get when nothing is written. */
export const DEFAULT_POLICY: Policy = { algorithm: "least-conn", weighted: false };

/**
 * A policy within this of the best is as good for an operator, also where the difference is significant: with enough seeds
 * a thousandth is.
 */
export const ALIKE = 0.03;
/** A policy further from the best than this is not as good, also where the seeds are too few to be sure. */
export const TOO_FAR = 0.05;

export interface Recommended {
  readonly ratio: number;
  readonly load: number;
  readonly policy: Policy;
  /** How much more than the best the default takes. */
  readonly defaultAbove: number;
}

export function recommend({ ratio, load, scores }: Judged): Recommended {
  const good = scores.filter(({ above, asGood }) => above < (asGood ? TOO_FAR : ALIKE));
  const [first] = good.toSorted((a, b) => demands(a) - demands(b));
  const named = (score: Score) => policyName(score.policy) === policyName(DEFAULT_POLICY);
  return {
    ratio,
    load,
    policy: first?.policy ?? DEFAULT_POLICY,
    defaultAbove: scores.find(named)?.above ?? Number.NaN,
  };
}

const demands = ({ policy }: Score): number =>
  MAP_ALGORITHMS.indexOf(policy.algorithm) + (policy.weighted ? MAP_ALGORITHMS.length : 0);
