// `tandem lab list`: lists the studies (scenarios), the checks and the algorithms.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { CHECKS } from "../checks/checks.ts";
import { ALGORITHMS, YARDSTICKS } from "../sim/algorithms.ts";
import { ALL_STUDIES } from "./find-study.ts";
import { loadOwnFiles } from "./own-files.ts";
import { examples, print, printJson, table } from "./terminal.ts";

export function listCommand(): Command {
  return new Command("list")
    .description("scenarios, checks and algorithms")
    .addHelpText("before", examples(["list", "what there is"], ["list --json", "for a script"]))
    .option("--algorithms <files...>", "files of your own, which are listed too")
    .option("--json", "report as JSON")
    .action(list);
}

interface ListOptions {
  readonly algorithms?: readonly string[];
  readonly json?: boolean;
}

async function list({ algorithms, json }: ListOptions): Promise<void> {
  await loadOwnFiles(algorithms);
  if (json) {
    printJson({
      scenarios: ALL_STUDIES.map((study) => ({
        id: study.id,
        name: study.name,
        title: study.title,
        question: study.question,
        candidates: "candidates" in study ? study.candidates.map(({ label }) => label) : [],
      })),
      checks: CHECKS.map(({ id, title, source, slow }) => ({
        id,
        title,
        source,
        slow: slow === true,
      })),
      algorithms: ALGORITHMS.map((name) => ({ name, yardstick: YARDSTICKS.includes(name) })),
    });
    return;
  }
  const { bold, dim } = palette();
  const served = ALGORITHMS.filter((name) => !YARDSTICKS.includes(name));
  print(
    [
      bold("Scenarios") + dim("   tandem lab run S4"),
      ...table(ALL_STUDIES.map(({ id, name, question }) => [`  ${id}`, name, question])),
      "",
      bold("Checks") + dim("      tandem lab check --only E1"),
      ...table(
        CHECKS.map(({ id, title, slow }) => [`  ${id}`, title + (slow ? dim(" (slow)") : "")]),
      ),
      "",
      bold("Algorithms") + dim("  tandem lab run S4 --algorithms round-robin peak-ewma:draws=2"),
      `  ${served.join(", ")}`,
      dim(`  only here, to measure by: ${YARDSTICKS.join(", ")}`),
    ].join("\n"),
  );
}
