// What may be written for traffic: requests that come at their own times (open), or of users who wait for answers (closed).
import * as z from "zod/mini";
import { distribution } from "./distribution.ts";
import {
  ascending,
  count,
  kind,
  kinds,
  list,
  milliseconds,
  number,
  optional,
  perSecond,
  required,
  share,
} from "./values.ts";

const RATE = "expected requests per second from 0 to 1,000,000,000, or a mapping with a 'kind'";

const changing = kinds("changing rate", "a rate that changes over the run", [
  kind("ramp", "from one rate to another, in a straight line", {
    from: required(perSecond(), "the rate before `startMs`"),
    to: required(perSecond(), "the rate after `endMs`"),
    startMs: required(milliseconds(), "when the change begins"),
    endMs: required(milliseconds(), "when it ends"),
  }).check(
    z.refine(({ startMs, endMs }) => startMs < endMs, {
      error: "expected more than 'startMs'",
      path: ["endMs"],
    }),
  ),
  kind("steps", "each rate holds from its time on; before the first one nothing comes", {
    steps: required(
      list(z.tuple([milliseconds(), perSecond()], "expected a pair: [milliseconds, rate]")).check(
        z.refine(
          (steps) => ascending(steps.map(([fromMs]) => fromMs)),
          "expected times in ascending order",
        ),
      ),
      "pairs of a time in milliseconds and a rate",
    ),
  }),
  kind("flash-crowd", "a sudden crowd that goes slowly", {
    base: required(perSecond(), "the rate before, and long after"),
    peak: required(perSecond(), "the highest rate"),
    atMs: required(milliseconds(), "when it begins to rise"),
    riseMs: required(milliseconds(), "how long it rises"),
    decayMs: required(milliseconds(0.001), "the time constant with which it falls"),
  }),
  kind("diurnal", "a sine, as of days and nights", {
    mean: required(perSecond(), "the mean rate"),
    swing: required(share(), "how far it swings, as a part of the mean, 0 to 1"),
    periodMs: required(milliseconds(1), "the time from peak to peak"),
  }),
]);

const rate = z.union([perSecond(), changing], RATE);

/** The least mean time in a state, so that passing through states without a request takes no time to speak of. */
const LEAST_STATE_MS = 0.1;

const states = list(
  z.strictObject({
    ratePerSecond: required(perSecond(), "the rate in this state"),
    meanMs: required(milliseconds(LEAST_STATE_MS), "how long the state lasts on average"),
  }),
).check(
  z.refine(
    (all) => all.some(({ ratePerSecond }) => ratePerSecond > 0),
    "expected a state with a 'ratePerSecond' above 0",
  ),
);

const arrivals = kinds("arrivals", "when the requests of open traffic come", [
  kind("poisson", "independent of each other", {
    rate: required(rate, "requests per second, or a rate that changes"),
  }),
  kind("deterministic", "at equal distances", {
    ratePerSecond: required(number(0.000_001, 1e9, "requests per second"), "requests per second"),
  }),
  kind("batch", "groups at one instant; the groups are independent of each other", {
    ratePerSecond: required(number(0.000_001, 1e9, "requests per second"), "requests per second"),
    size: required(count(1, 1_000_000), "requests in a group"),
  }),
  kind("mmpp", "states with a rate each, one after the other (Markov-modulated Poisson)", {
    states: required(states, "the states; each lasts for an exponential time"),
  }),
  kind("trace", "at given times", {
    timesMs: required(
      list(milliseconds()).check(z.refine(ascending, "expected times in ascending order")),
      "the times, in ascending order",
    ),
  }),
]);

export const traffic = kinds("traffic", "where requests come from", [
  kind("open", "requests come at their own times, whatever the answers", {
    arrivals: required(arrivals, "when requests come"),
  }),
  kind("closed", "users ask, wait for the answer or give up, think, and ask again", {
    users: required(count(1, 10_000_000), "how many users"),
    think: required(
      distribution,
      "how long a user thinks, in milliseconds; more than 0 on average",
    ),
    rampMs: optional(
      milliseconds(),
      "the users' first requests are spread over this time; the mean think time by default",
    ),
  }),
]);
