// The visitor's choices: everything that a run depends on, and nothing else. Together with a time they determine
// the exact numbers on the screen. Plain data, which the page, the worker and the permalink share.
import type { Parameters } from "../../sim/algorithms.ts";
import type { Disturbance } from "./disturbances.ts";

export interface Choice {
  readonly algorithm: string;
  readonly parameters: Parameters;
}

/** Changes to the scenario. An absent key leaves the scenario's own setting. */
export interface Knobs {
  /** Offered work over the fleet's capacity. Where that says nothing, a multiple of the scenario's traffic. */
  readonly load?: number;
  readonly servers?: number;
  /** How many servers, the last ones, are slower. */
  readonly slow?: number;
  /** Their speed; 1 = as fast as the others. */
  readonly speed?: number;
  /** Whether the balancers' weights follow the speeds. */
  readonly weights?: "equal" | "right";
  readonly service?: ServiceShape;
  readonly workers?: number;
  readonly discipline?: "fifo" | "sharing";
  /** Requests a balancer gives to a server at once; 0 = any number. */
  readonly limit?: number;
  readonly balancers?: number;
  readonly view?: "local" | "shared" | "board";
  /** The greatest age of the board of loads, in mean service times. */
  readonly stale?: number;
  /** How long clients wait, milliseconds; 0 = for ever. */
  readonly timeout?: number;
  readonly retries?: number;
  /** Round trip between balancers and servers, milliseconds. */
  readonly rtt?: number;
  /** Exponent of Zipf's law over the requests' keys. */
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
  /** Name of a row in presets.ts. */
  readonly preset: string;
  readonly knobs: Knobs;
  readonly a: Choice;
  /** The second algorithm, which gets the same requests; undefined = only one is shown. */
  readonly b: Choice | undefined;
  readonly seed: number;
  readonly disturbances: readonly Disturbance[];
}
