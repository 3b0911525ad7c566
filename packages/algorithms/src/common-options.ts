// Keys that several algorithms share: each means the same for all of them.
import { choice, countFrom, DURATION, tuning } from "./options.ts";

/**
 * A server that fails at once has few requests in flight and short times: without this it attracts
 * traffic. 0 = off.
 */
export interface FailureParameters {
  /**
   * What a failed or timed-out request weighs. Where load is requests in flight it stays counted as one
   * more, fading with this time constant; where load is latency it counts as having taken this long.
   */
  readonly failureMs: number;
}

export const failurePenalty = tuning("failureMs", DURATION, {
  default: 5_000,
  meaning: "what a failed request weighs, so that failing fast attracts no traffic",
  field: { label: "Failure weighs, ms", range: [0, 60_000, 100] },
});

/** Distinct servers drawn by weight, the least loaded is taken; 1 = plain random, 0 = look at all. */
export const draws = (unlessSaid: number) =>
  tuning("draws", countFrom(0, 100), {
    default: unlessSaid,
    meaning: "servers looked at; 0 = all",
    field: { label: "Servers drawn (0 = all)", range: [0, 10, 1] },
  });

export const measure = tuning("measure", choice(["header", "last-byte"]), {
  default: "last-byte",
  meaning: "what is timed: until the answer's head, or its end",
});
