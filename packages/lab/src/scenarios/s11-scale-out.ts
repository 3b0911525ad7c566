// S11: an eleventh server joins while it is cold: five times slower at first, at full speed after half a minute.
import { CANDIDATES, METRICS, type Metric, type Study, type Variant } from "./study.ts";

const JOINS_MS = 30_000;

const NEWCOMER: Metric = {
  name: "share of the newcomer in its first 10 s",
  unit: "%",
  better: "neither",
  of: ({ series }) => {
    const rows = series.picks.filter((_, i) => {
      const atMs = (i + 1) * series.intervalMs;
      return atMs > JOINS_MS && atMs <= JOINS_MS + 10_000;
    });
    const sum = (of: (row: Uint32Array) => number) =>
      rows.reduce((total, row) => total + of(row), 0);
    const all = sum((row) => row.reduce((total, picks) => total + picks, 0));
    return (100 * sum((row) => row.at(-1) ?? 0)) / all;
  },
};

function variant(label: string, windowMs: number, aggression: number): Variant {
  return {
    label,
    x: windowMs / 1000,
    scenario: {
      name: `scale-out, ${label}`,
      // The measured time is the first minute of the new server.
      warmupMs: JOINS_MS,
      durationMs: JOINS_MS + 60_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 800 } },
      service: { kind: "exponential", mean: 10 },
      servers: [{ count: 10 }, { count: 1, joinsAtMs: JOINS_MS }],
      network: { probeRttMs: 1 },
      slowStart: { windowMs, curve: "aggression", aggression, minimum: 0.1 },
      faults: [{ kind: "cold-start", servers: [10], atMs: JOINS_MS, factor: 5, decayMs: 30_000 }],
    },
  };
}

export const scaleOut: Study = {
  id: "S11",
  name: "scale-out",
  title: "A cold server joins ten warm ones",
  question: "How bad is the newcomer's first minute, and which slow start is right?",
  axis: "slow start window, s",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.leastTime,
    CANDIDATES.prequal,
  ],
  metrics: [METRICS.p99, METRICS.p999, NEWCOMER],
  variants: () => [
    variant("no slow start", 0, 1),
    variant("30 s, linear", 30_000, 1),
    variant("60 s, linear", 60_000, 1),
    variant("60 s, aggression 2", 60_000, 2),
    variant("60 s, aggression .5", 60_000, 0.5),
  ],
};
