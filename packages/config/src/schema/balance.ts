// How a server is chosen: by which algorithm, with which keys of that algorithm (algorithm-keys.ts), and among which
// servers. BELONGS says which keys belong to which algorithm; a rule checks that.
import { ALGORITHM_NAMES, ALGORITHMS } from "@tandem/algorithms";
import { z } from "zod";
import { type AlgorithmKeys, algorithmKeys, OWNERS } from "./algorithm-keys.ts";
import { count, duration, file, number } from "./units.ts";

/** The values of `algorithm`: Tandem's algorithms, or `module` for a custom one in a file. */
export const BALANCE_ALGORITHMS = [...ALGORITHM_NAMES, "module"] as const;
export type BalanceAlgorithm = (typeof BALANCE_ALGORITHMS)[number];

/**
 * The type of the keys that this source file adds to `balance`. A key with the name of an algorithm's key would
 * overwrite that key, so with this type it does not compile.
 */
type NoAlgorithmKeys = Readonly<Record<string, z.ZodType>> & {
  readonly [Key in keyof AlgorithmKeys]?: never;
};

/** The keys of `balance` for `algorithm: module`, a custom algorithm that the operator wrote in a file of its own. */
const moduleKeys = {
  module: file
    .optional()
    .meta({ description: "`module`: the file of your own algorithm; it exports `createPicker`" }),
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: "`module`: passed to your algorithm unchanged" }),
} satisfies NoAlgorithmKeys;

/**
 * Maps a key of `balance` to the algorithms that use the key. Keys that every algorithm uses are
 * not in the map.
 */
export const BELONGS: ReadonlyMap<string, readonly BalanceAlgorithm[]> = new Map<
  string,
  readonly BalanceAlgorithm[]
>([...OWNERS, ...Object.keys(moduleKeys).map((key) => [key, ["module"]] as const)]);

/** The algorithms that follow a slowly growing weight. A custom algorithm is assumed to follow it. */
export const RAMPING: readonly BalanceAlgorithm[] = BALANCE_ALGORITHMS.filter(
  (name) => name === "module" || ALGORITHMS[name].traits.slowStart,
);

/** The algorithms that send requests with the same key to the same server. */
export const KEEPING: readonly BalanceAlgorithm[] = ALGORITHM_NAMES.filter(
  (name) => ALGORITHMS[name].traits.key !== undefined,
);

const slowStart = z
  .strictObject({
    window: duration.meta({
      description: "how long a server that came up takes to get its full share",
    }),
    curve: z.enum(["linear", "aggression"]).default("linear").meta({
      description:
        "`linear` is HAProxy's curve, which starts at 1 % and scales `maxConnections` too; `aggression` is Envoy's",
    }),
    aggression: number(0.01, 100).default(1).meta({
      description:
        "of `curve: aggression`: above 1 the share grows quickly at first, below 1 slowly at first",
    }),
    minimum: number(0, 1)
      .default(0.1)
      .meta({ description: "of `curve: aggression`: the share at the start" }),
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
      description:
        "`rendezvous`: by chance but stable (gRPC A68); `deterministic`: even over numbered balancers (SRE)",
    }),
    client: count(0, 1_000_000)
      .optional()
      .meta({ description: "of `method: deterministic`: the number of this balancer, from 0 on" }),
  })
  .meta({ title: "subset", description: "when not every balancer should know every server" });

/** Settings that decide which servers may be chosen, with every algorithm. */
const surroundings = {
  slowStart: slowStart.optional().meta({ description: "a server that came up starts slowly" }),
  zone: z.string().min(1).optional().meta({
    description:
      "the zone of this balancer: servers of other zones get the requests that it cannot take",
  }),
  zoneWeights: z.record(z.string(), number(0.001, 1_000_000)).optional().meta({
    description:
      "share of each zone while all its servers are up; 1 for a zone that is not written",
  }),
  overprovisioning: number(1, 10).default(1.4).meta({
    description:
      "a priority or zone takes all its traffic while this factor × its healthy part is at least 1",
  }),
  panic: panic.prefault({}).meta({ description: "when health is ignored" }),
  subset: subset.optional().meta({ description: "use only some of the servers" }),
  passReports: z.boolean().default(false).meta({
    description: "let clients see the servers' load reports (`endpoint-load-metrics`)",
  }),
} satisfies NoAlgorithmKeys;

export const balance = z
  .strictObject({
    algorithm: z.enum(BALANCE_ALGORITHMS).optional().meta({
      description:
        "which algorithm; by default `random` for more than two servers, else `least-conn`",
    }),
    ...algorithmKeys,
    ...moduleKeys,
    ...surroundings,
  })
  .meta({ title: "balance", description: "how a server is chosen" });

export type BalanceInput = z.output<typeof balance>;
/** The settings of `balance`, with the default algorithm filled in when none is written. */
export type BalanceConfig = BalanceInput & { readonly algorithm: BalanceAlgorithm };

/**
 * Returns the algorithm that is used when none is written. With many servers, comparing two servers
 * drawn at random is as good as comparing all servers.
 */
export function defaultAlgorithm(servers: number): BalanceAlgorithm {
  return servers > 2 ? "random" : "least-conn";
}
