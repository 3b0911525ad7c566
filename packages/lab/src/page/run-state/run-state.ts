// The visitor's choices. Together with a virtual time they determine the exact numbers on the
// screen. The choices are plain data, which the page, the worker and the permalink share.
import type { Parameters } from "../../sim/algorithms.ts";
import type { Disturbance } from "./disturbances.ts";

export interface Choice {
  readonly algorithm: string;
  readonly parameters: Parameters;
}

/** The visitor's changes to the scenario. Where a key is absent, the scenario's own setting is used. */
export interface Knobs {
  /**
   * The offered work divided by the fleet's capacity. In scenarios without a meaningful capacity
   * (see capacity.ts), a factor for the scenario's traffic.
   */
  readonly load?: number;
  readonly servers?: number;
  /** How many servers are slow. These are the last servers of the fleet. */
  readonly slow?: number;
  /** The speed of the slow servers; 1 = as fast as the other servers. */
  readonly speed?: number;
  /** Whether the servers' weights in the balancers follow the servers' speeds. */
  readonly weights?: "equal" | "right";
  readonly service?: ServiceShape;
  readonly workers?: number;
  readonly discipline?: "fifo" | "sharing";
  /** How many requests a balancer may have on a server at once; 0 = any number. */
  readonly limit?: number;
  readonly balancers?: number;
  readonly view?: "local" | "shared" | "board";
  /** The interval at which the shared board of server loads is refreshed, in mean service times. */
  readonly stale?: number;
  /** How long clients wait, in milliseconds; 0 = for ever. */
  readonly timeout?: number;
  readonly retries?: number;
  /** The round trip between balancers and servers, in milliseconds. */
  readonly rtt?: number;
  /** The exponent of Zipf's law for the requests' keys. */
  readonly zipf?: number;
}

export const SERVICE_SHAPES = [
  "constant",
  "exponential",
  "lognormal",
  "pareto",
  "bimodal",
] as const;
export type ServiceShape = (typeof SERVICE_SHAPES)[number];

export interface RunState {
  /** The name of a preset in presets.ts. */
  readonly preset: string;
  readonly knobs: Knobs;
  readonly a: Choice;
  /** The second algorithm, which gets the same requests as the first; undefined = only one algorithm is shown. */
  readonly b: Choice | undefined;
  readonly seed: number;
  readonly disturbances: readonly Disturbance[];
}
