// Choosers that no balancer can build, to measure against: they read the servers themselves, at once.
// `jsq` joins the shortest queue, `least-work-left` the least unfinished work (which equals one central
// first-come-first-served queue). `least-conn-index` breaks ties by position: the mistake, for comparison.
import type { Picker, PickerEnvironment, PickContext } from "../../../balancer/src/picker/picker.ts";
import type { PickReason } from "../../../balancer/src/picker/reason.ts";
import type { View } from "./view.ts";

/** What is so on the servers, whatever the balancers believe. */
export interface Truth {
  /** Requests on a server. */
  depth(server: number): number;
  /** Work left on a server, milliseconds at its own speed. */
  workLeft(server: number): number;
}

export const ORACLES = {
  jsq: ({ rng }: PickerEnvironment, _: unknown, truth: Truth): Picker<View> =>
    new Lowest((view) => truth.depth(view.server), rng),
  "least-work-left": (_: PickerEnvironment, __: unknown, truth: Truth): Picker<View> =>
    new Lowest((view) => truth.workLeft(view.server), undefined),
  "least-conn-index": (): Picker<View> => new Lowest((view) => view.inFlight, undefined),
};

class Lowest implements Picker<View> {
  why: PickReason = "none";
  readonly #cost: (view: View) => number;
  readonly #rng: (() => number) | undefined;
  #views: readonly View[] = [];

  constructor(cost: (view: View) => number, rng: (() => number) | undefined) {
    this.#cost = cost;
    this.#rng = rng;
  }

  update(views: readonly View[]): void {
    this.#views = views;
  }

  pick({ tried }: PickContext<View>): View | undefined {
    let best: View | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    let ties = 1;
    for (const view of this.#views) {
      if (!view.usable || tried.includes(view)) continue;
      const cost = this.#cost(view);
      if (cost > lowest) continue;
      if (cost < lowest) ties = 1;
      else if (this.#rng === undefined || this.#rng() * ++ties >= 1) continue;
      best = view;
      lowest = cost;
    }
    this.why = best === undefined ? "none" : ties > 1 ? "tie" : "first-choice";
    return best;
  }
}
