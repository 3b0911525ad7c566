// How a server is chosen. A picker is a pure state machine: time, chance and tickets are injected, so the
// same file serves traffic and runs in the laboratory's simulator.
import type { Inspection } from "./inspection.ts";
import type { PickReason } from "./reason.ts";

/** What a picker sees of a server. */
export interface PickServer {
  readonly name: string;
  /** Share of the traffic, above 0. It may have fractions and change between two calls (slow start). */
  readonly weight: number;
  /** Requests given to the server and not over yet, counted over every thread of the balancer. */
  readonly inFlight: number;
  /** 0 = unlimited. */
  readonly maxConnections: number;
  /** The server is up and not full. A picker may return usable servers only. */
  readonly usable: boolean;
}

/** What a picker sees of a request. */
export interface PickContext<S extends PickServer> {
  /** Servers that have failed this request already; they are not picked again. */
  readonly tried: readonly S[];
  /**
   * Unsigned 32-bit hash of the value that keeps requests together (address, path, cookie …); undefined = there is
   * none.
   */
  readonly key: number | undefined;
}

/**
 * How a request ended, for algorithms that learn. A request that its client gave up ("cancelled") says nothing
 * about the server.
 */
export type Outcome = "ok" | "failed" | "timeout" | "cancelled";

/** What a server reports about itself, in an answer or to a probe. Absent = not reported. */
export interface LoadReport {
  /** Requests in flight on the server, from all its clients. */
  readonly inFlight?: number | undefined;
  /** Its own estimate of how long a request takes now, milliseconds. */
  readonly latencyMs?: number | undefined;
  /** 0 = idle, 1 = fully used, above 1 = overloaded. */
  readonly utilization?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly errorsPerSecond?: number | undefined;
}

export interface Picker<S extends PickServer> {
  /**
   * Cold: membership, a weight or a state changed. `servers` are the servers that are up and have a weight above 0.
   */
  update(servers: readonly S[]): void;
  /** Hot: synchronous, allocates nothing. Undefined when no untried server is usable. */
  pick(context: PickContext<S>): S | undefined;
  /**
   * Cold: the server that requests with `context.key` belong to, if it is up and untried, whether it has room or
   * not. Undefined without a key. It is called only where requests may wait for their own server. That is never so
   * with a custom algorithm, because its requests have no key. With an algorithm that lacks this method, no request
   * waits for a particular server.
   */
  preferred?(context: PickContext<S>): S | undefined;
  /** The reason for the last `pick`. */
  readonly why: PickReason;
  /** The request was given to `server`, whose `inFlight` counts it already. */
  started?(server: S): void;
  /** The answer's head came, `ms` after the request was given to the server. */
  firstByte?(server: S, ms: number): void;
  /** The request is over, `ms` after it was given to the server. Called exactly once per `started`. */
  ended?(server: S, outcome: Outcome, ms: number): void;
  /** A server reported its load. */
  report?(server: S, load: LoadReport): void;
  /**
   * Servers that the balancer is to ask for their load now; their answers come back through `report`. Called after
   * every pick and, while nothing is picked, once a second. The array belongs to the picker, which fills it again
   * at the next call.
   */
  probes?(): readonly S[];
  /** Cold: the picker's state at this moment, for people to look at. Changes nothing. */
  inspect?(): Inspection;
}

/** What a picker gets from its surroundings. */
export interface PickerEnvironment {
  /** Uniform in [0, 1). */
  readonly rng: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /**
   * A counter that starts at a random number below 2^32, so that balancers do not all begin with the same server.
   * All threads of one balancer share it, and each number is given out once.
   */
  readonly ticket: () => number;
}
