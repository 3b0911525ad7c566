// In which direction the advice is wrong, as far as that is known.
import { meanWorkMs } from "../../advise/site.ts";
import type { Telling } from "./telling.ts";

/** Returns a sentence for each simplification that this site has. */
export function errsLines({ known, advice }: Pick<Telling, "known" | "advice">): readonly string[] {
  const { site, facts, errs } = known;
  const assumed = (what: string) =>
    facts.some((fact) => fact.what === what && fact.from.includes("assumed"));
  return [
    ...errs,
    ...(site.arrivalsMs === undefined && assumed("arrivals")
      ? ["requests come by chance here; real ones come in bursts, so real tails are longer"]
      : []),
    ...(assumed("work")
      ? ["the spread of the work is assumed; a longer tail makes every p99 here too low"]
      : []),
    ...(assumed("workers")
      ? [`${site.workers} workers are assumed; with fewer the servers carry less, in proportion`]
      : []),
    "servers are independent here: a database that all of them wait for makes the gain of every algorithm smaller",
    "pauses, caches that are cold, and work that comes in waves are not in it: real tails are longer",
    ...(meanWorkMs(site.work) < 5
      ? [
          "the time of the balancer and the network, a millisecond or less, is not added and counts beside work this short",
        ]
      : ["the time of the balancer and of the way to the client is not added"]),
    ...(advice.losses.some(({ load }) => Number.isFinite(load))
      ? [
          "a loss is shown once the balancer has noticed it; until then requests to the lost server are tried again or fail",
        ]
      : []),
    ...(advice.load >= 0.99
      ? [
          "more work arrives than the servers can do: if they keep up today, the work, the workers or the rate are wrong above",
        ]
      : []),
  ];
}
