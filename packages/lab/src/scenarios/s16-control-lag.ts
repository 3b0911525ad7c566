// S16: after a crash, the balancers react only after the health check's interval, the required failures, the check's
// timeout, and the lag of the verdict. How many requests fail until then?
//
// The balancer's own rule decides when checks are made and how many results change a verdict. The lag exists only in
// the laboratory: in Tandem a verdict holds for all threads at once. The second try after a late attempt ("hang, one
// retry") is also not Tandem's default: Tandem makes such a try only with `hedge`.
import type { CrashMode } from "../sim/fault.ts";
import { CANDIDATES, METRICS, type Metric, type Study, type Variant } from "./study.ts";

const LOST: Metric = {
  name: "requests lost per crash",
  unit: "",
  better: "lower",
  of: ({ counts }) => counts.failed + counts.timeout + counts.rejected,
};

function variant(mode: CrashMode, lagMs: number, retries: boolean): Variant {
  return {
    label: `${mode}, news after ${lagMs / 1000} s${retries ? ", one retry" : ""}`,
    x: lagMs / 1000,
    scenario: {
      name: `control lag, ${mode}`,
      warmupMs: 5_000,
      durationMs: 60_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_000 } },
      service: { kind: "exponential", mean: 5 },
      servers: [{ count: 10 }],
      balancers: { count: 4 },
      network: { probeRttMs: 1 },
      client: {
        timeoutMs: 2_500,
        attemptTimeoutMs: 1_000,
        ...(retries && { retries: { max: 1, budget: true } }),
      },
      health: { intervalMs: 2_000, timeoutMs: 1_000, rise: 2, fall: 3, lagMs },
      faults: [{ kind: "crash", mode, servers: [3], atMs: 20_000, forMs: 20_000 }],
    },
  };
}

export const controlLag: Study = {
  id: "S16",
  name: "control-lag",
  title: "A server crashes; health checks every 2 s, three failures, news after 0 to 5 s",
  question: "How many requests does one crash cost?",
  axis: "lag, s",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.prequal,
  ],
  metrics: [LOST, METRICS.errors, METRICS.waited999],
  variants: () => [
    ...(["refuse", "hang"] as const).flatMap((mode) =>
      [0, 1_000, 5_000].map((lagMs) => variant(mode, lagMs, false)),
    ),
    variant("refuse", 1_000, true),
    variant("hang", 1_000, true),
  ],
};
