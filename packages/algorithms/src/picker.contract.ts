// Checks the contract that all algorithms keep, whatever their way of choosing, on random servers
// and random events. `contract.test.ts` makes these checks for every algorithm in the table
// ALGORITHMS, with its default parameters and with others.
import fc from "fast-check";
import type { LoadReport, Outcome, Picker, PickerEnvironment, PickServer } from "./picker.ts";

export interface Fake extends PickServer {
  name: string;
  weight: number;
  inFlight: number;
  maxConnections: number;
  up: boolean;
  readonly usable: boolean;
}

export type Open = (environment: PickerEnvironment) => Picker<Fake>;

export function fake(name: string, weight = 1, maxConnections = 0): Fake {
  return {
    name,
    weight,
    inFlight: 0,
    maxConnections,
    up: true,
    get usable() {
      return this.up && (this.maxConnections === 0 || this.inFlight < this.maxConnections);
    },
  };
}

export const fakes = (weights: readonly number[]): Fake[] =>
  weights.map((weight, index) => fake(`s${index}`, weight));

/**
 * Makes a random number generator (of the Park-Miller family) which gives the same numbers in every
 * run.
 */
export function seeded(seed: number): () => number {
  let state = Math.abs(seed % 2147483647) || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

/** Makes a picker whose clock moves only when the test moves it. */
export function world(open: Open, seed = 1) {
  let tickets = 0;
  const clock = { now: 0 };
  const picker = open({ rng: seeded(seed), now: () => clock.now, ticket: () => tickets++ });
  return { picker, clock };
}

/**
 * An event that a test plays: a request, its answer or its end, a load report, a change of a
 * server, or time passing.
 */
type Event =
  | { readonly kind: "pick"; readonly key: number | undefined; readonly tried: readonly number[] }
  | { readonly kind: "first-byte"; readonly which: number }
  | { readonly kind: "end"; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: "report"; readonly which: number; readonly load: LoadReport }
  | { readonly kind: "leave" | "flip"; readonly which: number }
  | { readonly kind: "weigh"; readonly which: number; readonly weight: number }
  | { readonly kind: "wait"; readonly ms: number };

const which = fc.nat(9);
const number = fc.constantFrom(undefined, 0, 0.5, 1, 3, 40, 1e6);
const load: fc.Arbitrary<LoadReport> = fc.record({
  inFlight: number,
  latencyMs: number,
  utilization: number,
  requestsPerSecond: number,
  errorsPerSecond: number,
});
const pick = fc.record({
  kind: fc.constant("pick" as const),
  key: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
  tried: fc.array(which, { maxLength: 3 }),
});
const outcome = fc.constantFrom<Outcome>("ok", "failed", "timeout", "cancelled");

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: pick },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("first-byte"), which }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("end"), which, outcome }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("report"), which, load }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("leave", "flip"), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("weigh"),
      which,
      weight: fc.constantFrom(0.1, 1, 2.5, 7, 256),
    }),
  },
  // The clock may stand still or jump by an hour.
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("wait"),
      ms: fc.constantFrom(0, 0.1, 10, 1_000, 3_600_000),
    }),
  },
);

/**
 * Plays a history of random events with one picker and its servers. `apply` throws when a pick
 * breaks the contract.
 */
class History {
  readonly #all: Fake[];
  readonly #picker: Picker<Fake>;
  readonly #clock: { now: number };
  readonly #open: { readonly server: Fake; readonly since: number; answered: boolean }[] = [];
  #listed: Fake[];
  readonly picks: string[] = [];

