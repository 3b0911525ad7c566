// A table of all knobs, the sliders and lists with which a visitor changes a scenario. For each
// knob: the name in the permalink, the accepted values, and how the knob is shown. The controls are
// made from this table, and links are checked against this table.
import { type Knobs, SERVICE_SHAPES } from "./run-state.ts";

interface Shown {
  readonly label: string;
  /** One sentence, shown as a tooltip and read by screen readers. */
  readonly hint: string;
  readonly group: "traffic" | "servers" | "balancers" | "client";
}

export type Knob = Shown &
  (
    | {
        readonly kind: "number";
        readonly min: number;
        readonly max: number;
        readonly step: number;
        readonly unit: string;
        readonly whole: boolean;
      }
    | {
        readonly kind: "choice";
        readonly options: readonly (readonly [value: string, label: string])[];
      }
  );

const number = (
  group: Shown["group"],
  label: string,
  hint: string,
  [min, max, step]: readonly [number, number, number],
  unit = "",
): Knob => ({ kind: "number", group, label, hint, min, max, step, unit, whole: step >= 1 });

const choice = (
  group: Shown["group"],
  label: string,
  hint: string,
  options: readonly (readonly [string, string])[],
): Knob => ({ kind: "choice", group, label, hint, options });

const SHAPE_LABELS = {
  constant: "constant",
  exponential: "exponential",
  lognormal: "lognormal, σ 1",
  pareto: "heavy tail (Pareto 1.5)",
  bimodal: "1 % a hundred times longer",
} as const satisfies Record<(typeof SERVICE_SHAPES)[number], string>;

export const KNOBS: { readonly [K in keyof Required<Knobs>]: Knob } = {
  load: number(
    "traffic",
    "Load",
    "Work that comes in, over what the servers can do.",
    [0.05, 1.5, 0.01],
  ),
  service: choice(
    "traffic",
    "Service time",
    "How the work of requests is distributed; the mean stays the same.",
    SERVICE_SHAPES.map((shape) => [shape, SHAPE_LABELS[shape]]),
  ),
  zipf: number(
    "traffic",
    "Popularity of keys",
    "Zipf exponent: 0 = all keys equally often.",
    [0, 2, 0.1],
  ),
  servers: number("servers", "Servers", "How many servers share the load.", [1, 100, 1]),
  slow: number(
    "servers",
    "Slow servers",
    "How many servers, the last ones, are slower.",
    [0, 50, 1],
  ),
  speed: number("servers", "Their speed", "1 = as fast as the others.", [0.05, 1, 0.05]),
  weights: choice("servers", "Weights", "What the balancers believe of the servers' speeds.", [
    ["equal", "all equal"],
    ["right", "by speed"],
  ]),
  workers: number("servers", "Workers each", "Requests a server works on at once.", [1, 64, 1]),
  discipline: choice(
    "servers",
    "Discipline",
    "What a server does with more requests than workers.",
    [
      ["fifo", "in order of arrival"],
      ["sharing", "all at once, slower"],
    ],
  ),
  limit: number(
    "servers",
    "Limit each",
    "A balancer gives a server no more than this at once; 0 = any number. When all are full, a request is refused.",
    [0, 100, 1],
  ),
  balancers: number("balancers", "Balancers", "Each sees only its own requests.", [1, 100, 1]),
  view: choice("balancers", "They know", "What a balancer knows of the servers' load.", [
    ["local", "their own requests"],
    ["shared", "all requests"],
    ["board", "a board, refreshed at times"],
  ]),
  stale: number(
    "balancers",
    "Board refreshed",
    "Every so many mean service times; the herd runs in between.",
    [0.5, 50, 0.5],
    "services",
  ),
  rtt: number("balancers", "Network", "Round trip between balancer and server.", [0, 100, 1], "ms"),
  timeout: number(
    "client",
    "Timeout",
    "Clients give up after this time; 0 = never.",
    [0, 10_000, 50],
    "ms",
  ),
  retries: number("client", "Retries", "Attempts beyond the first, at other servers.", [0, 5, 1]),
};

/** Returns why the knob cannot have `value`; undefined when it can. */
export function knobFault(knob: Knob, value: unknown): string | undefined {
  if (knob.kind === "choice") {
    const allowed = knob.options.map(([name]) => name);
    return typeof value === "string" && allowed.includes(value)
      ? undefined
      : `is one of ${allowed.join(", ")}`;
  }
  const { min, max, whole } = knob;
  const fits =
    typeof value === "number" &&
    value >= min &&
    value <= max &&
    (!whole || Number.isInteger(value));
  return fits ? undefined : `is ${whole ? "a whole number" : "a number"} from ${min} to ${max}`;
}
