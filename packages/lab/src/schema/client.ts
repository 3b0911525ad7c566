// What may be written for the clients and their retries, and for health checks.
import { choice, count, flag, mapping, milliseconds, optional, required } from "./values.ts";

const retries = mapping("retries", "what the balancer tries again, on another server", {
  max: required(count(0, 14), "attempts beyond the first"),
  backoffMs: optional(milliseconds(), "the wait before each; 0 by default"),
  budget: optional(
    flag(),
    "whether the balancer's own retry budget limits them; it has no number; false by default",
  ),
  failures: optional(
    choice("all", "served"),
    "`all`: every failure; `served`: only refused and lost connections, as Tandem does; `all` by default",
  ),
});

export const client = mapping("client", "what a client does when an answer is late", {
  timeoutMs: optional(
    milliseconds(0.001),
    "it gives up this long after the arrival; without it never",
  ),
  attemptTimeoutMs: optional(
    milliseconds(0.001),
    "the balancer gives up an attempt after this time",
  ),
  retries: optional(retries, "what is tried again; nothing by default"),
  abandoned: optional(
    choice("finish", "drop"),
    "what a server does with a request that was given up; `finish` by default",
  ),
});

export const health = mapping("health", "health checks, by the balancer's own rule", {
  intervalMs: required(milliseconds(), "the time between checks; 0 = no checks, only `ejection`"),
  timeoutMs: required(milliseconds(), "how long a check waits for an answer"),
  rise: required(count(1, 1_000), "so many good checks in a row bring a server up"),
  fall: required(count(1, 1_000), "so many failed checks in a row take it down"),
  lagMs: optional(milliseconds(), "how long after a verdict the balancers act on it; 0 by default"),
  seesBlackHoles: optional(
    flag(),
    "whether checks see that a server fails every request; false by default",
  ),
  ejection: optional(
    mapping("ejection", "a balancer leaves a server out that failed several times in a row", {
      failures: required(count(1, 1_000_000), "so many failures in a row"),
      ejectMs: required(milliseconds(), "for how long"),
    }),
    "passive ejection; Tandem has none",
  ),
});
