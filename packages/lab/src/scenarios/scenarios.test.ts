// Tests that every study runs: each variant, shortened, with each of its candidates. Also tests figures of the scenario
// pack that are known exactly.
import t from "tap";
import { simulate } from "../sim/simulation.ts";
import { runStudy } from "./run-study.ts";
import { madeUpTrace, traceScenario } from "./s17-trace.ts";
import { churn, STUDIES } from "./scenarios.ts";
import type { Study } from "./study.ts";

/** Returns the study with every variant cut to a very short run. */
const shortened = (study: Study): Study => ({
  ...study,
  variants: (full) =>
    study.variants(full).map((variant) => ({
      ...variant,
      scenario: { ...variant.scenario, warmupMs: 0, durationMs: 20, drainMs: 1 },
    })),
});

t.test("the pack is whole and every study runs", async (t) => {
  const ids = [...STUDIES.map(({ id }) => id), churn.id];
  t.same(new Set(ids), new Set(Array.from({ length: 17 }, (_, i) => `S${i + 1}`)));
  for (const study of STUDIES) {
    const [variant] = study.variants(false);
    t.strictSame(JSON.parse(JSON.stringify(variant)), variant, "survives JSON");
    let rows = 0;
    for (const { result, metrics } of runStudy(shortened(study), { seeds: [1] })) {
      rows++;
      if (metrics.length !== study.metrics.length) t.fail(`${study.id}: metrics are missing`);
      if (result.events === 0) t.fail(`${study.id}: nothing happened`);
    }
    t.ok(rows >= study.candidates.length, `${study.id}: ${rows} rows`);
  }
});

t.test("S14: minimal movers are minimal", async (t) => {
  for (const { method, change, extra } of churn.rows()) {
    const minimal =
      ["ring", "rendezvous"].includes(method) || (method === "jump" && /last|added/.test(change));
    if (minimal) t.equal(extra, 0, `${method}, ${change}`);
    else t.ok(extra > 0, `${method}, ${change}: ${extra}`);
  }
});

t.test(
  "S12: after a rolling restart, to the third digit what can be computed by hand",
  async (t) => {
    const websocket = STUDIES.find(({ id }) => id === "S12");
    const scenario = websocket?.variants(false)[0]?.scenario;
    if (scenario === undefined) return t.fail("no S12");
    const ends = (algorithm: string) => {
      const { servers } = simulate(scenario, { algorithm });
      return servers.map(({ depthAtEnd }) => (depthAtEnd / 2_000).toFixed(2));
    };
    // When server k restarts, the other nine servers take equal parts of its connections. At the end the first servers
    // have 1.76, 1.63 … times a fair share of the connections, and the last server has none.
    const robin: number[] = Array(10).fill(1);
    for (let k = 0; k < 10; k++) {
      const broken = robin[k] ?? 0;
      robin[k] = 0;
      for (let other = 0; other < 10; other++)
        if (other !== k) robin[other] = (robin[other] ?? 0) + broken / 9;
    }
    const found = ends("round-robin").map(Number);
    t.ok(
      robin.every((share, k) => Math.abs(share - (found[k] ?? 0)) < 0.02),
      `${found} for ${robin}`,
    );
    t.same(ends("least-conn").sort().slice(1), Array(9).fill("1.11"));
  },
);

t.test("S17: a trace is replayed as it was", async (t) => {
  const made = madeUpTrace();
  const result = simulate(traceScenario(made, { speed: 2, servers: 16 }), {
    algorithm: "least-conn",
  });
  t.equal(result.counts.ok, made.timesMs.length);
  const work = made.demandsMs.reduce((sum, demand) => sum + demand, 0);
  const worked =
    result.servers.reduce((sum, { utilization }) => sum + utilization, 0) * result.simulatedMs;
  t.ok(Math.abs(worked / work - 1) < 1e-6);
});
