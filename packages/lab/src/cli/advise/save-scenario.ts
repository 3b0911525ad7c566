// Writes the site as a file that `tandem lab run` runs again: today, with the recommended weights and with equal ones, the
// growth that was asked for, and each loss.
import { join } from "node:path";
import type { Advice, Question } from "../../advise/advice.ts";
import { alike } from "../../advise/loss.ts";
import type { Setting } from "../../advise/rank.ts";
import { type Site, scenarioOf } from "../../advise/site.ts";
import type { Provenance } from "../provenance.ts";
import { saveAll } from "../save.ts";

interface Saved {
  readonly site: Site;
  readonly question: Question;
  readonly advice: Advice;
  readonly origin: Provenance;
}

/** Measured requests of a saved scenario. */
const REQUESTS = 20_000;
/** Of more kinds of servers, only so many losses are written. */
const MOST_LOSSES = 8;

/** Returns the path of the file. */
export function saveScenario(folder: string, saved: Saved): readonly string[] {
  const path = join(folder, "scenario.json");
  saveAll([{ path, text: `${withShortLists(JSON.stringify(contentOf(saved), undefined, 2))}\n` }]);
  return [path];
}

function contentOf({ site, question, advice, origin }: Saved) {
  const { seeds, growth } = question;
  const { weights } = advice.choice.setting;
  const seed = seeds[0] ?? 1;
  const requests = question.requests ?? REQUESTS;
  const variant = (label: string, one: Site, rate: number, own: readonly number[]) => ({
    label,
    scenario: scenarioOf(one, { rate, requests, weights: own, seed }),
  });
  const equal = site.servers.map(() => 1);
  const uneven = weights.some((weight) => weight !== weights[0]);
  const candidates = [
    ...new Map(
      advice.ranking.map(({ setting }) => [setting.candidate.label, setting.candidate]),
    ).values(),
  ];
  const { rankedAt } = advice;
  return {
    title: `Advice for ${site.servers.length} servers at ${Number(rankedAt.toPrecision(4))}/s`,
    question: "Which algorithm, with which weights, and what when a server is lost?",
    ...origin,
    seeds,
    candidates,
    variants: [
      variant(uneven ? `today, weights ${weights.join(":")}` : "today", site, rankedAt, weights),
      ...(uneven ? [variant("today, equal weights", site, rankedAt, equal)] : []),
      ...(growth === undefined
        ? []
        : [variant(`grown ×${growth}`, site, site.rate * growth, weights)]),
      ...lossesOf(site, advice.choice.setting).map(([name, rest, index]) =>
        variant(
          `${name} lost`,
          rest,
          rankedAt,
          weights.filter((_, i) => i !== index),
        ),
      ),
    ],
  };
}

function lossesOf(
  site: Site,
  setting: Pick<Setting, "weights">,
): readonly (readonly [name: string, rest: Site, index: number])[] {
  if (site.servers.length === 1) return [];
  return alike(site, setting)
    .slice(0, MOST_LOSSES)
    .map(([index = 0]) => {
      const servers = site.servers.filter((_, i) => i !== index);
      return [site.servers[index]?.name ?? "", { ...site, servers }, index];
    });
}

/** Puts lists of numbers on one line; a log's would be twenty thousand lines. */
const withShortLists = (json: string): string =>
  json.replaceAll(/\[\s+(-?[\d.e+-]+,?\s+)+\]/g, (list) => list.replaceAll(/\s+/g, " "));
