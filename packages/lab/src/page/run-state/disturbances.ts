// The disturbances by which the visitor breaks or slows servers during a run. A disturbance becomes
// a fault of the scenario at its virtual time, so a disturbed run can be repeated like any other
// run.
import type { Fault } from "../../sim/fault.ts";

export const DISTURBANCE_KINDS = ["kill", "hang", "pause", "slow", "fail"] as const;
export type DisturbanceKind = (typeof DISTURBANCE_KINDS)[number];

export interface Disturbance {
  readonly kind: DisturbanceKind;
  readonly server: number;
  /** When the disturbance begins, in virtual milliseconds. Whole numbers, except in scenarios with very short times. */
  readonly atMs: number;
  /** When the disturbance ends; undefined = at the end of the run. */
  readonly untilMs?: number;
}

export const DISTURBANCE_WORDS: Readonly<
  Record<DisturbanceKind, { readonly label: string; readonly what: string }>
> = {
  kill: { label: "Kill", what: "refuses connections; what it had is lost" },
  hang: { label: "Hang", what: "takes requests and never answers" },
  pause: { label: "Pause", what: "stands still, as in a garbage collection, then goes on" },
  slow: { label: "Slow ×10", what: "everything takes ten times as long" },
  fail: { label: "Fail fast", what: "answers every request with an error at once" },
};

const SLOWER = 10;
const FAIL_MS = 1;

/** Makes the fault for a disturbance. `endMs` is the end of the run; a pause without an end lasts until then. */
export function faultOf({ kind, server, atMs, untilMs }: Disturbance, endMs: number): Fault {
  const window = {
    servers: [server],
    atMs,
    ...(untilMs !== undefined && { forMs: untilMs - atMs }),
  };
  switch (kind) {
    case "kill":
      return { ...window, kind: "crash", mode: "refuse" };
    case "hang":
      return { ...window, kind: "crash", mode: "hang" };
    case "slow":
      return { ...window, kind: "brown-out", factor: SLOWER };
    case "fail":
      return { ...window, kind: "black-hole", latencyMs: FAIL_MS };
    case "pause":
      return onePause(server, atMs, (untilMs ?? endMs) - atMs);
  }
}

/**
 * Makes a single pause. In a simulated `gc-pause`, pauses begin again and again until `forMs` has passed; each lasts
 * its full `pauseMs`. Here `forMs` passes before the first pause has ended, so no second pause begins.
 */
function onePause(server: number, atMs: number, pauseMs: number): Fault {
  return {
    kind: "gc-pause",
    servers: [server],
    atMs,
    forMs: Math.min(pauseMs, 1),
    everyMs: Math.min(pauseMs, 1) / 2,
    pauseMs,
    regular: true,
  };
}

/**
 * Returns the list of disturbances after the visitor has chosen `kind` for a server at `atMs`. An
 * earlier disturbance of the same server ends at `atMs`.
 */
export function disturbed(
  before: readonly Disturbance[],
  server: number,
  kind: DisturbanceKind | "recover",
  atMs: number,
): Disturbance[] {
  const kept = before.flatMap((one): Disturbance[] => {
    if (one.server !== server || !activeAt(one, atMs)) return [one];
    return one.atMs >= atMs ? [] : [{ ...one, untilMs: atMs }];
  });
  return kind === "recover" ? kept : [...kept, { kind, server, atMs }];
}

export function activeAt({ atMs, untilMs = Number.POSITIVE_INFINITY }: Disturbance, now: number) {
  return atMs <= now && now < untilMs;
}
