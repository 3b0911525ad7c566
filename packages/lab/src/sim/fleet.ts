// The balancers, and what each balancer knows of the servers. A view is a server as one balancer
// sees it. With `local` views each balancer has its own list of views and counts its own requests.
// Otherwise all balancers use one list, either with shared counts or with a board of counts that is
// refreshed every `boardMs`.
import {
  DEFAULT_ELIGIBILITY,
  deterministicSubset,
  type EligibilityOptions,
  eligible,
  type Outcome,
  type Picker,
  rendezvousSubset,
  zoneAwareShares,
} from "@tandem/balancer/pickers";
import { RAMP_MS, slowStartLimit } from "@tandem/balancer/policies";
import type { Agenda } from "./agenda.ts";
import { buildPicker, type Parameters } from "./algorithms.ts";
import type { Balancers, Scenario, ServerGroup } from "./scenario.ts";
import { Stream } from "./stream.ts";
import { type Truth, View, zoneName } from "./view.ts";

export interface SimulatedBalancer {
  readonly picker: Picker<View>;
  /**
   * What the balancer sees of each server, by the server's index; undefined for servers outside the balancer's subset.
   */
  readonly views: readonly (View | undefined)[];
  readonly zone: number;
  /** The rules that say which servers may be picked, and with what weight. */
  readonly rules: EligibilityOptions;
  /** How many times the picker was given a new list of servers. */
  revision: number;
  /** The argument of the picker's `pick`. One object is used for all picks. */
  readonly context: { tried: readonly View[]; key: number | undefined };
}

