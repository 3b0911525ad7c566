// Checks that the committed files that are generated from the schema of scenarios are equal to what it generates now, that
// the reports' links lead to sections of the reference, and that the examples of the reference run.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { scenarioJsonSchema, scenarioReference } from "../src/generated.ts";
import { STUDIES } from "../src/index.ts";
import { candidateFindings, scenarioFindings } from "../src/schema/check.ts";
import { startLab } from "./support/command.ts";

const root = join(import.meta.dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const REMAKE = "run: node scripts/generate.ts";
const PAGE = "docs/lab/scenarios.md";

t.test("the JSON Schema for editors is current", async (t) => {
  const made = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
  t.equal(read("packages/lab/scenario.schema.json"), made, REMAKE);
});

t.test("the reference is current, and every link into it has its heading", async (t) => {
  const made = scenarioReference();
  t.equal(read(PAGE), made, REMAKE);
  const headings = new Set(
    [...made.matchAll(/^## (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(" ", "-"),
    ),
  );
  const links = [...made.matchAll(/\]\(#([^)]*)\)/g)];
  const reports = globSync(join(import.meta.dirname, "broken/*.txt")).flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/see docs\/lab\/scenarios\.md#(\S+)$/gm),
  ]);
  t.ok(links.length > 20 && reports.length > 40);
  for (const [, anchor = ""] of [...links, ...reports]) t.ok(headings.has(anchor), `#${anchor}`);
});

t.test("the laboratory's own scenarios and algorithms are right", async (t) => {
  for (const { id, candidates, variants } of STUDIES)
    for (const { scenario, label, only } of variants(true)) {
      t.strictSame(scenarioFindings(scenario), [], `${id} ${label}`);
      for (const candidate of candidates)
        if (only?.includes(candidate.label) ?? true)
          t.strictSame(candidateFindings(candidate, scenario), [], `${id} ${candidate.label}`);
    }
});

t.test("the examples of the page run as they are shown", async (t) => {
  const folder = t.testdir();
  const [one = "", several = "", withSchema = ""] = [
    ...read(PAGE).matchAll(/```json\n(.*?)```/gs),
  ].map(([, text = ""]) => text);
  for (const [name, text] of Object.entries({ mine: one, boxes: several, schema: withSchema }))
    writeFileSync(join(folder, `${name}.json`), text);
  const shown = [...read(PAGE).matchAll(/^tandem lab (.*)$/gm)].map(([, line = ""]) =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ""),
  );
  t.ok(shown.length >= 3);
  for (const words of [...shown, ["run", "boxes.json"], ["run", "schema.json"]]) {
    const { code, stderr } = await startLab([...words, "--seeds", "1"], { cwd: folder, bare: true })
      .outcome;
    t.equal(code, 0, `${words.join(" ")}\n${stderr}`);
  }
});
