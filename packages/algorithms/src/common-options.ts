// Configuration keys that several algorithms share. Each key means the same for all of them.
import { choice, countFrom, DURATION, tuning } from "./options.ts";

/**
 * How much failed requests weigh. A server that fails every request at once has few requests in
 * flight and short response times, so an algorithm that compares loads would send most requests to
 * that server. To prevent this, failures are counted as load.
 */
export interface FailureParameters {
  /**
   * The weight of a failed or timed-out request, in milliseconds; 0 = no weight. In Peak EWMA,
   * whose load is a latency, the request counts as having taken at least this long. In the other
   * algorithms the request stays counted as one more request in flight, and that count fades with
   * this time constant.
   */
  readonly failureMs: number;
}

export const failurePenalty = tuning("failureMs", DURATION, {
  default: 5_000,
  meaning: "how much a failed request weighs, so that a server that fails fast attracts no traffic",
  field: { label: "Failure weighs, ms", range: [0, 60_000, 100] },
});

/**
 * Makes the key `draws`, with `unlessSaid` as its default: how many distinct servers are drawn at
 * random, in proportion to their weights. The least loaded of the drawn servers is picked. With 1
 * draw the choice is random by weight; 0 means that all servers are compared.
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
