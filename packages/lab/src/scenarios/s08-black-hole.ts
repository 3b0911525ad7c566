// S8: a server that answers every request with an error, at once. Such a server looks idle and fast, so an algorithm
// that looks at load or latency sends requests to it. When an algorithm chooses between two random servers of n, at
// most a share of 2/n of the requests fails. When failures count as load or latency, or when the failing server is left
// out, the failures end. Only the laboratory leaves a server out after failures in a row; Tandem does not have this
// remedy.
import { CANDIDATES, type Candidate, METRICS, type Study, type Variant } from "./study.ts";

const naive = (label: string, algorithm: string): Candidate => ({
  label: `${label}, failures forgotten`,
  algorithm,
  parameters: { failurePenalty: "0s" },
});

function variant(count: number, ejects: boolean, load: number, full: boolean): Variant {
  return {
    label: `1 of ${count}, load ${load}${ejects ? ", ejected after 5 failures" : ""}`,
    x: count,
    scenario: {
      name: `black hole, 1 of ${count}`,
      warmupMs: 5_000,
      durationMs: full ? 605_000 : 205_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: count * 10 * load } },
      service: { kind: "exponential", mean: 100 },
      servers: [{ count }],
      faults: [{ kind: "black-hole", servers: [0], latencyMs: 1 }],
      ...(ejects && {
        health: {
          intervalMs: 0,
          timeoutMs: 0,
          rise: 1,
          fall: 1,
          ejection: { failures: 5, ejectMs: 30_000 },
        },
      }),
    },
  };
}

export const blackHole: Study = {
  id: "S8",
  name: "black-hole",
  title: "One server answers 503 within a millisecond",
  question: "Which share of the requests does it swallow?",
  axis: "servers",
  candidates: [
    CANDIDATES.roundRobin,
    naive("random(2)", "random"),
    naive("least-conn", "least-conn"),
    naive("peak-ewma", "peak-ewma"),
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.leastTime,
  ],
  metrics: [METRICS.errors, METRICS.p99],
  variants: (full) => [
    variant(10, false, 0.5, full),
    variant(10, false, 0.8, full),
    variant(10, true, 0.5, full),
    variant(3, false, 0.5, full),
    variant(50, false, 0.5, full),
  ],
};
