// A yardstick that knows the work of every request: each request goes to the server on which it costs the least time
// (see added-time.ts), whatever the servers' weights. Chance decides between equal servers.
import type { Inspection, PickContext, Picker, PickReason } from "@tandem/balancer/pickers";
import type { View } from "./view.ts";

export class LeastWorkLeft implements Picker<View> {
  why: PickReason = "none";
  readonly #rng: () => number;
  #views: readonly View[] = [];

  constructor({ rng }: { readonly rng: () => number }) {
    this.#rng = rng;
  }

  update(views: readonly View[]): void {
    this.#views = views;
  }

  pick({ tried }: PickContext<View>): View | undefined {
    let best: View | undefined;
    let least = Number.POSITIVE_INFINITY;
    let equals = 0;
    for (const view of this.#views) {
      if (!view.usable || tried.includes(view)) continue;
      const cost = view.addedMs;
      if (best !== undefined && cost > least) continue;
      equals = best !== undefined && cost === least ? equals + 1 : 1;
      // The nth of n equal servers replaces the one chosen so far with probability 1/n, so all have the same chance.
      if (equals === 1 || this.#rng() * equals < 1) best = view;
      least = cost;
    }
    this.why = best === undefined ? "none" : equals > 1 ? "tie" : "first-choice";
    return best;
  }

  /** Shows what the last request would cost on each server now. */
  inspect(): Inspection {
    const loads = this.#views.map(({ name, addedMs }) => ({ server: name, value: addedMs }));
    return { kind: "loads", loads, draws: 0 };
  }
}
