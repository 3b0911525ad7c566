// Decides from which time on each variant is measured: as the command line says, else as the scenario says, else as it is
// found.
import { withUnit } from "../figures/numbers.ts";
import { type FoundWarmUp, isSteady, longestWarmUp } from "../scenarios/found-warm-up.ts";
import { HERE, type Runner } from "../scenarios/runner.ts";
import type { Candidate, Variant } from "../scenarios/study.ts";
import { UsageError } from "./terminal.ts";

/** Milliseconds, or that the warm-up is to be found even where the scenario names one. */
export type WarmUp = number | "found";

export interface WarmedUp {
  readonly variants: readonly Variant[];
  /** What was found and cut, for the person. */
  readonly notes: readonly string[];
}

interface WarmUpOptions {
  readonly wanted: WarmUp | undefined;
  /** Does the runs from which a warm-up is found. Default: this thread. */
  readonly runner?: Runner;
  readonly progress: (what: string) => void;
}

/** Gives each variant its warm-up. Rejects with a UsageError when the wanted one is as long as a run. */
export async function warmedUp(
  variants: readonly Variant[],
  candidates: readonly Candidate[],
  options: WarmUpOptions,
): Promise<WarmedUp> {
  const warmed = await Promise.all(variants.map((one) => warmedVariant(one, candidates, options)));
  return {
    variants: warmed.map(({ variant }) => variant),
    notes: warmed.flatMap(({ note }) => note ?? []),
  };
}

interface Warmed {
  readonly variant: Variant;
  readonly note?: string;
}

async function warmedVariant(
  variant: Variant,
  candidates: readonly Candidate[],
  { wanted, runner = HERE, progress }: WarmUpOptions,
): Promise<Warmed> {
  const { scenario, label } = variant;
  const { durationMs } = scenario;
  if (typeof wanted === "number") {
    if (wanted >= durationMs)
      throw new UsageError(
        `--warm-up ${wanted}ms: '${label}' lasts ${durationMs} ms; expected less than that`,
      );
    return { variant: { ...variant, scenario: { ...scenario, warmupMs: wanted } } };
  }
  if (scenario.warmupMs !== undefined && wanted === undefined) return { variant };
  if (!isSteady(scenario)) {
    const note = `${label}: changes with time, so no warm-up was looked for`;
    return { variant, ...(wanted === "found" && { note }) };
  }
  const own = candidates.filter((one) => variant.only?.includes(one.label) ?? true);
  const all = own.map(async (candidate) => {
    const one = await runner.findWarmUp({ scenario, candidate });
    progress(`${label}: looking for the warm-up`);
    return one;
  });
  const found = longestWarmUp(await Promise.all(all));
  const warmed = { ...variant, scenario: { ...scenario, warmupMs: found.warmupMs } };
  return { variant: warmed, note: noteOf(label, found, durationMs) };
}

function noteOf(label: string, { warmupMs, settled }: FoundWarmUp, durationMs: number): string {
  const cut = `${withUnit(warmupMs, "ms")} of ${withUnit(durationMs, "ms")}`;
  return settled
    ? `${label}: ${cut} cut as warm-up, found by MSER-5`
    : `${label}: no beginning can be told from the rest, so half was cut; run longer, or lower the load`;
}
