// tandem check: says everything that is wrong with configuration files before anything starts.
import { ConfigError, type ConfigProblem, formatProblems, loadConfig } from "@tandem/config";
import { Command } from "commander";
import { EXIT } from "../refusal.ts";
import { examples } from "./options.ts";
import { colored, print, printJson, say } from "./terminal.ts";

interface Verdict {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly ConfigProblem[];
}

export function checkCommand(): Command {
  return new Command("check")
    .description("validate configuration files")
    .addHelpText(
      "before",
      examples(
        ["check", "is ./tandem.yaml right?"],
        ["check a.yaml b.yaml", "several files, one summary"],
        ["check --json site.yaml", "for an editor or a pipeline"],
      ),
    )
    .argument("[files...]", "files to validate", ["tandem.yaml"])
    .option("--json", "report as JSON")
    .addHelpText("after", "\nExit code: 0 all valid, 2 not.")
    .action((files: readonly string[], { json }: { json?: boolean }) => {
      const verdicts = files.map(judge);
      const bad = verdicts.filter(({ ok }) => !ok);
      if (json) printJson(verdicts);
      else describe(verdicts, bad);
      if (bad.length > 0) process.exitCode = EXIT.config;
    });
}

/** A file must be right for every box that will read it; a problem all boxes share is told once. */
function judge(file: string): Verdict {
  try {
    const { cluster } = loadConfig(file);
    for (const box of Object.keys(cluster.boxes)) loadConfig(file, { box });
    return { file, ok: true, problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { file, ok: false, problems: error.problems };
  }
}

function describe(verdicts: readonly Verdict[], bad: readonly Verdict[]): void {
  const color = colored(process.stderr);
  for (const { file, ok, problems } of verdicts) {
    if (ok) print(`${file}: valid`);
    else say(`${formatProblems(problems, { color })}\n`);
  }
  if (bad.length > 0 && verdicts.length > 1)
    say(`${bad.length} of ${verdicts.length} files are not valid`);
}
