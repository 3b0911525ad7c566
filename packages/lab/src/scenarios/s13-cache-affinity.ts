// S13: keys that follow Zipf's law, and a cache on each server. Hashing sends equal keys to one server, so the caches
// hit. The popular keys make the load uneven. Hashing with bounded load makes the load more even, but fewer requests
// find their key in the cache.
import { CANDIDATES, hashing, METRICS, type Metric, type Study } from "./study.ts";

const SERVERS = 20;

const HIT_RATE: Metric = {
  name: "cache hits",
  unit: "%",
  better: "higher",
  of: ({ servers }) => {
    const sum = (of: "hits" | "misses") =>
      servers.reduce((total, { cache }) => total + (cache?.[of] ?? 0), 0);
    return (100 * sum("hits")) / (sum("hits") + sum("misses"));
  },
};

const BUSIEST: Metric = {
  name: "busiest / mean",
  unit: "",
  better: "lower",
  of: ({ servers }) => {
    const mean = servers.reduce((sum, { utilization }) => sum + utilization, 0) / servers.length;
    return Math.max(...servers.map(({ utilization }) => utilization)) / mean;
  },
};

export const cacheAffinity: Study = {
  id: "S13",
  name: "cache-affinity",
  title: "100 000 keys by Zipf's law, a cache for 2 % of them on each of 20 servers",
  question: "How much imbalance is a cache hit worth?",
  source: "Mirrokni, Thorup & Zadimoghaddam 2016",
  candidates: [
    CANDIDATES.random2,
    ...(["maglev", "ring", "rendezvous", "jump"] as const).map((method) =>
      hashing(method, { method }),
    ),
    ...[1.1, 1.25, 1.5, 2].map((balanceFactor) =>
      hashing(`maglev, bounded ${balanceFactor}`, { method: "maglev", balanceFactor }),
    ),
    hashing("ring, bounded 1.25", { method: "ring", balanceFactor: 1.25 }),
  ],
  metrics: [METRICS.p99, HIT_RATE, BUSIEST, METRICS.mean],
  variants: (full) => [
    {
      label: "Zipf 1.0",
      scenario: {
        name: "cache affinity",
        warmupMs: 30_000,
        durationMs: full ? 150_000 : 60_000,
        traffic: { kind: "open", arrivals: { kind: "poisson", rate: 4_000 } },
        service: { kind: "exponential", mean: 10 },
        servers: [{ count: SERVERS, workers: 4 }],
        keys: { count: 100_000, zipf: 1, cache: { share: 0.02, hitShare: 0.1 } },
      },
    },
  ],
};
