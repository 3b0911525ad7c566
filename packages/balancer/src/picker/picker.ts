// How a server is chosen. A picker is a pure state machine: chance and tickets are injected, so the
// same file serves traffic and runs in a simulation.
import type { Rng } from "@tandem/transport";

/** What a picker sees of a server. */
export interface PickServer {
  readonly name: string;
  readonly weight: number;
  readonly inFlight: number;
  /** Up and not full; the only servers a picker may return. */
  readonly usable: boolean;
}

/** What a picker sees of a request. */
export interface PickContext<S extends PickServer> {
  /** Servers that have failed this request already; they are not picked again. */
  readonly tried: readonly S[];
}

export interface Picker<S extends PickServer> {
  /** Cold: membership, a weight or a state changed. `servers` are those that are up, weight above 0. */
  update(servers: readonly S[]): void;
  /** Hot: synchronous, allocates nothing. Undefined when no untried server is usable. */
  pick(context: PickContext<S>): S | undefined;
}

/** What a picker may draw on. */
export interface PickerEnvironment {
  readonly rng: Rng;
  /** A number that no other thread of the same balancer gets. */
  readonly ticket: () => number;
}
