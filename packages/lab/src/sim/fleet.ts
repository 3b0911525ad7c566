// The balancers and what each of them knows: one list of views each (its own counts), or one list for all
// (shared counts, or a board that is refreshed every so often).
import type { Outcome, Picker } from "@tandem/balancer/pickers";
import type { Agenda } from "./agenda.ts";
import { buildPicker, type Parameters } from "./algorithms.ts";
import type { Balancers, Scenario, ServerGroup } from "./scenario.ts";
import { Stream } from "./stream.ts";
import { chooseSubset } from "./subset.ts";
import { type Truth, View } from "./view.ts";

export interface Balancer {
  readonly picker: Picker<View>;
  /** By server; undefined where the server is outside its subset. */
  readonly views: readonly (View | undefined)[];
  readonly zone: number;
  /** Handed to every pick. */
  readonly context: { tried: readonly View[]; key: number | undefined };
}

export class Fleet {
  readonly balancers: readonly Balancer[];
  readonly #counts: boolean;
  readonly #lists: readonly (readonly (View | undefined)[])[];

  constructor(
    agenda: Agenda,
    scenario: Scenario,
    groups: readonly ServerGroup[],
    choice: { readonly algorithm: string; readonly parameters: Parameters; readonly seed: number },
    truth: Truth,
  ) {
    const options = scenario.balancers ?? {};
    const count = options.count ?? 1;
    this.#counts = options.view !== "board";
    this.#lists = makeLists(options, count, groups, choice.seed, truth);
    let shared = 0;
    const sharedTicket = () => shared++;
    this.balancers = Array.from({ length: count }, (_, index) => {
      const stream = new Stream(choice.seed, `balancer ${index}`);
      // Many balancers that all begin with the first server would march in step.
      let own = count > 1 ? stream.below(1 << 20) : 0;
      const picker = buildPicker(choice.algorithm, choice.parameters, {
        rng: stream.rng,
        now: () => agenda.now,
        ticket: options.view === "shared" ? sharedTicket : () => own++,
      });
      const views = this.#lists[index % this.#lists.length] ?? [];
      const zone = options.zones?.[index] ?? 0;
      return { picker, views, zone, context: { tried: [], key: undefined } };
    });
    if (options.view === "board") this.#refreshBoard(agenda, truth, options.boardMs ?? 0);
  }

  /** Every view of one server: one, or one per balancer. Cold. */
  viewsOf(server: number): View[] {
    return this.#lists.flatMap((list) => list[server] ?? []);
  }

  /** Every view there is. Cold. */
  *allViews(): Generator<View> {
    for (const list of this.#lists) for (const view of list) if (view !== undefined) yield view;
  }

  /** Tells the pickers who is in: after a member, its health or its weight changed. Cold. */
  update(balancer?: Balancer): void {
    for (const one of balancer === undefined ? this.balancers : [balancer]) {
      const list: View[] = [];
      for (const view of one.views) {
        if (view?.member && view.healthy && !view.ejected && view.weight > 0) list.push(view);
      }
      one.picker.update(list);
    }
  }

  /** A request was given to the server. */
  started(balancer: Balancer, view: View): void {
    if (this.#counts) {
      view.inFlight++;
      view.counted();
    }
    balancer.picker.started?.(view);
  }

  /** It is over, as the balancer sees it. */
  ended(balancer: Balancer, view: View, outcome: Outcome, ms: number): void {
    if (this.#counts) {
      view.inFlight--;
      view.counted();
    }
    if (outcome === "ok") balancer.picker.firstByte?.(view, ms);
    balancer.picker.ended?.(view, outcome, ms);
  }

  #refreshBoard(agenda: Agenda, truth: Truth, everyMs: number): void {
    const views = [...this.allViews()];
    const refresh = agenda.kind(() => {
      for (const view of views) {
        view.inFlight = truth.depth(view.server);
        view.counted();
      }
      agenda.at(agenda.now + everyMs, refresh, 0, 0);
    });
    if (everyMs > 0) agenda.at(0, refresh, 0, 0);
  }
}

function makeLists(
  { view = "local", subset }: Balancers,
  count: number,
  groups: readonly ServerGroup[],
  seed: number,
  truth: Truth,
): (View | undefined)[][] {
  const lists = view === "local" ? count : 1;
  return Array.from({ length: lists }, (_, balancer) => {
    const chosen = subset && chooseSubset(subset, groups.length, balancer, seed);
    return groups.map((group, server) => {
      if (chosen !== undefined && !chosen.has(server)) return undefined;
      const made = new View(server, group, truth);
      made.member = (group.joinsAtMs ?? 0) <= 0;
      return made;
    });
  });
}
