// A check compares what the simulator and the algorithms do with a theory, an exact solution or a paper. Every figure
// is computed again in every run. A figure that chance has a part in is found over independent runs, and has an
// interval: the expected figure has to lie in it. Nothing else is accepted, except a `slack` that the theory itself has
// and that is stated. How finding.ts makes the rows of a table says more.

/** One quantity: a row of the table that `tandem lab check` prints. */
export interface Finding {
  readonly what: string;
  /** The expected number, or the expected result in words. */
  readonly expected: number | string;
  readonly found: number | string;
  /**
   * The interval of the found number, at CONFIDENCE. Absent where chance has no part.
   */
  readonly interval?: readonly [low: number, high: number];
  /** How far the expected number itself may be off, when its theory is an approximation: an absolute difference. */
  readonly slack?: number;
  /** The bounds between which the found number has to lie, when the theory gives bounds and no number. */
  readonly bounds?: readonly [low: number, high: number];
  /** The exact method or the formula that the expected number comes from; else the check's source. */
  readonly method?: string;
  readonly holds: boolean;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Whether the check takes longer than a few seconds. Such a check runs only with `--full`, or when it is named. */
  readonly slow?: true;
  /** Whether the check takes only a second or two. Such a check is run by the package's tests. */
  readonly fast?: true;
  /**
   * Runs the check. With `full` there are more repetitions than usual. A check that computes its findings one by one
   * lets a caller stop at the first that does not hold.
   */
  readonly run: (full: boolean) => Iterable<Finding>;
}

export interface Verdict {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly verdict: "holds" | "fails";
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/**
 * Runs a check and returns its verdict with its running time. `now` returns the time in
 * milliseconds.
 */
export function runCheck(check: Check, full: boolean, now: () => number): Verdict {
  const began = now();
  const findings = [...check.run(full)];
  const { id, title, source } = check;
  return {
    id,
    title,
    source,
    verdict: findings.length > 0 && findings.every(({ holds }) => holds) ? "holds" : "fails",
    findings,
    seconds: (now() - began) / 1000,
  };
}
