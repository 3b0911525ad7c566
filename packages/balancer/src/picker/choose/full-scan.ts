// How to choose: look at every server and take the least load per weight. O(n).
// Among equals chance decides, in proportion to weight: with the lowest index instead, independent balancers
// would all rush to the same server. Loads per weight are compared by cross-multiplication, as nginx does: exact,
// and quicker than to divide.
import { isCandidate } from "../candidate.ts";
import { Dice } from "../dice.ts";
import type { Load } from "../load/load.ts";
import type { PickContext, PickerEnvironment, PickServer } from "../picker.ts";
import { ByLoad } from "./by-load.ts";

export class FullScan<S extends PickServer> extends ByLoad<S> {
  protected readonly dice: Dice;

  constructor(environment: PickerEnvironment, load: Load<S>) {
    super(environment, load);
    this.dice = new Dice(environment.rng);
  }

  override pick({ tried }: PickContext<S>): S | undefined {
    const { load } = this;
    const { servers } = this.index;
    let best: S | undefined;
    let least = 0;
    let bestWeight = 1;
    let tiedWeight = 0;
    let tied = false;
    load.begin();
    for (let i = 0; i < servers.length; i++) {
      const server = servers[i];
      if (server === undefined || !isCandidate(server, tried)) continue;
      const { weight } = server;
      const found = load.of(i, server);
      const mine = found * bestWeight;
      const theirs = least * weight;
      if (mine < theirs || best === undefined) {
        tiedWeight = weight;
        tied = false;
      } else if (mine === theirs) {
        tied = true;
        tiedWeight += weight;
        if (!this.dice.chance(weight / tiedWeight)) continue;
      } else continue;
      best = server;
      least = found;
      bestWeight = weight;
    }
    this.why = best === undefined ? "none" : tied ? "tie" : "first-choice";
    return best;
  }
}