  constructor(open: Open, count: number, seed: number) {
    const { picker, clock } = world(open, seed);
    this.#picker = picker;
    this.#clock = clock;
    this.#all = Array.from({ length: count }, (_, i) => fake(`s${i}`, 1 + (i % 3), i % 4));
    this.#listed = [...this.#all];
    picker.update(this.#listed);
  }

  apply(event: Event): void {
    if (event.kind === "pick") this.#pick(event.key, event.tried);
    else if (event.kind === "wait") this.#clock.now += event.ms;
    else if (event.kind === "end") this.#end(event.which, event.outcome);
    else if (event.kind === "first-byte") this.#firstByte(event.which);
    else this.#server(event);
    for (const server of this.#picker.probes?.() ?? [])
      if (!this.#listed.includes(server)) throw new Error(`probes ${server.name}, which left`);
  }

  #pick(key: number | undefined, numbers: readonly number[]): void {
    const tried = numbers.flatMap((index) => this.#all[index] ?? []);
    const candidates = this.#listed.filter((one) => one.usable && !tried.includes(one));
    const picked = this.#picker.pick({ key, tried });
    this.picks.push(`${picked?.name} ${this.#picker.why}`);
    if (picked === undefined) {
      if (candidates.length > 0) throw new Error(`picks no server of ${candidates.length}`);
      if (this.#picker.why !== "none") throw new Error(`no server because of ${this.#picker.why}`);
      return;
    }
    if (!candidates.includes(picked)) throw new Error(`picks ${picked.name}, no candidate`);
    if (this.#picker.why === "none")
      throw new Error(`picks ${picked.name} and gives the reason 'none'`);
    picked.inFlight += 1;
    this.#picker.started?.(picked);
    this.#open.push({ server: picked, since: this.#clock.now, answered: false });
  }

  #firstByte(which: number): void {
    const request = this.#open[which];
    if (request === undefined || request.answered) return;
    request.answered = true;
    this.#picker.firstByte?.(request.server, this.#clock.now - request.since);
  }

  #end(which: number, outcome: Outcome): void {
    const [request] = this.#open.splice(which, 1);
    if (request === undefined) return;
    request.server.inFlight -= 1;
    this.#picker.ended?.(request.server, outcome, this.#clock.now - request.since);
  }

  #server(event: Extract<Event, { which: number }>): void {
    const server = this.#all[event.which];
    if (server === undefined) return;
    if (event.kind === "report") {
      this.#picker.report?.(server, event.load);
      return;
    }
    if (event.kind === "flip") server.up = !server.up;
    if (event.kind === "weigh") server.weight = event.weight;
    if (event.kind === "leave") this.#listed = toggled(this.#listed, server);
    // For "flip" the picker is not told: a server may also become unusable without an `update` when
    // it fills up.
    if (event.kind !== "flip") this.#picker.update(this.#listed);
  }
}

function toggled(list: readonly Fake[], server: Fake): Fake[] {
  return list.includes(server) ? list.filter((one) => one !== server) : [...list, server];
}

/** Throws when an algorithm breaks the contract; the message holds the shortest history that shows the fault. */
export function picksOnlyCandidates(open: Open): void {
  const histories = fc.array(event, { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), histories, (count, events) => {
      const history = new History(open, count, count);
      for (const event of events) history.apply(event);
    }),
    { numRuns: 150, seed: 4 },
  );
}

/** Throws unless the same random numbers and the same events lead to the same picks. */
export function repeatsItself(open: Open): void {
  const histories = fc.array(event, { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), histories, (count, events) => {
      const [one, other] = [new History(open, count, 7), new History(open, count, 7)];
      for (const event of events) {
        one.apply(event);
        other.apply(event);
      }
      return one.picks.join() === other.picks.join();
    }),
    { numRuns: 50, seed: 5 },
  );
}

/**
 * Checks `preferred` with servers that may each have one request at a time. While the server of a key has no request,
 * `pick` returns that server. When that server is full, `preferred` still returns it. Without a key, or once the
 * server was tried, `preferred` returns undefined. This function returns false when the algorithm has no `preferred`,
 * and throws when a rule is broken.
 */
export function prefersOneServer(open: Open): boolean {
  const { picker } = world(open);
  if (picker.preferred === undefined) return false;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(2 ** 32 - 1), (count, key) => {
      const list = Array.from({ length: count }, (_, index) => fake(`s${index}`, 1, 1));
      picker.update(list);
      const own = picker.preferred?.({ key, tried: [] });
      if (own === undefined || picker.pick({ key, tried: [] }) !== own) return false;
      own.inFlight = 1;
      const other = picker.pick({ key, tried: [] });
      return (
        picker.preferred?.({ key, tried: [] }) === own &&
        other !== own &&
        picker.preferred?.({ key, tried: [own] }) === undefined &&
        picker.preferred?.({ key: undefined, tried: [] }) === undefined
      );
    }),
    { numRuns: 100, seed: 11 },
  );
  return true;
}

/**
 * Returns how many of `picks` requests each server gets. Each request ends at once, so nothing is
 * in flight.
 */
export function shares(open: Open, weights: readonly number[], picks: number, seed = 1): number[] {
  const list = fakes(weights);
  const { picker, clock } = world(open, seed);
  picker.update(list);
  const rng = seeded(seed + 1);
  const counts = new Map(list.map((server) => [server, 0]));
  for (let i = 0; i < picks; i++) {
    clock.now += 1;
    const key = Math.floor(rng() * 2 ** 32);
    const server = picker.pick({ key, tried: [] });
    if (server === undefined) throw new Error("no server picked");
    counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return [...counts.values()];
}
