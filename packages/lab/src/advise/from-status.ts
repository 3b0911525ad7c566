// What a running balancer tells the adviser: two looks at its status, some seconds apart. The counters say how many requests
// each server got in between and how long they took on average; nothing says how these times were spread.
import * as z from "zod/mini";
import { type LearntSite, NOTHING } from "./learnt.ts";
import { around, isFarFrom, type Ranged, referenceOf } from "./ranged.ts";

const times = z.object({ response: z.number() });
const server = z.object({
  name: z.string(),
  state: z.string(),
  userWeight: z.number(),
  backup: z.boolean(),
  inFlight: z.number(),
  maxConnections: z.number(),
  requests: z.number(),
  averages: times,
});
const backend = z.object({
  name: z.string(),
  mode: z.string(),
  algorithm: z.string(),
  requests: z.number(),
  servers: z.array(server),
});

/** The fields of `/api/v1/status` that are read; others may be there. */
export const statusSchema = z.object({
  version: z.literal(1),
  tier: z.literal("balancer"),
  at: z.string(),
  backends: z.array(backend),
});

export type Look = z.infer<typeof statusSchema>;
type Backend = z.infer<typeof backend>;
type Server = z.infer<typeof server>;

/** The spread that is assumed, of a lognormal distribution. */
export const ASSUMED_SIGMA = 1;
const ASSUMED_CV = Math.sqrt(Math.exp(ASSUMED_SIGMA ** 2) - 1);
/** With fewer requests between two looks nothing is estimated. */
export const FEWEST_REQUESTS = 20;

/** Returns the backend that is meant; undefined when there is none of that name. Without a name: the busiest. */
export function backendOf({ backends }: Look, name: string | undefined): Backend | undefined {
  const http = backends.filter(({ mode }) => mode === "http");
  if (name !== undefined) return http.find((one) => one.name === name);
  return http.toSorted((a, b) => b.requests - a.requests)[0];
}

export interface Watched {
  /** The first look and the last, at the same backend. */
  readonly first: Backend;
  readonly last: Backend;
  readonly seconds: number;
  /** The most requests that each server was seen to have at once, by its name. */
  readonly mostInFlight: ReadonlyMap<string, number>;
  readonly source: string;
}

/** How many requests the backend got between the looks. */
export const requestsBetween = ({ first, last }: Watched): number => last.requests - first.requests;

export function learnFromStatus(watched: Watched): LearntSite {
  const { last, seconds, source, mostInFlight } = watched;
  const used = last.servers.filter(({ backup }) => !backup);
  const each = used.map((one) => between(one, watched));
  const requests = requestsBetween(watched);
  const rate = requests / seconds;
  const { speeds, differ } = speedsOf(each);
  const limits = new Set(used.map(({ maxConnections }) => maxConnections));
  const [maxConnections = 0] = limits;
  return {
    ...NOTHING,
    source: `${source}, backend ${last.name}, ${requests} requests in ${Number(seconds.toPrecision(3))} s`,
    names: used.map(({ name }) => name),
    rate: around(rate, rate / Math.sqrt(Math.max(1, requests))),
    speeds,
    speedsDiffer: differ,
    meanMs: meanWork(each, differ ? speeds.map(({ value }) => value) : each.map(() => 1)),
    weights: used.map(({ userWeight }) => userWeight),
    algorithm: last.algorithm,
    ...(limits.size === 1 && maxConnections > 0 && { maxConnections }),
    unknown: [
      "how the times of requests are spread: the balancer has their averages only; --p99 or --service tells",
      `how many requests a server works on at once: up to ${Math.max(0, ...mostInFlight.values())} were seen at one; --workers tells`,
      ...(limits.size > 1
        ? ["one maxConnections for all servers: they differ, so none is used"]
        : []),
      ...used.flatMap(({ name, state }) =>
        state === "UP" ? [] : [`how ${name} does: it is ${state}`],
      ),
    ],
    errs: [
      "the time at a server is taken as work, waiting there included: too much work where servers are busy",
    ],
  };
}

interface Between {
  readonly count: number;
  readonly meanMs: number;
}

/** What a server did between the looks; what it did since its start when it got nothing in between. */
function between(now: Server, { first }: Watched): Between {
  const before = first.servers.find(({ name }) => name === now.name);
  const count = now.requests - (before?.requests ?? 0);
  const sum = now.averages.response * now.requests;
  const was = (before?.averages.response ?? 0) * (before?.requests ?? 0);
  if (count < FEWEST_REQUESTS) return { count: now.requests, meanMs: 1000 * now.averages.response };
  return { count, meanMs: (1000 * Math.max(0, sum - was)) / count };
}

function speedsOf(each: readonly Between[]): {
  readonly speeds: readonly Ranged[];
  readonly differ: boolean;
} {
  const most = referenceOf(each.map(({ count }) => count));
  const reference = each[most];
  const speeds = each.map((one, i): Ranged => {
    if (i === most || reference === undefined) return { value: 1, low: 1, high: 1 };
    const value = reference.meanMs / one.meanMs;
    if (one.count < FEWEST_REQUESTS || !Number.isFinite(value) || value <= 0)
      return { value: 1, low: Number.NaN, high: Number.NaN };
    return around(value, value * ASSUMED_CV * Math.sqrt(1 / one.count + 1 / reference.count));
  });
  return { speeds, differ: speeds.some((speed) => isFarFrom(1, speed)) };
}

function meanWork(each: readonly Between[], speeds: readonly number[]): Ranged {
  const count = each.reduce((sum, one) => sum + one.count, 0);
  const work = each.reduce((sum, one, i) => sum + one.count * one.meanMs * (speeds[i] ?? 1), 0);
  const value = work / count;
  return around(value, (value * ASSUMED_CV) / Math.sqrt(count));
}
