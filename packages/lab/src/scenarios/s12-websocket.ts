// S12: long-lived connections and a rolling restart. The server is chosen once per connection. So the first server that
// comes back takes its share of all connections that break later, and the last server stays nearly empty until
// connections end.
import type { Distribution, SingleDistribution } from "../sim/distribution.ts";
import { CANDIDATES, type Metric, type Study, type Variant } from "./study.ts";

const SERVERS = 10;
const USERS = 20_000;
const RESTART_EVERY_MS = 60_000;
const FOREVER: SingleDistribution = { kind: "constant", value: 1e12 };
const MAX_AGE: SingleDistribution = { kind: "uniform", from: 540_000, to: 660_000 };

const FULLEST: Metric = {
  name: "fullest / fair share at the end",
  unit: "",
  better: "lower",
  of: ({ servers }) => Math.max(...shares(servers)),
};

const EMPTIEST: Metric = {
  name: "emptiest / fair share at the end",
  unit: "",
  better: "higher",
  of: ({ servers }) => Math.min(...shares(servers)),
};

const PEAK: Metric = {
  name: "most reconnects in a second",
  unit: "/s",
  better: "lower",
  of: ({ series, warmupMs }) =>
    Math.max(...series.rows.filter(({ atMs }) => atMs > warmupMs).map(({ arrived }) => arrived)),
};

function shares(servers: readonly { readonly depthAtEnd: number }[]): number[] {
  const total = servers.reduce((sum, { depthAtEnd }) => sum + depthAtEnd, 0);
  return servers.map(({ depthAtEnd }) => (depthAtEnd * servers.length) / total);
}

function variant(label: string, life: Distribution): Variant {
  const warmupMs = 60_000;
  return {
    label,
    scenario: {
      name: `websocket, ${label}`,
      warmupMs,
      durationMs: warmupMs + SERVERS * RESTART_EVERY_MS + 900_000,
      traffic: {
        kind: "closed",
        users: USERS,
        // How long a client waits before it reconnects.
        think: { kind: "exponential", mean: 2_000 },
        rampMs: 30_000,
      },
      service: life,
      // A connection keeps no worker busy, so there are as many workers as there may be connections.
      servers: [{ count: SERVERS, workers: 1_000_000 }],
      faults: [
        {
          kind: "rolling-restart",
          atMs: warmupMs,
          everyMs: RESTART_EVERY_MS,
          drainMs: 1_000,
          downMs: 20_000,
        },
      ],
    },
  };
}

export const websocket: Study = {
  id: "S12",
  name: "websocket",
  title: "20 000 connections through a rolling restart of ten servers",
  question:
    "How uneven does a restart leave the servers, and what does a greatest age of connections mend?",
  candidates: [CANDIDATES.roundRobin, CANDIDATES.random2, CANDIDATES.leastConn],
  metrics: [FULLEST, EMPTIEST, PEAK],
  variants: () => [
    variant("connections stay for ever", FOREVER),
    variant("about an hour each", { kind: "exponential", mean: 3_600_000 }),
    variant("at most 10 min ± 10 %", MAX_AGE),
    variant("about an hour, at most 10 min ± 10 %", {
      kind: "lesser",
      of: { kind: "exponential", mean: 3_600_000 },
      and: MAX_AGE,
    }),
  ],
};
