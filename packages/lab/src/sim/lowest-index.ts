// A deliberate mistake, for comparison: least connections in which the first server of the list wins a tie. With one
// balancer this is harmless. With many independent balancers, all of them send their requests to the same server.
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
