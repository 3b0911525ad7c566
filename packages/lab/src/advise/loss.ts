// What happens when one server is lost and the others take its requests.
import { type Crossing, findCrossing } from "./crossing.ts";
import type { Setting } from "./rank.ts";
import { type Doing, type Limit, limitedIn, measure } from "./runs.ts";
import { capacityRate, highestRateTold, requestsAt, type Site } from "./site.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface Loss {
  /** The servers of which one is lost. Those that are alike are one loss, because it does not matter which it is. */
  readonly lost: readonly string[];
  /** The load of the servers that are left; 1 or more: they cannot do the work. Infinity when none is left. */
  readonly load: number;
  /** What the servers that are left do with today's requests; absent when they cannot do the work. */
  readonly after?: { readonly limited: Spread; readonly beyond: Spread };
  /** Up to which rate the servers that are left keep the limit; absent when none is left. */
  readonly carries?: Crossing;
}

export interface LossChoice {
  readonly setting: Setting;
  readonly limit: Limit;
  readonly requests: number;
  readonly seeds: readonly number[];
  readonly doing: Doing;
}

/** A loss is simulated with fewer seeds, because what it does is seldom a matter of a few per cent. */
const MOST_SEEDS = 5;

export async function losses(site: Site, choice: LossChoice): Promise<readonly Loss[]> {
  const all: Loss[] = [];
  for (const kind of alike(site, choice.setting)) all.push(await lossOf(site, kind, choice));
  return all;
}

/** Returns the indices of the servers, those together that have the same speed and weight. */
export function alike(
  { servers }: Pick<Site, "servers">,
  { weights }: Pick<Setting, "weights">,
): readonly (readonly number[])[] {
  const indices = [...servers.keys()];
  const kindOf = (i: number) =>
    [servers[i]?.speed, servers[i]?.speedError ?? 0, weights[i]].join(" ");
  return [...Map.groupBy(indices, kindOf).values()];
}

async function lossOf(site: Site, kind: readonly number[], choice: LossChoice): Promise<Loss> {
  const { setting, limit, requests, doing } = choice;
  const seeds = choice.seeds.slice(0, MOST_SEEDS);
  const lost = kind.map((i) => site.servers[i]?.name ?? "");
  const [index = 0] = kind;
  const left = without(site.servers, index);
  if (left.length === 0) return { lost, load: Number.POSITIVE_INFINITY };
  const rest: Site = { ...site, servers: left };
  const capacity = capacityRate(rest);
  const load = site.rate / capacity;
  const trial = {
    candidate: setting.candidate,
    weights: without(setting.weights, index),
    limit,
  };
  const at = (rate: number) => ({ ...trial, rate, requests: requestsAt(rest, rate, requests) });
  const most = highestRateTold(rest, requests);
  const what = `${lost[0]} lost`;
  const carries = await findCrossing(
    { capacity, most, limitMs: limit.ms, guess: Math.min(0.85 * capacity, site.rate), seeds },
    (rate, seed) => limitedIn(rest, at(rate), seed, doing, what),
  );
  if (load >= 1) return { lost, load, carries };
  const measured = await measure(rest, at(site.rate), seeds, doing, what);
  const after = { limited: spreadOf(measured.limited), beyond: spreadOf(measured.beyond) };
  return { lost, load, after, carries };
}

const without = <T>(list: readonly T[], index: number): readonly T[] =>
  list.filter((_, i) => i !== index);
