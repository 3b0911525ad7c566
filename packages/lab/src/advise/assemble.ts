// Puts a site together from what the person said, what a log and a running balancer tell, and what has to be assumed. What
// the person said counts first, then the log, then the balancer.
import { type Fact, YOU_SAID } from "./facts.ts";
import type { LearntSite } from "./learnt.ts";
import type { SaidSite } from "./said-site.ts";
import type { Site, SiteServer } from "./site.ts";
import {
  arrivalsOf,
  queueOf,
  rateOf,
  shown,
  sourceOf,
  speedsOf,
  weightsOf,
  workersOf,
  workOf,
} from "./site-facts.ts";

export interface Assembled {
  readonly site: Site;
  readonly facts: readonly Fact[];
  readonly unknown: readonly string[];
  readonly errs: readonly string[];
}

/** What a site cannot do without. */
export type Lack = "servers" | "rate" | "work";

/** Returns the names of the servers, as many as are said or known; empty when nothing tells how many there are. */
export function namesOf(
  { servers, speeds = [], weights = [] }: SaidSite,
  learnt: readonly LearntSite[],
): readonly string[] {
  const known = learnt.find(({ names }) => names.length > 0)?.names ?? [];
  const count =
    servers ??
    Math.max(
      known.length,
      known.length > 0 ? 0 : speeds.length,
      known.length > 0 ? 0 : weights.length,
    );
  return Array.from({ length: count }, (_, i) => known[i] ?? `box${i + 1}`);
}

/** Returns the site, or what is missing for it. */
export function assemble(
  said: SaidSite,
  learnt: readonly LearntSite[],
): Assembled | { readonly lacks: readonly Lack[] } {
  const names = namesOf(said, learnt);
  const rate = rateOf(said, learnt);
  const work = workOf(said, learnt);
  if (names.length === 0 || rate === undefined || work === undefined) {
    const lacks: readonly (readonly [Lack, boolean])[] = [
      ["servers", names.length === 0],
      ["rate", rate === undefined],
      ["work", work === undefined],
    ];
    return { lacks: lacks.flatMap(([lack, missing]) => (missing ? [lack] : [])) };
  }
  const speeds = speedsOf(said, learnt, names);
  const weights = weightsOf(said, learnt, names);
  const queue = queueOf(said, learnt);
  const workers = workersOf(said, learnt, queue.value);
  const arrivals = arrivalsOf(said, learnt);
  const servers = names.map(
    (name, i): SiteServer => ({
      name,
      speed: speeds.values[i] ?? 1,
      ...(speeds.errors && { speedError: speeds.errors[i] ?? 0 }),
      weight: weights.values[i] ?? 1,
    }),
  );
  const site: Site = {
    servers,
    workers: workers.value,
    rate: rate.value,
    work: work.value,
    ...(arrivals.timesMs && { arrivalsMs: arrivals.timesMs }),
    maxConnections: queue.value,
  };
  const serversFact: Fact = {
    what: "servers",
    value: `${names.length}: ${shown(names)}`,
    from:
      said.servers !== undefined
        ? YOU_SAID
        : (sourceOf(learnt, ({ names }) => names.length > 0) ?? YOU_SAID),
  };
  const facts = [
    serversFact,
    speeds.fact,
    weights.fact,
    workers.fact,
    rate.fact,
    arrivals.fact,
    work.fact,
  ];
  return {
    site,
    facts: [...facts, ...queue.facts],
    unknown: learnt.flatMap(({ unknown }) => unknown).filter((text) => !isSaid(text, said)),
    errs: work.from === YOU_SAID ? [] : learnt.flatMap(({ errs }) => errs).slice(0, 1),
  };
}

/** Whether an option that the text recommends has been given. */
const isSaid = (text: string, { workers, p99Ms, work, speeds, servers }: SaidSite): boolean =>
  (text.includes("--workers") && workers !== undefined) ||
  (text.includes("--p99") && (p99Ms !== undefined || work !== undefined)) ||
  (text.startsWith("the speed of") && speeds !== undefined) ||
  (text.startsWith("the servers") && servers !== undefined);
