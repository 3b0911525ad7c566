// What may be written for a group of equal servers.
import {
  choice,
  count,
  flag,
  mapping,
  milliseconds,
  number,
  optional,
  required,
} from "./values.ts";

export const MOST_SERVERS = 100_000;

export const serverGroup = mapping("server group", "a number of equal servers", {
  count: required(count(1, MOST_SERVERS), "how many servers"),
  workers: optional(
    count(1, 1_000_000),
    "requests that a server works on at once (`fifo`), or its cores (`sharing`); 1 by default",
  ),
  discipline: optional(
    choice("fifo", "sharing"),
    "`fifo`: requests wait until a worker is free; `sharing`: all are worked on at once, each with one core at most; `fifo` by default",
  ),
  speed: optional(
    number(0.000_001, 1_000_000),
    "at 0.5 a request takes twice as long; 1 by default",
  ),
  queueLimit: optional(
    count(0, 1_000_000_000),
    "requests that may wait on the server, a further one is answered with 503; unlimited by default",
  ),
  weight: optional(
    number(0, 1_000_000),
    "the weight in the balancers' configuration, which may differ from `speed`; 1 by default",
  ),
  maxConnections: optional(
    count(0, 1_000_000_000),
    "requests that each balancer may have here at once; 0 = unlimited, the default",
  ),
  balancerQueue: optional(
    mapping("balancer queue", "where requests wait at the balancer for one server", {
      limit: required(count(0, 1_000_000), "how many may wait"),
      timeoutMs: optional(milliseconds(), "how long; 5000 by default"),
    }),
    "while the server is at `maxConnections`, requests whose key belongs to it wait here",
  ),
  zone: optional(count(0, 10_000), "the number of its zone; 0 by default"),
  priority: optional(
    count(0, 100),
    "level 0 gets requests first, a higher level when servers of lower levels are down; 0 by default",
  ),
  backup: optional(flag(), "it gets requests only while no other server is up"),
  joinsAtMs: optional(
    milliseconds(),
    "the balancers know it from this time on; from the start by default",
  ),
});
