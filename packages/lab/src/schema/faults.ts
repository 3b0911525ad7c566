// What may be written for a fault: what goes wrong, at which servers, and when.
import * as z from "zod/mini";
import { MOST_SERVERS } from "./servers.ts";
import {
  choice,
  count,
  flag,
  kind,
  kinds,
  list,
  milliseconds,
  number,
  optional,
  required,
  share,
} from "./values.ts";

const where = z.union(
  [
    z.array(count(0, MOST_SERVERS)),
    z.strictObject({ first: required(count(0, MOST_SERVERS), "the first so many servers") }),
    z.strictObject({ zone: required(count(0, 10_000), "all servers of this zone") }),
  ],
  'expected a list of servers, { "first": N } or { "zone": N }',
);

const window = {
  servers: optional(
    where,
    "which servers: a list of their numbers from 0 on, `{ first: 3 }`, or `{ zone: 1 }`; all by default",
  ),
  atMs: optional(milliseconds(), "when it begins; 0 by default"),
  forMs: optional(milliseconds(), "how long it lasts; to the end of the run by default"),
} as const;

const mode = () =>
  required(
    choice("refuse", "hang"),
    "`refuse`: the port is closed and connections are reset; `hang`: no answer ever comes",
  );

const factor = () => required(number(0.001, 1_000_000), "how many times as long everything takes");

const cold = {
  factor: factor(),
  decayMs: required(milliseconds(), "within this time the factor falls to 1"),
} as const;

export const fault = kinds("fault", "what goes wrong, and when", [
  kind("crash", "the server goes down", { ...window, mode: mode() }),
  kind("black-hole", "the server answers everything with an error", {
    ...window,
    latencyMs: required(milliseconds(), "how long such an answer takes"),
  }),
  kind("brown-out", "the server is slow", { ...window, factor: factor() }),
  kind("gc-pause", "the server stands still again and again", {
    ...window,
    pauseMs: required(milliseconds(), "how long each time"),
    everyMs: required(milliseconds(0.000_001), "the mean time between pauses"),
    regular: optional(flag(), "exactly `everyMs` between pauses; false by default"),
  }),
  kind("antagonist", "another program takes a share of the server's machine, now more, now less", {
    ...window,
    everyMs: required(milliseconds(0.001), "the mean time between changes"),
    shares: required(list(share(0.999)), "the shares that are drawn from"),
  }),
  kind("errors", "a share of the requests fails after its work is done", {
    ...window,
    share: required(share(), "the share, 0 to 1"),
  }),
  kind("flapping", "the server goes down and comes back, again and again", {
    ...window,
    upMs: required(milliseconds(0.001), "how long it is up"),
    downMs: required(milliseconds(0.001), "how long it is down"),
    mode: mode(),
  }),
  kind("rolling-restart", "the servers are restarted one after the other", {
    ...window,
    everyMs: required(milliseconds(), "the time from one server to the next"),
    downMs: required(milliseconds(), "how long each is down"),
    drainMs: optional(milliseconds(), "it gets no new requests for this time before; 0 by default"),
    cold: optional(z.strictObject(cold), "each is slow at first; not by default"),
  }),
  kind("cold-start", "the server is slow at first", { ...window, ...cold }),
]);
