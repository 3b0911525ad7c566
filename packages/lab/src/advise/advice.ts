// The whole advice for a site: ranking, how much more it carries, and what is left when a server is lost.
import type { Candidate } from "../scenarios/study.ts";
import { type Crossing, findCrossing } from "./crossing.ts";
import { type Loss, losses } from "./loss.ts";
import { type Ranked, rank, type Setting } from "./rank.ts";
import { type Doing, type Limit, limitedIn, measure } from "./runs.ts";
import { isSame, recommended, settingsFor, todaysWeights } from "./settings.ts";
import { capacityRate, highestRateTold, requestsAt, type Site } from "./site.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface Question {
  readonly limit: Limit;
  /** How many times today's rate is asked for too: 1.5 is half as much again. */
  readonly growth?: number;
  readonly candidates: readonly Candidate[];
  /** The algorithm of today, if it is known. Its weights are those of the site. */
  readonly today?: Candidate;
  readonly seeds: readonly number[];
  /** The measured requests of a run; by default as many as the limit's quantile needs. */
  readonly requests?: number;
}

export interface Advice {
  /** Work that arrives divided by what the servers can do. */
  readonly load: number;
  readonly capacity: number;
  /** The rate of the ranking: today's, or a lower one where today's is too near to what the servers can do, or more. */
  readonly rankedAt: number;
  /** How long each run of the ranking lasts, in milliseconds of the site's time. */
  readonly runMs: number;
  readonly ranking: readonly Ranked[];
  readonly choice: Ranked;
  /** Up to which rate the limit holds, with the recommended setting and with today's. */
  readonly carries: Crossing;
  readonly carriesToday?: Crossing;
  readonly grown?: { readonly rate: number; readonly load: number; readonly limited?: Spread };
  readonly losses: readonly Loss[];
}

/** So many requests are beyond the quantile of the limit in one run. */
const BEYOND = 200;
const FEWEST = 20_000;
const MOST = 200_000;
/** From this load on runs of any length say more about their length than about the algorithm. */
const FULL = 0.99;
const RANKED_INSTEAD = 0.8;

const usualRequests = ({ quantile }: Limit): number =>
  Math.min(MOST, Math.max(FEWEST, Math.ceil(BEYOND / (1 - quantile))));

/** Simulates some hundred runs, in seconds. Throws a ScenarioError for a site that no scenario can be made of. */
export async function advise(site: Site, question: Question, doing: Doing): Promise<Advice> {
  const { limit, candidates, today, seeds } = question;
  const requests = question.requests ?? usualRequests(limit);
  const capacity = capacityRate(site);
  const load = site.rate / capacity;
  const most = highestRateTold(site, requests);
  const rankedAt = load < FULL ? site.rate : RANKED_INSTEAD * capacity;
  const settings = withToday(settingsFor(site, candidates), site, today);
  const rankedBy = requestsAt(site, rankedAt, requests);
  const ranking = await rank(site, settings, {
    rate: rankedAt,
    requests: rankedBy,
    ...{ limit, seeds, doing },
  });
  const now = today && { candidate: today, weights: todaysWeights(site.servers) };
  const choice = recommended(ranking, now);
  if (choice === undefined) throw new RangeError("expected at least one algorithm");
  const setting = choice.setting;
  const crossing = ({ candidate, weights }: Pick<Setting, "candidate" | "weights">) =>
    findCrossing(
      { capacity, most, limitMs: limit.ms, guess: 0.85 * capacity, seeds },
      (rate, seed) => {
        const trial = {
          candidate,
          weights,
          limit,
          requests: requestsAt(site, rate, requests),
          rate,
        };
        return limitedIn(site, trial, seed, doing, `how much ${candidate.label} carries`);
      },
    );
  const isOther = now !== undefined && !isSame(setting, now);
  const carries = await crossing(setting);
  const carriesToday = isOther ? await crossing(now) : undefined;
  const grown = await grownOf(site, { ...question, requests }, setting, doing);
  return {
    load,
    capacity,
    rankedAt,
    runMs: site.arrivalsMs === undefined ? (rankedBy * 1000) / rankedAt : runOfLog(site, rankedAt),
    ranking,
    choice,
    carries,
    ...(carriesToday && { carriesToday }),
    ...(grown && { grown }),
    losses: await losses(site, { setting, limit, requests, seeds, doing }),
  };
}

const runOfLog = ({ arrivalsMs = [], rate }: Site, at: number): number =>
  ((arrivalsMs.at(-1) ?? 0) * rate) / at;

/** Today's setting is ranked too, where it is not among the settings already. */
function withToday(
  settings: readonly Setting[],
  { servers }: Site,
  today: Candidate | undefined,
): readonly Setting[] {
  if (today === undefined || settings.some(({ candidate }) => candidate.label === today.label))
    return settings;
  const weights = todaysWeights(servers);
  return [...settings, { candidate: today, weights, weighted: "as today" }];
}

async function grownOf(
  site: Site,
  { growth, limit, requests = 0, seeds }: Question,
  { candidate, weights }: Setting,
  doing: Doing,
): Promise<Advice["grown"]> {
  if (growth === undefined) return undefined;
  const rate = site.rate * growth;
  const load = rate / capacityRate(site);
  if (load >= FULL) return { rate, load };
  const trial = { candidate, weights, limit, requests: requestsAt(site, rate, requests), rate };
  const { limited } = await measure(site, trial, seeds, doing, `at ${Math.round(rate)}/s`);
  return { rate, load, limited: spreadOf(limited) };
}
