// How a server is chosen. Which of the parameters belong to which algorithm is in BELONGS; a rule
// compares. What is left out is left to the algorithm, so that its own file says the default.
import { z } from "zod";
import { duration, file } from "./units.ts";

const number = (least: number, most: number) => {
  const words = `expected a number from ${least} to ${most}`;
  return z.number(words).min(least, words).max(most, words).meta({ title: "number" });
};
const count = (least: number, most: number) => z.int().min(least).max(most);

export const ALGORITHMS = [
  "round-robin",
  "static-rr",
  "least-conn",
  "random",
  "peak-ewma",
  "least-time",
  "prequal",
  "first",
  "source",
  "uri",
  "header",
  "query",
  "cookie",
  "client-side-wrr",
  "join-idle-queue",
  "module",
] as const;
export type AlgorithmName = (typeof ALGORITHMS)[number];

const learning = ["least-conn", "random", "peak-ewma", "least-time", "prequal"] as const;
const hashing = ["source", "uri", "header", "query", "cookie"] as const;

/** The algorithms that each parameter is for. */
export const BELONGS = {
  failurePenalty: learning,
  draws: ["random", "peak-ewma", "join-idle-queue"],
  decay: ["peak-ewma"],
  initial: ["peak-ewma"],
  measure: ["peak-ewma", "least-time"],
  countInFlight: ["least-time"],
  idleDecay: ["least-time"],
  probes: ["prequal"],
  hash: hashing,
  depth: ["uri"],
  whole: ["uri"],
  header: ["header"],
  query: ["query"],
  cookie: ["cookie"],
  reports: ["client-side-wrr"],
  joinOnEnd: ["join-idle-queue"],
  module: ["module"],
  parameters: ["module"],
} as const satisfies Readonly<Record<string, readonly AlgorithmName[]>>;

/** The algorithms that follow a weight which grows by and by. A custom one is trusted to. */
export const RAMPING: readonly AlgorithmName[] = ["round-robin", ...learning, "module"];

const hash = z
  .strictObject({
    method: z
      .enum(["maglev", "ring", "rendezvous", "jump", "modulo"])
      .optional()
      .meta({ description: "how keys are placed on servers; `maglev` unless said" }),
    balanceFactor: number(0, 100).optional().meta({
      description:
        "no server gets more than this many times its fair share of what is in flight, `1.25` say; 0 = unbounded",
    }),
    tableSize: count(7, 10_000_019).optional().meta({
      description: "`maglev`: slots, a prime well above 100 × servers; 65537 unless said",
    }),
    pointsPerWeight: count(1, 10_000)
      .optional()
      .meta({ description: "`ring`: points per unit of weight; 160 unless said" }),
  })
  .meta({ title: "hash", description: "how a key becomes a server" });

const probes = z
  .strictObject({
    poolSize: count(2, 128).optional().meta({ description: "answers kept; 16 unless said" }),
    maxAge: duration.optional().meta({ description: "an older answer is dropped; 1s unless said" }),
    perRequest: number(0, 10)
      .optional()
      .meta({ description: "probes sent per request, fractions allowed; 3 unless said" }),
    removalsPerRequest: number(0, 10).optional().meta({
      description: "answers dropped per request, oldest and worst in turn; 1 unless said",
    }),
    hotQuantile: number(0, 1).optional().meta({
      description: "a server is hot above this quantile of requests in flight; 0.84 unless said",
    }),
    netGrowth: number(0, 10)
      .optional()
      .meta({ description: "δ of the paper: how often an answer may be used; 1 unless said" }),
    path: z
      .string()
      .startsWith("/")
      .default("/.well-known/tandem/load")
      .meta({ description: "where servers tell their load; Tandem's own tiers do there" }),
    timeout: duration.prefault("100ms").meta({ description: "a probe unanswered so long is over" }),
  })
  .meta({ title: "probes", description: "what `prequal` asks servers, and how often" });

const reports = z
  .strictObject({
    blackout: duration.optional().meta({
      description: "reports are collected so long before they are believed; 10s unless said",
    }),
    expiry: duration
      .optional()
      .meta({ description: "an older report is forgotten; 3m unless said" }),
    update: duration
      .optional()
      .meta({ description: "how often weights are worked out; 1s unless said" }),
    errorPenalty: number(0, 100)
      .optional()
      .meta({ description: "what errors cost, in utilization per error rate; 1 unless said" }),
  })
  .meta({ title: "reports", description: "what `client-side-wrr` makes of servers' load reports" });

const slowStart = z
  .strictObject({
    window: duration.meta({
      description: "how long a server that came up takes to get its full share",
    }),
    curve: z
      .enum(["linear", "aggression"])
      .default("linear")
      .meta({ description: "HAProxy's, from 1 % on and for `maxConnections` too; or Envoy's" }),
    aggression: number(0.01, 100)
      .default(1)
      .meta({ description: "of `curve: aggression`: above 1 quick first, below slow first" }),
    minimum: number(0, 1)
      .default(0.1)
      .meta({ description: "of `curve: aggression`: the share it begins with" }),
  })
  .meta({ title: "slow start", description: "after DOWN → UP, never when the balancer starts" });

