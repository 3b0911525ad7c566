// S15: three zones of equal capacity, with most clients in the first zone. A request that stays in its zone avoids the
// longer round trip and the price of traffic between zones. The gain ends when the servers of that zone are full.
import { CANDIDATES, METRICS, type Metric, type Study, type Variant } from "./study.ts";

const ACROSS: Metric = {
  name: "sent to another zone",
  unit: "%",
  better: "lower",
  of: ({ acrossZones, arrived }) => (100 * acrossZones) / arrived,
};

function variant(load: number, preference: "first" | "aware" | undefined): Variant {
  const named = { first: "home first", aware: "home as far as it can", none: "zones ignored" };
  return {
    label: `load ${load}, ${named[preference ?? "none"]}`,
    scenario: {
      name: `zones, ${named[preference ?? "none"]}`,
      warmupMs: 5_000,
      durationMs: 45_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 30 * 100 * load } },
      service: { kind: "exponential", mean: 10 },
      servers: [0, 1, 2].map((zone) => ({ count: 10, zone })),
      balancers: {
        count: 3,
        zones: [0, 1, 2],
        shares: [0.6, 0.2, 0.2],
        ...(preference && { zonePreference: preference }),
      },
      network: { rttMs: 0.2, crossZoneMs: 1 },
    },
  };
}

export const zones: Study = {
  id: "S15",
  name: "zones",
  title: "Three equal zones, 60/20/20 of the clients, a millisecond between zones",
  question: "What does staying at home cost in latency, and how much traffic does it save?",
  candidates: [CANDIDATES.roundRobin, CANDIDATES.random2, CANDIDATES.leastConn],
  metrics: [METRICS.p99, ACROSS, METRICS.mean, METRICS.p50],
  variants: () =>
    [0.4, 0.5].flatMap((load) => [
      variant(load, undefined),
      variant(load, "aware"),
      variant(load, "first"),
    ]),
};
