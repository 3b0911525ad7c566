// One quantity of a site each: its value, and the fact that says where it comes from.
import type { Distribution } from "../sim/distribution.ts";
import { ASSUMED, type Fact, rangeText, valueText, YOU_SAID } from "./facts.ts";
import { ASSUMED_SIGMA } from "./from-status.ts";
import type { LearntSite } from "./learnt.ts";
import { logError } from "./ranged.ts";
import type { SaidSite } from "./said-site.ts";
import { lognormalFrom, writtenService } from "./service-text.ts";
import { meanWorkMs, type Work } from "./site.ts";

const USUAL_WORKERS = 8;

export const shown = (list: readonly (string | number)[]) =>
  list.slice(0, 8).join(", ") + (list.length > 8 ? `, and ${list.length - 8} more` : "");

export const sourceOf = (learnt: readonly LearntSite[], has: (one: LearntSite) => boolean) =>
  learnt.find(has)?.source;

export function rateOf({ rate }: SaidSite, learnt: readonly LearntSite[]) {
  const what = "rate";
  if (rate !== undefined)
    return { value: rate, fact: { what, value: `${valueText(rate)}/s`, from: YOU_SAID } };
  const from = learnt.find((one) => one.rate !== undefined);
  if (from?.rate === undefined) return undefined;
  const { value } = from.rate;
  const range = rangeText(from.rate);
  return { value, fact: { what, value: `${valueText(value)}/s`, range, from: from.source } };
}

export function arrivalsOf({ rate }: SaidSite, learnt: readonly LearntSite[]) {
  const what = "arrivals";
  const from = learnt.find(
    ({ arrivalsMs, dispersion }) => arrivalsMs !== undefined || dispersion !== undefined,
  );
  const spread =
    from?.dispersion === undefined || Number.isNaN(from.dispersion)
      ? ""
      : `, variance / mean per second ${valueText(from.dispersion)}`;
  if (from?.arrivalsMs !== undefined && rate === undefined)
    return {
      timesMs: from.arrivalsMs,
      fact: { what, value: `in bursts, as in the log${spread}`, from: from.source },
    };
  const known = from !== undefined && spread !== "" && from.arrivalsMs === undefined;
  return {
    timesMs: undefined,
    fact: {
      what,
      value: known ? `by chance (Poisson)${spread}` : "by chance (Poisson)",
      from: known ? from.source : ASSUMED,
    },
  };
}

export function workOf(
  { work, meanMs, p99Ms }: SaidSite,
  learnt: readonly LearntSite[],
): { readonly value: Work; readonly from: string; readonly fact: Fact } | undefined {
  const what = "work";
  if (work !== undefined) return drawn(work, YOU_SAID);
  const from = learnt.find((one) => one.work !== undefined);
  if (meanMs === undefined && from?.work !== undefined) {
    const value = from.work;
    const range = from.meanMs && rangeText(from.meanMs);
    const text = `as measured, mean ${valueText(meanWorkMs(value))} ms${tailOf(value)}`;
    return {
      value,
      from: from.source,
      fact: { what, value: text, ...(range && { range }), from: from.source },
    };
  }
  const average = learnt.find(
    (one) => one.meanMs !== undefined && Number.isFinite(one.meanMs.value),
  );
  const mean = meanMs ?? average?.meanMs?.value;
  if (mean === undefined || !(mean > 0)) return undefined;
  const source = meanMs !== undefined ? YOU_SAID : (average?.source ?? YOU_SAID);
  const range = meanMs === undefined && average?.meanMs ? rangeText(average.meanMs) : undefined;
  const distribution: Distribution =
    p99Ms === undefined
      ? { kind: "lognormal", mean, sigma: ASSUMED_SIGMA }
      : lognormalFrom(mean, p99Ms);
  const spread =
    p99Ms === undefined ? `; spread ${ASSUMED}` : source === YOU_SAID ? "" : "; p99 as you said";
  return drawn(distribution, `${source}${spread}`, range);

  function drawn(distribution: Distribution, source: string, range?: string) {
    const fact = {
      what,
      value: writtenService(distribution),
      ...(range && { range }),
      from: source,
    };
    return { value: { kind: "drawn", distribution } as const, from: source, fact };
  }
}

function tailOf(work: Work): string {
  if (work.kind !== "measured") return "";
  const sorted = Float64Array.from(work.valuesMs).sort();
  const at = (share: number) => valueText(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return `, p50 ${at(0.5)}, p99 ${at(0.99)}`;
}

interface SpeedsKnown {
  readonly values: readonly number[];
  /** The standard errors of their logarithms. */
  readonly errors?: readonly number[];
  readonly fact: Fact;
}

export function speedsOf(
  { speeds }: SaidSite,
  learnt: readonly LearntSite[],
  names: readonly string[],
): SpeedsKnown {
  const what = "speeds";
  if (speeds !== undefined)
    return { values: speeds, fact: { what, value: shown(speeds), from: YOU_SAID } };
  const from = learnt.find((one) => one.speeds !== undefined && one.speeds.length === names.length);
  const alike = names.map(() => 1);
  if (from?.speeds === undefined)
    return { values: alike, fact: { what, value: "all alike", from: ASSUMED } };
  const range = from.speeds
    .map(rangeText)
    .map((text) => (text === "1 to 1" ? "1" : text))
    .join("; ");
  const fact = { what, range, from: from.source };
  if (from.speedsDiffer !== true)
    return { values: alike, fact: { ...fact, value: "all alike: no difference seen" } };
  const values = from.speeds.map(({ value }) => Number(value.toPrecision(4)));
  const errors = from.speeds.map(logError);
  return { values, errors, fact: { ...fact, value: shown(values.map(valueText)) } };
}

export function weightsOf(
  { weights }: SaidSite,
  learnt: readonly LearntSite[],
  names: readonly string[],
) {
  const what = "weights today";
  if (weights !== undefined)
    return { values: weights, fact: { what, value: shown(weights), from: YOU_SAID } };
  const from = learnt.find((one) => one.weights?.length === names.length);
  if (from?.weights?.some((weight) => weight > 0))
    return { values: from.weights, fact: { what, value: shown(from.weights), from: from.source } };
  return { values: names.map(() => 1), fact: { what, value: "all 1", from: ASSUMED } };
}

export function workersOf(
  { workers }: SaidSite,
  learnt: readonly LearntSite[],
  maxConnections: number,
): { readonly value: number; readonly fact: Fact } {
  const fact = (value: number, from: string, range?: string) => ({
    value,
    fact: { what: "workers", value: `${value} per server`, from, ...(range && { range }) },
  });
  if (workers !== undefined) return fact(workers, YOU_SAID);
  const from = learnt.find((one) => one.workers !== undefined);
  if (from?.workers !== undefined)
    return fact(from.workers, `${from.source}: the most at once`, "not known");
  const most = maxConnections > 0 ? maxConnections : USUAL_WORKERS;
  return fact(Math.min(USUAL_WORKERS, most), ASSUMED, "not known");
}

export function queueOf({ maxConnections }: SaidSite, learnt: readonly LearntSite[]) {
  const what = "maxConnections";
  const from = learnt.find((one) => one.maxConnections !== undefined);
  const value = maxConnections ?? from?.maxConnections ?? 0;
  const source = maxConnections === undefined ? (from?.source ?? ASSUMED) : YOU_SAID;
  return { value, facts: value > 0 ? [{ what, value: `${value} per server`, from: source }] : [] };
}
