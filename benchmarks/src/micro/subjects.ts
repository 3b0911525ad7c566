// The subjects of the measurement: every algorithm with its defaults, and every hashing method. The
// file also has the time limits of a pick.
import {
  ALGORITHM_NAMES,
  ALGORITHMS,
  type AlgorithmName,
  type AlgorithmParameters,
} from "@tandem/balancer/pickers";

export interface Subject {
  readonly algorithm: AlgorithmName;
  readonly parameters?: Partial<AlgorithmParameters[AlgorithmName]>;
  /** Whether a pick looks at every server. Picks of the other algorithms are O(1) or O(log n). */
  readonly scans: boolean;
}

const hash = (method: string, scans = false, balanceFactor = 0): Subject => ({
  algorithm: "source",
  parameters: { method, balanceFactor } as Partial<AlgorithmParameters["source"]>,
  scans,
});

/**
 * The hashing methods. The algorithms that hash (`source`, `uri` …) differ only in the part of a request that they
 * hash, so the methods are measured instead of these algorithms.
 */
const HASHES: Readonly<Record<string, Subject>> = {
  "hash maglev": hash("maglev"),
  "hash ring": hash("ring"),
  "hash rendezvous": hash("rendezvous", true),
  "hash jump": hash("jump"),
  "hash modulo": hash("modulo"),
  "hash maglev ×1.25": hash("maglev", true, 1.25),
};

export const SUBJECTS: Readonly<Record<string, Subject>> = Object.fromEntries(
  ALGORITHM_NAMES.flatMap((algorithm) => {
    const { title, traits } = ALGORITHMS[algorithm];
    if (title !== ALGORITHMS.source.title) return [[algorithm, { algorithm, scans: traits.scans }]];
    return algorithm === "source" ? Object.entries(HASHES) : [];
  }),
);

/** Returns how many nanoseconds a pick may take; undefined when there is no limit. */
export function budgetNs(servers: number, { scans }: Subject): number | undefined {
  if (servers <= 10) return 100;
  return servers === 1_000 && !scans ? 1_000 : undefined;
}
