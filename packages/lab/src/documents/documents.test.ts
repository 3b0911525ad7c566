// Tests the figures of docs/algorithms. A figure that uses no random numbers is in the repository exactly as the code
// computes it now. The other figures can be drawn completely, and every situation (row) of the scorecards runs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { csvOf, svgOf } from "../figures/figure.ts";
import { DOCUMENT_FIGURES } from "./document-figures.ts";
import { scenesOf, TWO } from "./scenes.ts";
import { CONTESTANTS, scoreScene } from "./score-scenes.ts";

const images = fileURLToPath(new URL("../../../../docs/images/lab/", import.meta.url));
const kept = (name: string) => readFileSync(join(images, name), "utf8");

t.test("rules are drawn as the balancer has them", async (t) => {
  const rules = DOCUMENT_FIGURES.filter(({ seeds }) => seeds === 0);
  t.equal(rules.length, 2);
  for (const { name, make } of rules) t.equal(csvOf(make([]).figure), kept(`${name}.csv`), name);
});

t.test("figures of one seed are whole", async (t) => {
  for (const { name, make } of DOCUMENT_FIGURES.filter(({ seeds }) => seeds === 1)) {
    const { figure, from } = make([1]);
    t.equal(figure.name, name);
    t.notMatch(svgOf(figure), /NaN|Infinity|undefined/, name);
    t.strictSame(JSON.parse(JSON.stringify(from)), from, "survives JSON");
  }
});

t.test("every scene of a scorecard runs and has a best", async (t) => {
  for (const scene of scenesOf(TWO)) {
    // Only the first 300 ms are simulated. With fewer than five seeds no difference would count as significant.
    const scenario = { ...scene.scenario, warmupMs: 0, durationMs: 300, drainMs: 0 };
    const scores = scoreScene({ ...scene, scenario }, [1, 2, 3, 4, 5]);
    t.equal(scores.length, CONTESTANTS.length);
    t.ok(scores.some(({ best }) => best) && scores.every(({ distance }) => distance <= 1));
  }
});