export class Fleet {
  readonly balancers: readonly SimulatedBalancer[];
  readonly #agenda: Agenda;
  readonly #rewarm: number;
  readonly #warming = new Set<SimulatedBalancer>();
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
    this.#lists = makeLists(options, count, groups, truth);
    let shared = 0;
    const sharedTicket = () => shared++;
    this.balancers = Array.from({ length: count }, (_, index) => {
      const stream = new Stream(choice.seed, `balancer ${index}`);
      // Each balancer begins at a random server. If all balancers began with the first server, all would pick it at
      // once.
      let own = count > 1 ? stream.below(1 << 20) : 0;
      const picker = buildPicker(choice.algorithm, choice.parameters, {
        rng: stream.rng,
        now: () => agenda.now,
        ticket: options.view === "shared" ? sharedTicket : () => own++,
        hearsAll: (options.view ?? "local") === "local",
      });
      const views = this.#lists[index % this.#lists.length] ?? [];
      const zone = options.zones?.[index] ?? 0;
      const rules = {
        ...DEFAULT_ELIGIBILITY,
        ...options.eligibility,
        ...(scenario.slowStart && { slowStart: scenario.slowStart }),
        ...zoneRules(options, groups, zone),
      };
      return { picker, views, zone, rules, revision: 0, context: { tried: [], key: undefined } };
    });
    this.#agenda = agenda;
    this.#rewarm = agenda.kind((index) => {
      const balancer = this.balancers[index];
      if (balancer === undefined) return;
      this.#warming.delete(balancer);
      this.update(balancer);
    });
    if (options.view === "board") this.#refreshBoard(agenda, truth, options.boardMs ?? 0);
  }

  /**
   * Returns every view of one server: a single view, or one per balancer. Picks do not call this, because it makes a
   * list.
   */
  viewsOf(server: number): View[] {
    return this.#lists.flatMap((list) => list[server] ?? []);
  }

  /** Yields every view of every server. Picks do not call this, because there may be very many views. */
  *allViews(): Generator<View> {
    for (const list of this.#lists) for (const view of list) if (view !== undefined) yield view;
  }

  /**
   * Gives the new list of servers to the picker of `balancer`, or to all pickers. Needed after a server has joined,
   * left or changed its health.
   */
  update(balancer?: SimulatedBalancer): void {
    for (const one of balancer === undefined ? this.balancers : [balancer]) this.#tell(one);
  }

  #tell(balancer: SimulatedBalancer): void {
    const { now } = this.#agenda;
    const members = [];
    for (const view of balancer.views) {
      if (view === undefined || !view.joined) continue;
      view.standing.state = view.healthy && !view.ejected ? "up" : "down";
      members.push(view.standing);
    }
    const { servers, weights, panic, warming } = eligible(members, balancer.rules, now);
    for (const view of balancer.views) if (view !== undefined) limit(view, balancer.rules, now);
    const list = servers.map(({ view }) => view);
    for (const [index, view] of list.entries()) {
      view.weight = weights[index] ?? view.weight;
      view.forced = panic;
    }
    for (const view of balancer.views) view?.judge();
    balancer.revision++;
    balancer.picker.update(list);
    if (!warming || this.#warming.has(balancer)) return;
    this.#warming.add(balancer);
    this.#agenda.at(now + RAMP_MS, this.#rewarm, this.balancers.indexOf(balancer), 0);
  }

  /**
   * Whether there is a server that has not failed the request and that may be picked, now or as soon as it is no longer
   * full.
   */
  hasUntried(balancer: number, tried: readonly View[]): boolean {
    const views = this.balancers[balancer]?.views ?? [];
    return views.some(
      (view) => view !== undefined && (view.up || view.forced) && !tried.includes(view),
    );
  }

  /** Counts a request that was given to the server. */
  started(balancer: SimulatedBalancer, view: View): void {
    if (this.#counts) {
      view.inFlight++;
      view.counted();
    }
    balancer.picker.started?.(view);
  }

  /** Counts an attempt as ended, when the balancer sees its end. */
  ended(balancer: SimulatedBalancer, view: View, outcome: Outcome, ms: number): void {
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

/**
 * Prepares a view for the rules that choose which servers may be picked. Clears `forced`, which is set again when the
 * rules find too few servers up (panic). Sets `maxConnections` to the part of the limit that slow start allows now.
 */
function limit(view: View, { slowStart }: EligibilityOptions, now: number): void {
  const { maxConnections, upSinceMs } = view.standing;
  const ageMs = upSinceMs === undefined ? undefined : now - upSinceMs;
  view.forced = false;
  view.maxConnections = slowStartLimit(maxConnections, ageMs, slowStart);
}

function makeLists(
  { view = "local", subset }: Balancers,
  count: number,
  groups: readonly ServerGroup[],
  truth: Truth,
): (View | undefined)[][] {
  const lists = view === "local" ? count : 1;
  return Array.from({ length: lists }, (_, balancer) => {
    const all = groups.map((group, server) => new View(server, group, truth));
    if (subset === undefined) return all;
    const chosen =
      subset.method === "rounds"
        ? deterministicSubset(all, balancer, subset.size)
        : rendezvousSubset(all, `balancer ${balancer}`, subset.size);
    return all.map((one) => (chosen.includes(one) ? one : undefined));
  });
}

/**
 * Returns the rules by which a balancer in `zone` prefers zones. Returns no rules when the scenario has no preference
 * for zones.
 */
function zoneRules(
  { zonePreference, zones = [], shares }: Balancers,
  groups: readonly ServerGroup[],
  zone: number,
): Partial<EligibilityOptions> {
  if (zonePreference === undefined) return {};
  if (zonePreference === "first") return { localZone: zoneName(zone) };
  const known = [...new Set(groups.map((group) => group.zone ?? 0))].sort((a, b) => a - b);
  const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const weightIn = (one: number) =>
    sumOf(groups.filter((group) => (group.zone ?? 0) === one).map(({ weight }) => weight ?? 1));
  const loads = shares ?? zones.map(() => 1);
  const capacity = sumOf(known.map(weightIn));
  const split = zoneAwareShares(
    known.map((one) => ({
      origin: sumOf(loads.filter((_, balancer) => zones[balancer] === one)) / sumOf(loads),
      capacity: weightIn(one) / capacity,
    })),
    known.indexOf(zone),
  );
  // The rule (eligibility) ignores a zone with weight 0, so a zone whose share is 0 gets no requests, which is correct.
  return {
    zoneWeights: Object.fromEntries(known.map((one, i) => [zoneName(one), split[i] ?? 0])),
  };
}
