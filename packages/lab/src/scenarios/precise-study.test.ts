// Runs a small study to a wanted precision.
import t from "tap";
import { type Precision, runPrecisely } from "./precise-study.ts";
import { runStudy } from "./run-study.ts";
import { CANDIDATES, METRICS, type Study } from "./study.ts";

const variant = (label: string, rate: number, durationMs: number) => ({
  label,
  scenario: {
    name: label,
    warmupMs: 100,
    durationMs,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
    service: { kind: "exponential", mean: 1 },
    servers: [{ count: 2 }],
    measure: { perServer: false },
  } as const,
});

const study: Study = {
  id: "own",
  name: "small",
  title: "two servers",
  question: "how long?",
  candidates: [CANDIDATES.roundRobin, CANDIDATES.random1],
  metrics: [METRICS.mean, METRICS.errors],
  variants: () => [variant("idle", 400, 1_500), variant("busy", 1_600, 400)],
};

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const run = (precision: Precision, of: Study = study) => runPrecisely(of, { seeds, precision });

t.test("the bound holds, and what would be needed is known", async (t) => {
  const { rows, precisions } = await run({ wanted: 0.001, most: 12, of: "means" });
  t.equal(precisions.length, 4);
  for (const { enough, count, needed, reach } of precisions) {
    t.match({ enough, count }, { enough: false, count: 12 });
    t.ok(needed > 100 && reach > 0.001);
  }
  for (const { metrics } of rows) t.equal(metrics[0]?.values.length, 12);
});

t.test("a metric without an interval asks for no more seeds", async (t) => {
  const none: Study = { ...study, metrics: [METRICS.errors] };
  const { precisions } = await run({ wanted: 0.01, most: 1_000, of: "means" }, none);
  for (const { enough, count, needed } of precisions)
    t.match({ enough, count, needed }, { enough: false, count: 10, needed: Number.NaN });
  const over: Study = { ...study, variants: () => [variant("over", 3_000, 300)] };
  const [unstable] = (await run({ wanted: 0.01, most: 1_000, of: "means" }, over)).precisions;
  t.match(unstable, { enough: false, count: 10 }, "an unstable run has no mean");
});

t.test("each variant gets as many seeds as it needs, and no more", async (t) => {
  const { rows, precisions } = await run({ wanted: 0.06, most: 1_000, of: "means" });
  t.ok(precisions.every(({ enough, reach }) => enough && reach <= 0.06));
  const counts = rows.map(({ metrics }) => metrics[0]?.values.length ?? 0);
  const [idle = 0, , busy = 0] = counts;
  t.ok(idle < busy && busy > 10, `${counts}`);
  t.equal(counts[0], counts[1], "both algorithms of a variant have the same seeds");
});

t.test("rows made in rounds are those of one run with all seeds", async (t) => {
  const { rows } = await run({ wanted: 0.05, most: 20, of: "differences" });
  for (const label of ["idle", "busy"]) {
    const own = rows.filter((row) => row.variant.label === label);
    const all = Array.from({ length: own[0]?.metrics[0]?.values.length ?? 0 }, (_, i) => i + 1);
    const one = {
      ...study,
      variants: () => study.variants(false).filter((v) => v.label === label),
    };
    const expected = [...runStudy(one, { seeds: all })];
    for (const [i, row] of own.entries()) {
      t.same(row.metrics, expected[i]?.metrics);
      t.same(row.comparison, expected[i]?.comparison);
      t.same(row.caveats, expected[i]?.caveats);
    }
  }
});
