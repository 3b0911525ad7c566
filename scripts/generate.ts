// Writes the files that are generated from the schema of tandem.yaml and from that of the laboratory's scenarios: a JSON
// Schema for editors and a reference of each. A test fails when one of these files is out of date.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configJsonSchema, configReference } from "@tandem/config";
import { scenarioJsonSchema, scenarioReference } from "@tandem/lab/generated";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = {
  "packages/config/tandem.schema.json": `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  "docs/configuration.md": configReference(),
  "packages/lab/scenario.schema.json": `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`,
  "docs/lab/scenarios.md": scenarioReference(),
};
for (const [file, text] of Object.entries(files)) {
  writeFileSync(join(root, file), text);
  console.log(`wrote ${file}`);
}
