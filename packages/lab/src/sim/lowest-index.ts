// The mistake, for comparison: least connections where a tie goes to the first in the list. One balancer does
// not mind; many independent ones all rush to the same server.
import type { PickContext, Picker, PickReason } from "@tandem/balancer/pickers";
import type { View } from "./view.ts";

export class LowestIndex implements Picker<View> {
  why: PickReason = "none";
  #views: readonly View[] = [];

  update(views: readonly View[]): void {
    this.#views = views;
  }

  pick({ tried }: PickContext<View>): View | undefined {
    let best: View | undefined;
    for (const view of this.#views) {
      if (!view.usable || tried.includes(view)) continue;
      if (best === undefined || view.inFlight < best.inFlight) best = view;
    }
    this.why = best === undefined ? "none" : "first-choice";
    return best;
  }
}
