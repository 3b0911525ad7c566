// Which algorithms are compared, with which weights, and which of them is recommended.
import { CANDIDATES, type Candidate } from "../scenarios/study.ts";
import { YARDSTICKS } from "../sim/algorithms.ts";
import type { Ranked, Setting } from "./rank.ts";
import type { Site, SiteServer } from "./site.ts";
import { weightsFor } from "./weights.ts";

const { leastConn, random2, roundRobin, peakEwma, prequal } = CANDIDATES;

/**
 * The algorithms that are compared by default, the simplest first: of those that are equally good, the first one is
 * recommended. With two servers random(2) looks at both, so it is least-conn; Tandem's own default is the first one, too.
 */
export const usualFor = (servers: number): readonly Candidate[] =>
  servers <= 2
    ? [leastConn, roundRobin, peakEwma, prequal]
    : [random2, leastConn, roundRobin, peakEwma, prequal];

/** Returns every algorithm with equal weights, with weights by speed, and with today's, as far as these differ. */
export function settingsFor(
  { servers }: Site,
  candidates: readonly Candidate[],
): readonly Setting[] {
  const kinds: { readonly weighted: Setting["weighted"]; readonly weights: readonly number[] }[] = [
    { weighted: "by speed", weights: bySpeed(servers) },
    { weighted: "equal", weights: servers.map(() => 1) },
    { weighted: "as today", weights: todaysWeights(servers) },
  ];
  const shares = ({ weights }: { readonly weights: readonly number[] }) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => (weight / sum).toFixed(6)).join(" ");
  };
  const seen = new Set<string>();
  // Equal weights that are right by speed are called equal.
  const distinct = [kinds[1], kinds[0], kinds[2]].filter(
    (kind) => kind !== undefined && !seen.has(shares(kind)) && seen.add(shares(kind)),
  );
  return candidates.flatMap((candidate) =>
    distinct.flatMap((kind) => (kind === undefined ? [] : [{ candidate, ...kind }])),
  );
}

const bySpeed = (servers: readonly SiteServer[]) =>
  weightsFor(
    servers.map(({ speed }) => speed),
    servers.map(({ speedError = 0 }) => speedError),
  );

export const todaysWeights = (servers: readonly SiteServer[]): readonly number[] =>
  servers.map(({ weight }) => weight);

const share = (weights: readonly number[], i: number) =>
  (weights[i] ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);

/** Whether two settings are the same algorithm with the same share for every server. */
export function isSame(a: AlgorithmWithWeights, b: AlgorithmWithWeights): boolean {
  return a.candidate.label === b.candidate.label && sameShares(a.weights, b.weights);
}

type AlgorithmWithWeights = Pick<Setting, "candidate" | "weights">;

function sameShares(a: readonly number[], b: readonly number[]): boolean {
  return a.every((_, i) => Math.abs(share(a, i) - share(b, i)) < 1e-6);
}

/**
 * Returns the recommended one of the best: what runs today, so that nothing is changed without a reason; else the
 * simplest, with weights by speed before equal ones, since these stay right when the load rises. A yardstick, which
 * exists in the laboratory only, is never recommended.
 */
export function recommended(
  ranking: readonly Ranked[],
  today: AlgorithmWithWeights | undefined,
): Ranked | undefined {
  const served = ranking.filter(({ setting }) => !YARDSTICKS.includes(setting.candidate.algorithm));
  const best = served.filter(({ rank }) => rank === served[0]?.rank);
  const usual = usualFor(ranking[0]?.shares.length ?? 0);
  const isToday = ({ setting }: Ranked) => today !== undefined && isSame(setting, today);
  const place = ({ setting }: Ranked) => {
    const at = usual.findIndex(({ label }) => label === setting.candidate.label);
    return at < 0 ? usual.length : at;
  };
  const order = { "by speed": 0, equal: 1, "as today": 2 } as const;
  return (
    best.find(isToday) ??
    best.toSorted(
      (a, b) => place(a) - place(b) || order[a.setting.weighted] - order[b.setting.weighted],
    )[0]
  );
}
