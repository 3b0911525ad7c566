// Decides from which time on each variant is measured: as the command line says, else as the scenario says, else as it is
// found.
import { withUnit } from "../figures/numbers.ts";
import { findWarmUp, isSteady } from "../scenarios/found-warm-up.ts";
import type { Candidate, Variant } from "../scenarios/study.ts";
import { UsageError } from "./terminal.ts";

/** Milliseconds, or that the warm-up is to be found even where the scenario names one. */
export type WarmUp = number | "found";

export interface WarmedUp {
  readonly variants: readonly Variant[];
  /** What was found and cut, for the person. */
  readonly notes: readonly string[];
}

/** Gives each variant its warm-up. Throws a UsageError when the wanted one is as long as a run. */
export function warmedUp(
  variants: readonly Variant[],
  candidates: readonly Candidate[],
  { wanted, progress }: { wanted: WarmUp | undefined; progress: (what: string) => void },
): WarmedUp {
  const notes: string[] = [];
  const warmed = variants.map((variant) => {
    const { scenario, label } = variant;
    const { durationMs } = scenario;
    if (typeof wanted === "number") {
      if (wanted >= durationMs)
        throw new UsageError(
          `--warm-up ${wanted}ms: '${label}' lasts ${durationMs} ms; expected less than that`,
        );
      return { ...variant, scenario: { ...scenario, warmupMs: wanted } };
    }
    if (scenario.warmupMs !== undefined && wanted === undefined) return variant;
    if (!isSteady(scenario)) {
      if (wanted === "found")
        notes.push(`${label}: changes with time, so no warm-up was looked for`);
      return variant;
    }
    const own = candidates.filter((one) => variant.only?.includes(one.label) ?? true);
    const found = findWarmUp(scenario, own, () => progress(`${label}: looking for the warm-up`));
    const cut = `${withUnit(found.warmupMs, "ms")} of ${withUnit(durationMs, "ms")}`;
    notes.push(
      found.settled
        ? `${label}: ${cut} cut as warm-up, found by MSER-5`
        : `${label}: no beginning can be told from the rest, so half was cut; run longer, or lower the load`,
    );
    return { ...variant, scenario: { ...scenario, warmupMs: found.warmupMs } };
  });
  return { variants: warmed, notes };
}
