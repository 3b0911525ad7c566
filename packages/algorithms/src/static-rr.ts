// HAProxy's static-rr (lb_map.c): round robin by the weight that each server had when it joined the
// list. While the server stays in the list, a weight changed at run time has no effect, and neither
// has slow start.
import { defineAlgorithm, PLAIN } from "./define.ts";
import type { Inspection } from "./inspection.ts";
import type { PickContext, Picker, PickerEnvironment, PickServer } from "./picker.ts";
import type { PickReason } from "./reason.ts";
import { RoundRobin } from "./round-robin.ts";

class StaticRr<S extends PickServer> implements Picker<S> {
  readonly #rotation: RoundRobin<S>;
  #weights: ReadonlyMap<S, number> = new Map();

  constructor(environment: PickerEnvironment) {
    this.#rotation = new RoundRobin(environment);
  }

  get why(): PickReason {
    return this.#rotation.why;
  }

  update(servers: readonly S[]): void {
    const known = this.#weights;
    this.#weights = new Map(servers.map((server) => [server, known.get(server) ?? server.weight]));
    this.#rotation.update(servers, [...this.#weights.values()]);
  }

  pick(context: PickContext<S>): S | undefined {
    return this.#rotation.pick(context);
  }

  inspect(): Inspection {
    return this.#rotation.inspect();
  }
}

export const staticRr = defineAlgorithm({
  title: "Static round robin",
  idea: "The same rotation, fixed when a server joins: later changes of weight are ignored.",
  paper: "HAProxy, balance static-rr",
  href: "https://docs.haproxy.org/3.2/configuration.html#4.2-balance",
  traits: { ...PLAIN, slowStart: false },
  options: {},
  picker: StaticRr,
});
