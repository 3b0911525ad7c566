// The advice for programs. What was not measured, and what has no end, is null.
import type { Crossing } from "../../advise/crossing.ts";
import { quantileName } from "../../advise/limit-text.ts";
import type { Ranked } from "../../advise/rank.ts";
import { meanWorkMs } from "../../advise/site.ts";
import type { Spread } from "../../advise/spread.ts";
import type { Provenance } from "../provenance.ts";
import { errsLines } from "./errs.ts";
import type { Telling } from "./telling.ts";

export interface JsonChoice {
  readonly limitGiven: boolean;
  readonly origin: Provenance;
  readonly files: readonly string[];
}

export function adviceAsJson(
  { known, question, advice }: Telling,
  { limitGiven, origin, files }: JsonChoice,
): unknown {
  const { site, facts, unknown } = known;
  const { limit, today, growth } = question;
  const { choice, ranking } = advice;
  return {
    ...origin,
    site: {
      servers: site.servers,
      workers: site.workers,
      rate: site.rate,
      meanWorkMs: meanWorkMs(site.work),
      maxConnections: site.maxConnections,
      bursts: site.arrivalsMs !== undefined,
    },
    facts,
    unknown,
    limit: { ...limit, name: quantileName(limit.quantile), assumed: !limitGiven },
    today: today?.label ?? null,
    load: advice.load,
    capacity: advice.capacity,
    seeds: question.seeds,
    runMs: advice.runMs,
    rankedAt: advice.rankedAt,
    ranking: ranking.map(rowAsJson),
    recommended: {
      algorithm: choice.setting.candidate.algorithm,
      parameters: choice.setting.candidate.parameters ?? {},
      weights: Object.fromEntries(
        site.servers.map(({ name }, i) => [name, choice.setting.weights[i] ?? 1]),
      ),
    },
    carries: crossingAsJson(advice.carries, site.rate),
    carriesToday: advice.carriesToday ? crossingAsJson(advice.carriesToday, site.rate) : null,
    growth: advice.grown
      ? { times: growth, ...advice.grown, limited: advice.grown.limited ?? null }
      : null,
    losses: advice.losses.map(({ lost, load, after, carries }) => ({
      lost,
      load: orNull(load),
      unstable: load >= 1,
      after: after ?? null,
      carries: carries ? crossingAsJson(carries, site.rate) : null,
    })),
    errs: errsLines({ known, advice }),
    files,
  };
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const spreadAsJson = (spread: Spread) =>
  Object.fromEntries(Object.entries(spread).map(([key, value]) => [key, orNull(value)]));

function rowAsJson({ setting, rank, comparison, shares, beyond, limited, p50, p99 }: Ranked) {
  const { candidate, weights, weighted } = setting;
  return {
    rank,
    candidate: candidate.label,
    algorithm: candidate.algorithm,
    parameters: candidate.parameters ?? {},
    weights,
    weighted,
    limited: spreadAsJson(limited),
    p50: spreadAsJson(p50),
    p99: spreadAsJson(p99),
    beyond: spreadAsJson(beyond),
    shares: shares.map(spreadAsJson),
    comparison: comparison ?? null,
  };
}

function crossingAsJson(crossing: Crossing, rate: number) {
  if (crossing.kind === "never") return { kind: crossing.kind, idleMs: orNull(crossing.idleMs) };
  if (crossing.kind === "at least")
    return { kind: crossing.kind, rate: crossing.rate, headroom: crossing.rate / rate - 1 };
  return {
    kind: crossing.kind,
    rate: spreadAsJson(crossing.rate),
    headroom: crossing.rate.mean / rate - 1,
  };
}
