// Configuration keys that several algorithms share. Each key means the same for all of them.
import { choice, countFrom, DURATION, tuning } from "./options.ts";

/**
 * How much failures weigh. A server that fails at once has few requests in flight and short response times, so it would
 * attract traffic. The weight of its failures prevents that. 0 = off.
 */
export interface FailureParameters {
  /**
   * How much a failed or timed-out request weighs, in milliseconds. Where load is requests in flight, the failed
   * request stays counted as one more request, and that count fades with this time constant. Where load is latency, the
   * failed request counts as having taken this long.
   */
  readonly failureMs: number;
}

export const failurePenalty = tuning("failureMs", DURATION, {
  default: 5_000,
  meaning: "how much a failed request weighs, so that a server that fails fast attracts no traffic",
  field: { label: "Failure weighs, ms", range: [0, 60_000, 100] },
});

/**
 * The key `draws`: how many distinct servers are drawn by weight. The least loaded of them is picked. 1 = plain random,
 * 0 = look at all servers.
 */
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
