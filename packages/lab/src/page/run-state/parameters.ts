// What can be tuned on each algorithm on this page: the balancer's own parameters, with ranges that make sense to
// play in.
import { type Algorithm, DEFAULTS, HASH_METHODS } from "@tandem/balancer/pickers";
import { ALGORITHMS } from "../../sim/algorithms.ts";

export type Tunable = { readonly name: string; readonly label: string } & (
  | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly usual: number;
    }
  | { readonly kind: "choice"; readonly options: readonly string[]; readonly usual: string }
);

const number = (
  name: string,
  label: string,
  usual: number,
  [min, max, step]: readonly [number, number, number],
): Tunable => ({ kind: "number", name, label, usual, min, max, step });

const failure = (usual: number) =>
  number("failureMs", "Failure weighs, ms", usual, [0, 60_000, 100]);
const draws = (usual: number) => number("draws", "Servers drawn (0 = all)", usual, [0, 10, 1]);

const { random, prequal, hash } = DEFAULTS;
const ewma = DEFAULTS["peak-ewma"];
const HASH: readonly Tunable[] = [
  { kind: "choice", name: "method", label: "Method", options: HASH_METHODS, usual: hash.method },
  number("balanceFactor", "Bounded load (0 = off)", hash.balanceFactor, [0, 3, 0.05]),
  number("pointsPerWeight", "Ring points a server", hash.pointsPerWeight, [1, 500, 1]),
];

const TUNABLES: Readonly<Partial<Record<Algorithm | "least-reported", readonly Tunable[]>>> = {
  random: [draws(random.draws), failure(random.failureMs)],
  "least-conn": [failure(DEFAULTS["least-conn"].failureMs)],
  "peak-ewma": [
    draws(ewma.draws),
    number("decayMs", "Forgets in, ms", ewma.decayMs, [100, 60_000, 100]),
    failure(ewma.failureMs),
  ],
  "least-time": [
    number(
      "idleMs",
      "Halved after silence of, ms",
      DEFAULTS["least-time"].idleMs,
      [100, 60_000, 100],
    ),
    failure(DEFAULTS["least-time"].failureMs),
  ],
  prequal: [
    number("poolSize", "Pool", prequal.poolSize, [2, 64, 1]),
    number("probesPerPick", "Probes a request", prequal.probesPerPick, [0, 8, 0.25]),
    number("rifQuantile", "Hot above quantile", prequal.rifQuantile, [0, 1, 0.01]),
    failure(prequal.failureMs),
  ],
  "client-side-wrr": [
    number(
      "blackoutMs",
      "Believed after, ms",
      DEFAULTS["client-side-wrr"].blackoutMs,
      [0, 30_000, 500],
    ),
    number(
      "updateMs",
      "New weights every, ms",
      DEFAULTS["client-side-wrr"].updateMs,
      [100, 10_000, 100],
    ),
  ],
  "join-idle-queue": [draws(DEFAULTS["join-idle-queue"].draws)],
  source: HASH,
  uri: HASH,
  header: HASH,
  query: HASH,
  cookie: HASH,
  "least-reported": [draws(0)],
};

export function tunablesOf(algorithm: string): readonly Tunable[] {
  return TUNABLES[algorithm as Algorithm] ?? [];
}

/** The five hashes differ only in where the key comes from, which a simulation has no use for. */
const ONE_HASH = "uri";
const SAME_HASH = ["source", "header", "query", "cookie"];

/** What the page offers; `uri` stands for every hash. */
export const OFFERED = ALGORITHMS.filter((name) => !SAME_HASH.includes(name));
export const isHash = (algorithm: string) =>
  algorithm === ONE_HASH || SAME_HASH.includes(algorithm);

/** Why `value` cannot be that parameter's; undefined when it can. */
export function tunableFault(tunable: Tunable, value: unknown): string | undefined {
  if (tunable.kind === "choice")
    return tunable.options.includes(String(value))
      ? undefined
      : `is one of ${tunable.options.join(", ")}`;
  const { min, max, step, name } = tunable;
  const whole = Number.isInteger(step) && Number.isInteger(min);
  if (
    typeof value !== "number" ||
    !(value >= min && value <= max) ||
    (whole && !Number.isInteger(value))
  )
    return `is ${whole ? "a whole number" : "a number"} from ${min} to ${max}`;
  return name === "balanceFactor" && value > 0 && value < 1
    ? "is 0 (off) or at least 1"
    : undefined;
}
