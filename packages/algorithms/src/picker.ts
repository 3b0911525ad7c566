// The interface of a picker, which chooses a server for each request. A picker is a pure state
// machine: the time, random numbers and tickets are passed in, so that the same code serves traffic
// and runs in the laboratory's simulator.
import type { Inspection } from "./inspection.ts";
import type { PickReason } from "./reason.ts";

/** What a picker knows of a server. */
export interface PickServer {
  readonly name: string;
  /** Above 0; traffic is shared in proportion. May have fractions, and may change between two calls (slow start). */
  readonly weight: number;
  /** Requests given to the server and not yet ended, counted over every thread of the balancer. */
  readonly inFlight: number;
  /** How many requests the server may have at once; 0 = unlimited. */
  readonly maxConnections: number;
  /** Whether the server is up and not full. A picker may return usable servers only. */
  readonly usable: boolean;
}

/** What a picker knows of a request. */
export interface PickContext<S extends PickServer> {
  /** The servers that have failed this request. They are not picked again. */
  readonly tried: readonly S[];
  /**
   * A hash (unsigned, 32 bits) of the value that keeps requests together (address, path, cookie …); undefined = the
   * request has no such value.
   */
  readonly key: number | undefined;
}

/**
 * How a request ended, for algorithms that learn from it. A request that its client gave up ("cancelled") says nothing
 * about the server.
 */
export type Outcome = "ok" | "failed" | "timeout" | "cancelled";

/** What a server reports about its load, in an answer or to a probe. An absent field was not reported. */
export interface LoadReport {
  /** Requests in flight on the server, from all its clients. */
  readonly inFlight?: number | undefined;
  /** The server's own estimate of how long a request takes now, in milliseconds. */
  readonly latencyMs?: number | undefined;
  /** How much of the server's capacity is used: 0 = idle, 1 = all, above 1 = overloaded. */
  readonly utilization?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly errorsPerSecond?: number | undefined;
}

export interface Picker<S extends PickServer> {
  /**
   * Called when a server was added or removed, and when a weight or a server's state has changed.
   * `servers` are the servers that are up and have a weight above 0.
   */
  update(servers: readonly S[]): void;
  /**
   * Chooses a server for a request; undefined when no untried server is usable. Called for every request: it is
   * synchronous and allocates nothing.
   */
  pick(context: PickContext<S>): S | undefined;
  /**
   * Returns the server that requests with `context.key` belong to, if that server is up and
   * untried, even when it has no room; undefined without a key. Called only when requests may wait
   * for the server of their key. Never called for a custom algorithm, because its requests have no
   * key. When an algorithm lacks this method, no request waits for a particular server.
   */
  preferred?(context: PickContext<S>): S | undefined;
  /** The reason for the choice of the last `pick`. */
  readonly why: PickReason;
  /** Called when a request was given to `server`, whose `inFlight` counts that request already. */
  started?(server: S): void;
  /** Called when the answer's head has come, `ms` after the request was given to the server. */
  firstByte?(server: S, ms: number): void;
  /** Called when the request has ended, `ms` after it was given to the server. Called exactly once per `started`. */
  ended?(server: S, outcome: Outcome, ms: number): void;
  /** Called when a server has reported its load. */
  report?(server: S, load: LoadReport): void;
  /**
   * Returns the servers that the balancer has to ask for their load now. The answers come back
   * through `report`. Called after every pick and, while no requests come, once a second. The
   * picker fills the same array again at the next call, so the caller must not keep it.
   */
  probes?(): readonly S[];
  /**
   * Says in a sentence, for people, that a limit of the algorithm overrides a parameter with the present servers.
   * Undefined when none does.
   */
  note?(): string | undefined;
  /** Returns the picker's state at this moment, for people to look at. Changes nothing. */
  inspect?(): Inspection;
}

/** What a picker gets from its caller. */
export interface PickerEnvironment {
  /** Returns a random number, uniform in [0, 1). */
  readonly rng: () => number;
  /** Returns the time in milliseconds, on a clock that never goes back. */
  readonly now: () => number;
  /**
   * Returns the next number of a counter. The counter starts at a random number below 2^32, so that balancers do not
   * all begin with the same server. All threads of one balancer share the counter, and each number is given out once.
   */
  readonly ticket: () => number;
  /**
   * Whether `inFlight` changes only with the requests that the picker hears of (`started`, `ended`), and `usable` and
   * `weight` only with these and with `update`. A picker may then follow the counts instead of reading all of them at
   * each pick. Default false: other threads, or an earlier picker's requests, change the counts as well.
   */
  readonly hearsAll?: boolean;
}
