// Plays a history of events with one picker and its servers, and notes every breach of the contract.
import type { Outcome, Picker } from "../picker.ts";
import type { Event } from "./events.ts";
import { type Fake, fake, type Open, world } from "./fake.ts";

/**
 * Plays a history of random events with one picker and its servers. `apply` throws when a pick
 * breaks the contract.
 */
export class History {
  readonly #all: Fake[];
  readonly #picker: Picker<Fake>;
  readonly #strict: boolean;
  readonly #clock: { now: number };
  readonly #open: { readonly server: Fake; readonly since: number; answered: boolean }[] = [];
  #listed: Fake[];
  readonly picks: string[] = [];

  /** With `strict`, the reason has to be "none" when there is no server. The balancer corrects that by itself. */
  constructor(open: Open, count: number, seed: number, strict = true) {
    this.#strict = strict;
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
    const { why } = this.#picker;
    if (picked === undefined) {
      this.picks.push(`no server, ${why}`);
      if (candidates.length > 0)
        throw new Error(`picks no server, though ${candidates[0]?.name} may be picked`);
      if (this.#strict && why !== "none") throw new Error(`picks no server because of '${why}'`);
      return;
    }
    if (!candidates.includes(picked)) throw new Error(`picks ${this.#faultOf(picked, tried)}`);
    this.picks.push(`${picked.name}, ${why}`);
    if (why === "none") throw new Error(`picks ${picked.name} and gives the reason 'none'`);
    picked.inFlight += 1;
    this.#picker.started?.(picked);
    this.#open.push({ server: picked, since: this.#clock.now, answered: false });
  }

  /** Names what was picked, and says why it may not be. */
  #faultOf(picked: Fake, tried: readonly Fake[]): string {
    if (!this.#all.includes(picked))
      return `${JSON.stringify(picked)}, which is no server; expected an object of the list that update got`;
    const { name } = picked;
    if (!this.#listed.includes(picked)) return `${name}, which has left`;
    if (tried.includes(picked)) return `${name}, which has failed this request`;
    return picked.up ? `${name}, which is full` : `${name}, which is down`;
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
