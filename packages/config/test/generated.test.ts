// Checks that the committed files that are generated from the schema are equal to what the schema generates now.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ALGORITHMS } from "@tandem/algorithms";
import t from "tap";
import { configJsonSchema, configReference, parseConfig } from "../src/index.ts";
import { refuseTwoMeanings } from "../src/schema/algorithm-keys.ts";

const root = join(import.meta.dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const REMAKE = "run: node scripts/generate.ts";

t.test("the JSON Schema for editors is current", async (t) => {
  const made = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  t.equal(read("packages/config/tandem.schema.json"), made, REMAKE);
  t.match(configJsonSchema(), {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    additionalProperties: false,
    required: ["site"],
    properties: { balancer: { properties: { threads: { default: "auto" } } } },
  });
});

t.test("the reference is current, and every link in it has its heading", async (t) => {
  const made = configReference();
  t.equal(read("docs/configuration.md"), made, REMAKE);
  const headings = new Set(
    [...made.matchAll(/^## (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(" ", "-"),
    ),
  );
  for (const [, anchor = ""] of made.matchAll(/\]\(#([^)]*)\)/g))
    t.ok(headings.has(anchor), `#${anchor}`);
});

t.test("a key that two algorithms share has the same meaning for both", async (t) => {
  const { draws } = ALGORITHMS.random.options;
  const one = { owner: "random", option: draws } as const;
  const other = (change: object) => ({ owner: "first", option: { ...draws, ...change } }) as const;
  refuseTwoMeanings("draws", one, other({ default: 7 }));
  for (const change of [{ meaning: "cards" }, { values: { kind: "flag" } }, { tunes: "cards" }])
    t.throws(
      () => refuseTwoMeanings("draws", one, other(change)),
      /^balance\.draws does not mean the same for random and first; share it/,
    );
});

t.test("every section an error report points to exists", async (t) => {
  const text = readFileSync(join(import.meta.dirname, "broken/typo.yaml"), "utf8");
  t.throws(() => parseConfig(text, "f"), /see docs\/configuration\.md#/);
  const reports = ["typo", "boxes", "missing", "misplaced", "secrets", "units"];
  const made = configReference().toLowerCase().replaceAll(" ", "-");
  for (const report of reports)
    for (const [, anchor = ""] of read(`packages/config/test/broken/${report}.txt`).matchAll(
      /#(\S+)$/gm,
    ))
      t.ok(made.includes(`\n##-${anchor}\n`), `${report}: #${anchor}`);
});
