// What may be written for the balancers, the network between them and the servers, and slow start.
import * as z from "zod/mini";
import {
  choice,
  count,
  flag,
  list,
  mapping,
  milliseconds,
  number,
  optional,
  required,
  share,
  text,
} from "./values.ts";

const MOST_BALANCERS = 10_000;

export const slowStart = mapping(
  "slow start",
  "how a server that joins or comes back gets its share",
  {
    windowMs: required(milliseconds(), "how long it takes; 0 = no slow start"),
    curve: required(choice("linear", "aggression"), "`linear` is HAProxy's, `aggression` Envoy's"),
    aggression: required(
      number(0.01, 100),
      "of `aggression`: above 1 the share grows quickly at first",
    ),
    minimum: required(share(), "of `aggression`: the share at the start, 0 to 1"),
  },
);

const eligibility = mapping(
  "eligibility",
  "the rules that say which servers may be picked, as the balancer has them",
  {
    overprovisioning: optional(
      number(1, 10),
      "a priority or zone takes all its traffic while this factor × its healthy part is at least 1",
    ),
    panic: optional(
      mapping("panic", "when health is ignored", {
        threshold: required(
          share(),
          "health is ignored while a smaller part of a group is up; 0 = never",
        ),
        smallest: required(
          count(0, 10_000),
          "groups with fewer servers do not panic while one is up",
        ),
        keepOne: required(flag(), "try servers that are down when none is up"),
      }),
      "when health is ignored",
    ),
    slowStart: optional(slowStart, "as `slowStart` of the scenario"),
    localZone: optional(
      z.union([text(), z.undefined()]),
      "the zone of all balancers: other zones get only what it cannot take",
    ),
    zoneWeights: optional(
      z.union([z.record(z.string(), number(0, 1_000_000)), z.undefined()]),
      "the share of each zone while all its servers are up",
    ),
    allBackups: optional(flag(), "use all backups while no other server is up, not only the first"),
  },
);

export const balancers = mapping("balancers", "the balancers", {
  count: optional(count(1, MOST_BALANCERS), "how many; 1 by default"),
  view: optional(
    choice("local", "shared", "board"),
    "what a balancer knows of the load: `local`: its own requests; `shared`: those of all balancers, as threads of one process; `board`: the true counts, refreshed every `boardMs`; `local` by default",
  ),
  boardMs: optional(milliseconds(0.001, 1e15), "of `board`: the time between refreshes"),
  shares: optional(
    list(number(0, 1_000_000)),
    "the share of the requests of each balancer; equal by default",
  ),
  zones: optional(list(count(0, 10_000)), "the zone of each balancer; 0 by default"),
  subset: optional(
    mapping("subset", "each balancer uses only some servers", {
      method: required(choice("rendezvous", "rounds"), "how they are chosen"),
      size: required(count(1, 100_000), "how many"),
    }),
    "each balancer uses only some servers",
  ),
  zonePreference: optional(
    choice("first", "aware"),
    "of a `local` view: `first`: the own zone gets all that it can take; `aware`: as much as it has capacity for; without it zones do not matter",
  ),
  eligibility: optional(
    eligibility,
    "which servers may be picked; the balancer's defaults by default",
  ),
  queueLimit: optional(
    count(0, 1_000_000_000),
    "requests that may wait at a balancer while all servers that are up are full; 0 by default",
  ),
  queueTimeoutMs: optional(milliseconds(), "how long; 5000 by default"),
});

export const network = mapping("network", "delays between balancers and servers", {
  rttMs: optional(milliseconds(), "the round trip within a zone; 0 by default"),
  crossZoneMs: optional(
    milliseconds(),
    "how much longer the round trip to another zone takes; 0 by default",
  ),
  probeRttMs: optional(milliseconds(), "the round trip of a probe; `rttMs` by default"),
  probeLoss: optional(share(), "the share of the probes that get lost; 0 by default"),
});
