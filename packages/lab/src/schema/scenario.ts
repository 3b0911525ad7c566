// The schema of a scenario: everything about a run except the algorithm and the seed. The command, the page and the
// library refuse what it refuses. docs/lab/scenarios.md and scenario.schema.json are made from it.
import * as z from "zod/mini";
import type { Scenario } from "../sim/scenario.ts";
import { balancers, network, slowStart } from "./balancers.ts";
import { client, health } from "./client.ts";
import { distribution } from "./distribution.ts";
import { fault } from "./faults.ts";
import { keys, measure, reports } from "./keys.ts";
import { serverGroup } from "./servers.ts";
import { traffic } from "./traffic.ts";
import { list, mapping, milliseconds, optional, required, text } from "./values.ts";

export const scenario = mapping(
  "scenario",
  "everything about a run except the algorithm and the seed",
  {
    name: required(text(), "its name"),
    durationMs: required(milliseconds(0.001), "the last request arrives before this time"),
    warmupMs: optional(
      milliseconds(),
      "requests that arrive before this time are simulated but not measured; 0 by default",
    ),
    drainMs: optional(
      milliseconds(),
      "how long requests under way may go on after `durationMs`; the client's timeout by default, else 0",
    ),
    traffic: required(traffic, "the requests"),
    service: required(
      distribution,
      "the work of a request: milliseconds on an idle server of speed 1; more than 0 on average",
    ),
    servers: required(
      list(serverGroup),
      "groups of equal servers; servers are numbered in this order, from 0 on",
    ),
    balancers: optional(balancers, "one balancer with the balancer's defaults by default"),
    network: optional(network, "no delays by default"),
    client: optional(client, "a client that waits for ever by default"),
    health: optional(health, "no checks by default: the balancers take every server for healthy"),
    slowStart: optional(slowStart, "no slow start by default"),
    keys: optional(keys, "requests have no keys by default; an algorithm that hashes needs them"),
    reports: optional(
      reports,
      "no reports by default; algorithms that learn from reports need them",
    ),
    faults: optional(z.array(fault), "what goes wrong, and when; nothing by default"),
    measure: optional(measure, "what is measured how finely"),
  },
);

/** Makes everything in a type readonly. */
type Frozen<T> = { readonly [Key in keyof T]: Frozen<T[Key]> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** The schema and the type `Scenario` accept the same: if they differ, this does not compile. */
true satisfies Same<Frozen<z.output<typeof scenario>>, Scenario>;