const panic = z
  .strictObject({
    threshold: number(0, 1)
      .default(0.5)
      .meta({ description: "health is ignored while a smaller part of a group is up; 0 = never" }),
    smallest: count(1, 10_000)
      .default(10)
      .meta({ description: "groups with fewer servers do not panic while one is up" }),
    keepOne: z
      .boolean()
      .default(false)
      .meta({ description: "try servers that are DOWN when none is up, instead of 503" }),
  })
  .meta({
    title: "panic",
    description: "when too many are down for the health checks to be right",
  });

const subset = z
  .strictObject({
    size: count(1, 10_000).meta({ description: "how many of the servers this balancer uses" }),
    method: z.enum(["rendezvous", "deterministic"]).default("rendezvous").meta({
      description: "by chance but stable (gRPC A68), or even over numbered balancers (SRE)",
    }),
    client: count(0, 1_000_000)
      .optional()
      .meta({ description: "of `method: deterministic`: the number of this balancer, from 0 on" }),
  })
  .meta({ title: "subset", description: "when not every balancer should know every server" });

export const balance = z
  .strictObject({
    algorithm: z.enum(ALGORITHMS).optional().meta({
      description:
        "which algorithm; `random` for more than two servers, else `least-conn`, unless said",
    }),
    failurePenalty: duration.optional().meta({
      description:
        "what a failed request weighs, so that failing fast attracts nobody; 5s unless said",
    }),
    draws: count(0, 100).optional().meta({
      description: "servers looked at; 0 = all; 2 unless said (`join-idle-queue`: 1)",
    }),
    decay: duration
      .optional()
      .meta({ description: "`peak-ewma`: time constant of the average; 10s unless said" }),
    initial: duration.optional().meta({
      description: "`peak-ewma`: what an unknown server is taken to need; 30ms unless said",
    }),
    measure: z.enum(["header", "last-byte"]).optional().meta({
      description: "what is timed: until the answer's head, or its end; `last-byte` unless said",
    }),
    countInFlight: z.boolean().optional().meta({
      description: "`least-time`: requests in flight count with their age; true unless said",
    }),
    idleDecay: duration.optional().meta({
      description:
        "`least-time`: the average is halved per such time without answers; 10s unless said",
    }),
    probes: probes.optional().meta({ description: "`prequal`: what servers are asked, how often" }),
    hash: hash.optional().meta({ description: "of the algorithms that keep requests together" }),
    depth: count(1, 100).optional().meta({
      description: "`uri`: only so many segments of the path count; all unless said",
    }),
    whole: z
      .boolean()
      .optional()
      .meta({ description: "`uri`: the query counts too; false unless said" }),
    header: z
      .string()
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "expected the name of a header field")
      .optional()
      .meta({ description: "`header`: the field whose value keeps requests together" }),
    query: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "`query`: the parameter whose value keeps requests together" }),
    cookie: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "`cookie`: the cookie whose value keeps requests together" }),
    reports: reports.optional().meta({ description: "`client-side-wrr`: how reports count" }),
    joinOnEnd: z.boolean().optional().meta({
      description: "`join-idle-queue`: a server joins when its last request ends; true unless said",
    }),
    module: file
      .optional()
      .meta({ description: "`module`: a file that exports `createPicker`, your own algorithm" }),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: "`module`: handed to it as they are" }),
    slowStart: slowStart.optional().meta({ description: "a server that came up starts slowly" }),
    zone: z.string().min(1).optional().meta({
      description: "where this balancer is: servers of other zones get what is left over",
    }),
    zoneWeights: z
      .record(z.string(), number(0.001, 1_000_000))
      .optional()
      .meta({ description: "share of each zone while all of it is up; 1 where none is written" }),
    overprovisioning: number(1, 10).default(1.4).meta({
      description: "a priority or zone takes all its traffic while this × its healthy part is 1",
    }),
    panic: panic.prefault({}).meta({ description: "when health is ignored" }),
    subset: subset.optional().meta({ description: "use only some of the servers" }),
    passReports: z.boolean().default(false).meta({
      description: "let clients see the servers' load reports (`endpoint-load-metrics`)",
    }),
  })
  .meta({ title: "balance", description: "how a server is chosen" });

export type BalanceInput = z.output<typeof balance>;
/** With the algorithm that holds. */
export type BalanceConfig = BalanceInput & { readonly algorithm: AlgorithmName };

/** The algorithm when none is written: comparing two at random is as good as all once there are many. */
export function defaultAlgorithm(servers: number): AlgorithmName {
  return servers > 2 ? "random" : "least-conn";
}
