// Tests how finely a run is measured by default, above all a run that is short beside the time its requests may still take.
import t from "tap";
import { excesses } from "../schema/work.ts";
import { measureTimes } from "./measure-times.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";

const scenario = (durationMs: number, drainMs: number, more: Partial<Scenario> = {}): Scenario => ({
  name: "a run",
  durationMs,
  drainMs,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 2_000 } },
  service: { kind: "exponential", mean: 1 },
  servers: [{ count: 4 }],
  ...more,
});

t.test("a run of a millisecond with a minute to end takes few samples", async (t) => {
  const run = scenario(1, 60_000);
  t.same(measureTimes(run), { seriesMs: 60_001 / 1_200, sampleMs: 60_001 / 12_000 });
  const { events, series } = simulate(run, { algorithm: "least-conn" });
  t.ok(events < 20_000, `${events} events`);
  t.ok(series.rows.length >= 1_199 && series.rows.length <= 1_200, `${series.rows.length} rows`);
});

t.test("a longer run is measured by its own length", async (t) => {
  t.same(measureTimes(scenario(6_000, 60_000)), { seriesMs: 100, sampleMs: 10 });
  t.same(measureTimes(scenario(600_000, 60_000)), { seriesMs: 1_000, sampleMs: 100 });
});

t.test("what the scenario says holds", async (t) => {
  t.same(measureTimes(scenario(1, 60_000, { measure: { seriesMs: 5 } })), {
    seriesMs: 5,
    sampleMs: 0.5,
  });
  t.same(measureTimes(scenario(1, 60_000, { measure: { sampleMs: 7 } })).sampleMs, 7);
});

t.test("what is sampled after the last arrival counts as work, too", async (t) => {
  const found = excesses(scenario(1, 60_000, { measure: { seriesMs: 0.001 } }));
  t.match(found, [{ path: ["measure", "seriesMs"], message: /: 240,004,000, expected at most/ }]);
  t.same(excesses(scenario(1, 60_000)), []);
});
