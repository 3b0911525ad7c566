// How to choose: look at every server and take the least load per weight. O(n).
// Among equals chance decides, in proportion to weight: with the lowest index instead, independent balancers
// would all rush to the same server. The dice of one pick are a linear congruential generator (Numerical
// Recipes' constants, high bits) seeded by one draw, because up to n of them are thrown.
import { isCandidate } from "../candidate.ts";
import type { PickContext, PickServer } from "../picker.ts";
import { ByLoad } from "./by-load.ts";

const TWO_32 = 2 ** 32;

export class FullScan<S extends PickServer> extends ByLoad<S> {
  override pick({ tried }: PickContext<S>): S | undefined {
    const { load } = this;
    const { servers } = this.index;
    let best: S | undefined;
    let least = Number.POSITIVE_INFINITY;
    let tiedWeight = 0;
    let tied = false;
    let dice = -1;
    load.begin();
    for (let i = 0; i < servers.length; i++) {
      const server = servers[i];
      if (server === undefined || !isCandidate(server, tried)) continue;
      const { weight } = server;
      const score = load.of(i, server) / weight;
      if (score < least || best === undefined) {
        best = server;
        least = score;
        tiedWeight = weight;
        tied = false;
      } else if (score === least) {
        tied = true;
        tiedWeight += weight;
        if (dice < 0) dice = (this.environment.rng() * TWO_32) >>> 0;
        dice = (Math.imul(dice, 1_664_525) + 1_013_904_223) >>> 0;
        if (dice * tiedWeight < weight * TWO_32) best = server;
      }
    }
    this.why = best === undefined ? "none" : tied ? "tie" : "first-choice";
    return best;
  }
}
