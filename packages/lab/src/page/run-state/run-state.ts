// What a person has chosen: everything a run depends on, and nothing else. Together with a time it names the
// exact numbers on the screen. Plain data; the page, the worker and the permalink share it.
import type { Parameters } from "../../sim/algorithms.ts";
import type { Disturbance } from "./disturbances.ts";

export interface Choice {
  readonly algorithm: string;
  readonly parameters: Parameters;
}

/** What is changed on the scenario; what is absent stays as the scenario has it. */
export interface Knobs {
  /** Offered work over the fleet's capacity, or, where that says nothing, a multiple of the scenario's traffic. */
  readonly load?: number;
  readonly servers?: number;
  /** Of the servers, so many (the last ones) are slower. */
  readonly slow?: number;
  /** Their speed, 1 = like the others. */
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
  /** How old a board may get, in mean service times. */
  readonly stale?: number;
  /** Milliseconds; 0 = nobody gives up. */
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
  /** Beside it, under the same chance; undefined = one algorithm only. */
  readonly b: Choice | undefined;
  readonly seed: number;
  readonly disturbances: readonly Disturbance[];
}
