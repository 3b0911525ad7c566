// How a server is chosen. A picker is a pure state machine: time, chance and tickets are injected, so the
// same file serves traffic and runs in the laboratory's simulator.
import type { Inspection } from "./inspection.ts";
import type { PickReason } from "./reason.ts";

/** What a picker sees of a server. */
export interface PickServer {
  readonly name: string;
  /** Share of the traffic, above 0. It may have fractions and change between two calls (slow start). */
  readonly weight: number;
  /** Requests given to it and not over, counted over every thread of the balancer. */
  readonly inFlight: number;
  /** 0 = unlimited. */
  readonly maxConnections: number;
  /** Up and not full; the only servers a picker may return. */
  readonly usable: boolean;
}

/** What a picker sees of a request. */
export interface PickContext<S extends PickServer> {
  /** Servers that have failed this request already; they are not picked again. */
  readonly tried: readonly S[];
  /** Unsigned 32-bit hash of what keeps requests together (address, path, cookie …); undefined = nothing does. */
  readonly key: number | undefined;
}

/** How a request ended, for algorithms that learn. A client that left says nothing about the server. */
export type Outcome = "ok" | "failed" | "timeout" | "cancelled";

/** What a server says about itself, in an answer or to a probe. Absent = not said. */
export interface LoadReport {
  /** Requests in flight on the server, from all its clients. */
  readonly inFlight?: number | undefined;
  /** Its own estimate of how long a request takes now, milliseconds. */
  readonly latencyMs?: number | undefined;
  /** 0 = idle, 1 = all it has, above 1 = overloaded. */
  readonly utilization?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly errorsPerSecond?: number | undefined;
}

export interface Picker<S extends PickServer> {
  /** Cold: membership, a weight or a state changed. `servers` are those that are up, weight above 0. */
  update(servers: readonly S[]): void;
  /** Hot: synchronous, allocates nothing. Undefined when no untried server is usable. */
  pick(context: PickContext<S>): S | undefined;
  /**
   * Cold: the server that requests of `context.key` belong to, when it is up and untried, whether it has room
   * or not; undefined without a key. Asked only where requests may wait for their own server, so never of a
   * custom algorithm, whose requests have no key; one without this method lets nobody wait for a server.
   */
  preferred?(context: PickContext<S>): S | undefined;
  /** Why the last `pick` chose as it did. */
  readonly why: PickReason;
  /** The request was given to `server` (its `inFlight` counts it already). */
  started?(server: S): void;
  /** The answer's head came, `ms` after the request was given. */
  firstByte?(server: S, ms: number): void;
  /** The request is over, `ms` after it was given; exactly once per `started`. */
  ended?(server: S, outcome: Outcome, ms: number): void;
  /** A server spoke about its load. */
  report?(server: S, load: LoadReport): void;
  /**
   * Servers to ask for their load now; their answers come back through `report`. Called after every pick
   * and, while nothing is picked, once a second. The array is the picker's and used again.
   */
  probes?(): readonly S[];
  /** Cold: what it knows at this moment, for people to look at. Changes nothing. */
  inspect?(): Inspection;
}

/** What a picker may draw on. */
export interface PickerEnvironment {
  /** Uniform in [0, 1). */
  readonly rng: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /**
   * Counts up from a random number below 2^32, so that balancers do not all begin with the same server;
   * all threads of one balancer count together, and each number is given once.
   */
  readonly ticket: () => number;
}
