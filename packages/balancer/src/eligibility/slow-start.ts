// The share of the traffic that a server gets after it has come up grows gradually, because its caches are cold and its
// code is not compiled yet. HAProxy's `slowstart` grows linearly from 1 to 100 %, and limits connections too. Envoy's
// slow start mode has a curve with a parameter: max(minimum, (age / window)^(1 / aggression)). At the start of the
// balancer there is no slow start.

export interface SlowStart {
  /** How long a slow start lasts, in milliseconds; 0 = no slow start. */
  readonly windowMs: number;
  readonly curve: "linear" | "aggression";
  /**
   * The shape of the curve "aggression": at 1 the share grows linearly, above 1 quickly at first, below 1 slowly at
   * first.
   */
  readonly aggression: number;
  /** The share at the beginning, 0 to 1. For `curve: "aggression"`; the linear curve begins with 1 %. */
  readonly minimum: number;
}

export const NO_SLOW_START: SlowStart = {
  windowMs: 0,
  curve: "linear",
  aggression: 1,
  minimum: 0.1,
};

/** The interval at which weights and limits are computed again during a slow start. */
export const RAMP_MS = 1_000;

const LINEAR_MINIMUM = 0.01;
/** As in Envoy, an age below one second counts as one second. */
const LEAST_AGE_MS = 1_000;

/** Returns the part of its full weight that a server has at this age: above 0, at most 1. */
export function slowStartFactor(ageMs: number, slowStart: SlowStart): number {
  const { windowMs, curve, aggression, minimum } = slowStart;
  if (!(ageMs < windowMs)) return 1;
  if (curve === "linear") return Math.max(LINEAR_MINIMUM, ageMs / windowMs);
  const age = Math.min(windowMs, Math.max(LEAST_AGE_MS, ageMs));
  return Math.max(minimum, (age / windowMs) ** (1 / aggression));
}

/**
 * Returns the `maxConnections` of a server of this age: at least 1, or 0 (unlimited) if 0 is configured. Only
 * the curve "linear" (HAProxy's) lowers `maxConnections`.
 * @param ageMs undefined = the server was up from the start, so it has no slow start
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
