// Draws the figures of docs/algorithms that do not belong to a study of `tandem lab list`:
//   node packages/lab/bin/document-figures.ts scorecard-two weights --out docs/images/lab
// Writes each figure as SVG and CSV, with a file of its inputs, as `tandem lab run --out` does. The seeds are always
// the same.
import { join } from "node:path";
import { Argument, Command } from "commander";
import { provenance } from "../src/cli/provenance.ts";
import { refuseUnwritable, saveAll } from "../src/cli/save.ts";
import { DOCUMENT_FIGURES } from "../src/documents/document-figures.ts";
import { csvOf, svgOf } from "../src/figures/figure.ts";

const names = DOCUMENT_FIGURES.map(({ name }) => name);
const program = new Command("document-figures")
  .description("draws figures of docs/algorithms; all of them unless some are named")
  .addArgument(new Argument("[figures...]").choices(names))
  .requiredOption("--out <folder>", "write figures there")
  .parse();

const { out } = program.opts<{ out: string }>();
const wanted = program.args.length === 0 ? names : program.args;
refuseUnwritable(out);
const origin = provenance();
for (const { name, seeds: count, make } of DOCUMENT_FIGURES) {
  if (!wanted.includes(name)) continue;
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  const { figure, from } = make(seeds);
  const made = { figure: name, title: figure.question, ...origin, seeds, from };
  const path = (ending: string) => join(out, `${name}.${ending}`);
  saveAll([
    { path: path("svg"), text: svgOf(figure) },
    { path: path("csv"), text: csvOf(figure) },
    { path: path("json"), text: `${JSON.stringify(made, null, 2)}\n` },
  ]);
  console.log(`wrote ${path("svg")}`);
}
