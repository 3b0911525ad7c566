// What may be written for the keys of requests, for load reports and for what is measured.
import {
  count,
  flag,
  list,
  mapping,
  milliseconds,
  number,
  optional,
  required,
  share,
} from "./values.ts";

const MOST_KEYS = 10_000_000;

export const keys = mapping("keys", "the keys of the requests, which hashing and caches need", {
  count: required(count(1, MOST_KEYS), "how many different keys"),
  zipf: required(number(0, 10), "the exponent of Zipf's law; 0 = all equally popular"),
  values: optional(
    list(count(0, 4_294_967_295)),
    "the keys of the requests in their order, and then again from the first; drawn by default",
  ),
  cache: optional(
    mapping("cache", "an LRU cache on each server", {
      share: required(share(), "room for this share of all keys"),
      hitShare: required(
        share(),
        "the work of a request whose key is in it, as a part of its work",
      ),
    }),
    "each server has one",
  ),
});

export const reports = mapping("reports", "how servers report their load to the balancers", {
  inAnswers: optional(flag(), "with every answer"),
  everyMs: optional(milliseconds(0.001), "to every balancer, at this interval"),
  whenIdle: optional(flag(), "to one random balancer, when the server falls idle"),
  windowMs: optional(
    milliseconds(0.001),
    "the window in which a server measures its utilization and rates; 1000 by default",
  ),
});

export const measure = mapping("measure", "what is measured how finely", {
  seriesMs: optional(
    milliseconds(0.001),
    "the interval of the time series; 1000 by default; below a duration of 20 s a sixtieth of it, with at most 1,200 intervals in the run",
  ),
  sampleMs: optional(
    milliseconds(0.001),
    "the time between samples of the queue lengths; a tenth of `seriesMs` by default",
  ),
  perServer: optional(
    flag(),
    "whether each server has a histogram; by default up to 64 servers have",
  ),
});
