// Tests servers that are much faster than 1 in a run that is long: within the smallest step of the run's time such a server
// does more work than is left of a request, so the request has to end at once. Otherwise the run would never end.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";

const scenario = (speed: number, requests: number): Scenario => ({
  name: "a fast server",
  durationMs: 2 ** 31,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: (requests * 1000) / 2 ** 31 } },
  service: { kind: "exponential", mean: 20 },
  servers: [{ count: 1, speed, workers: 2 }],
  measure: { seriesMs: 2 ** 31, sampleMs: 2 ** 31 },
});

for (const speed of [20, 100, 10_000])
  t.test(`a server of speed ${speed} ends every request`, async (t) => {
    const { events, latency } = simulate(scenario(speed, 2_000), {
      algorithm: "round-robin",
    });
    t.ok(latency.count > 1_800, `${latency.count} requests`);
    t.ok(events < 3 * latency.count, `${events} events`);
    t.ok(latency.mean < 20, `${latency.mean} ms`);
  });
