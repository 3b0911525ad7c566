// A server that came up gets its share by and by: caches are cold, code is not compiled. HAProxy's `slowstart`
// grows linearly from 1 to 100 %, for the limit of connections too; Envoy's curve is bent by `aggression`
// (slow start mode: max(minimum, (age / window)^(1 / aggression))). Never at the start of the process.

export interface SlowStart {
  /** 0 = off. */
  readonly windowMs: number;
  readonly curve: "linear" | "aggression";
  /** 1 = linear; above, quick first; below, slow first. For `curve: "aggression"`. */
  readonly aggression: number;
  /** The share it begins with, 0 to 1. For `curve: "aggression"`; linear begins with 1 %. */
  readonly minimum: number;
}

export const NO_SLOW_START: SlowStart = {
  windowMs: 0,
  curve: "linear",
  aggression: 1,
  minimum: 0.1,
};

/** How often weights and limits are worked out anew while a server starts slowly. */
export const RAMP_MS = 1_000;

const LINEAR_MINIMUM = 0.01;
/** Envoy's: an age below a second counts as one. */
const LEAST_AGE_MS = 1_000;

/** The part of its weight that a server has at this age, 0 exclusive to 1. */
export function slowStartFactor(ageMs: number, slowStart: SlowStart): number {
  const { windowMs, curve, aggression, minimum } = slowStart;
  if (!(ageMs < windowMs)) return 1;
  if (curve === "linear") return Math.max(LINEAR_MINIMUM, ageMs / windowMs);
  const age = Math.min(windowMs, Math.max(LEAST_AGE_MS, ageMs));
  return Math.max(minimum, (age / windowMs) ** (1 / aggression));
}

/**
 * `maxConnections` of a server at this age: at least 1, and 0 stays unlimited. Only HAProxy's curve holds it back.
 * @param ageMs undefined = it was up from the start: no slow start
 */
export function slowStartLimit(
  maxConnections: number,
  ageMs: number | undefined,
  slowStart: SlowStart,
): number {
  if (maxConnections === 0 || ageMs === undefined || slowStart.curve !== "linear")
    return maxConnections;
  return Math.max(1, Math.ceil(maxConnections * slowStartFactor(ageMs, slowStart)));
}
