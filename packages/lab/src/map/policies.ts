// What is compared on the map for two boxes: an algorithm, with or without weights that say the servers' speeds.
// `random` is not among them: with two servers it looks at both, and so picks as least-conn does.

export const MAP_ALGORITHMS = [
  "least-conn",
  "peak-ewma",
  "least-time",
  "prequal",
  "round-robin",
] as const;
export type MapAlgorithm = (typeof MAP_ALGORITHMS)[number];

export interface Policy {
  readonly algorithm: MapAlgorithm;
  /** Whether the weights say the speeds. Otherwise they are equal. */
  readonly weighted: boolean;
}

/** What can be chosen by an operator who does not know the speeds. */
export const WITHOUT_WEIGHTS: readonly Policy[] = MAP_ALGORITHMS.map((algorithm) => ({
  algorithm,
  weighted: false,
}));
export const WITH_WEIGHTS: readonly Policy[] = MAP_ALGORITHMS.map((algorithm) => ({
  algorithm,
  weighted: true,
}));

/** Returns the name of a policy in tables: `peak-ewma`, or `peak-ewma+w` with weights. */
export const policyName = ({ algorithm, weighted }: Policy): string =>
  weighted ? `${algorithm}+w` : algorithm;

/** Returns what is to be run at a ratio of speeds. Servers of one speed have equal weights either way. */
export const policiesAt = (ratio: number): readonly Policy[] =>
  ratio === 1 ? WITHOUT_WEIGHTS : [...WITHOUT_WEIGHTS, ...WITH_WEIGHTS];
