// tandem check: reports every fault of the configuration files, and of the files that they name, before anything
// starts.

import {
  ConfigError,
  type ConfigProblem,
  type Finding,
  formatProblems,
  loadConfig,
  placeFindings,
} from "@tandem/config";
import { colored } from "@tandem/telemetry/colors";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { certificateFindings } from "../certificates/findings.ts";
import { tierFindings } from "../check-tiers.ts";
import type { Executables } from "../executables.ts";
import { EXIT, exitCodeLine } from "../refusal.ts";
import { assignments, boxesOf } from "../topology.ts";
import { examples, siteFile } from "./options.ts";
import { print, printJson, say } from "./terminal.ts";

interface CheckOptions {
  readonly json?: boolean;
  readonly box?: string;
  /**
   * Whether the files that the configuration names are checked too. False = only the configuration files themselves
   * are read.
   */
  readonly files: boolean;
}

interface Verdict {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly ConfigProblem[];
  /** Problems that stop nothing today, such as a certificate that expires soon. */
  readonly warnings: readonly ConfigProblem[];
}

export function checkCommand(executables: Executables): Command {
  return new Command("check")
    .description("validate configuration files, and every file they name that a start would open")
    .addHelpText(
      "before",
      examples(
        ["check", "is ./tandem.yaml right?"],
        ["check --box box1 site.yaml", "on the machine that is box1, before a start"],
        ["check --no-files --json site.yaml", "for an editor or a pipeline"],
      ),
    )
    .argument(
      "[files...]",
      "files to validate (default: the nearest tandem.yaml upwards, then /etc/tandem/tandem.yaml)",
    )
    .option("--box <name>", "open only the files of this box (default: those of all boxes)")
    .option(
      "--no-files",
      "open no file that the configuration names, for a machine without the certificates",
    )
    .option("--json", "report as JSON")
    .addHelpText(
      "after",
      `\nCertificates and keys, static folders, secrets, the application and its database are opened; ports are not.${exitCodeLine("check")}`,
    )
    .action(async (named: readonly string[], options: CheckOptions) => {
      const files = named.length === 0 ? [siteFile()] : named;
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(await judge(file, options, executables));
      const bad = verdicts.filter(({ ok }) => !ok);
      if (options.json) printJson(verdicts);
      else describe(verdicts, bad);
      if (bad.length > 0) process.exitCode = EXIT.config;
    });
}

/** Checks a configuration file for every box that reads it. A problem that several boxes share is reported once. */
async function judge(
  file: string,
  options: CheckOptions,
  executables: Executables,
): Promise<Verdict> {
  try {
    const config = loadConfig(file);
    const all = Object.keys(config.cluster.boxes);
    for (const box of all) loadConfig(file, { box });
    if (!options.files) return { file, ok: true, problems: [], warnings: [] };
    const found = await Promise.all(
      boxesOf(config, file, options.box).map((box) => openFiles(file, box, executables)),
    );
    const problems = once(found.flatMap((one) => one.problems));
    const warnings = once(found.flatMap((one) => one.warnings));
    return { file, ok: problems.length === 0, problems, warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { file, ok: false, problems: error.problems, warnings: [] };
  }
}

/** Returns the faults that stop a start of `box`, and the problems that a start would warn of. */
async function openFiles(
  file: string,
  box: string,
  executables: Executables,
): Promise<Pick<Verdict, "problems" | "warnings">> {
  const config = loadConfig(file, { box });
  const { faults, warnings } = certificateFindings(config, box, systemClock.wall());
  const tiers = await tierFindings(file, assignments(config, [box]), {
    ...{ executables, clock: systemClock },
  });
  // A tier stops at the first certificate that it cannot use, and reports it. All certificates were checked here
  // already, so when a certificate is faulty, the tier's messages about TLS are left out as repetitions.
  const others = tiers.filter((finding) => faults.length === 0 || !isAboutTls(finding));
  const placed = (findings: readonly Finding[]) => placeFindings(file, findings, { box });
  return { problems: placed([...faults, ...others]), warnings: placed(warnings) };
}

const isAboutTls = ({ path, message }: Finding): boolean =>
  path.includes("tls") || path.includes("clientCertificates") || message.startsWith("tls.");

/**
 * Returns each problem once, in the order of the file. Boxes share most of the files that a configuration names, so
 * the same problem is found for several boxes.
 */
function once(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const told = new Set<string>();
  return problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter(({ line, message }) => {
      const key = `${line} ${message}`;
      return !told.has(key) && told.add(key);
    });
}

function describe(verdicts: readonly Verdict[], bad: readonly Verdict[]): void {
  const color = colored(process.stderr);
  for (const { file, ok, problems, warnings } of verdicts) {
    if (ok) print(`${file}: valid`);
    else say(`${formatProblems(problems, { color })}\n`);
    if (warnings.length > 0) say(`${formatProblems(warnings, { color, noun: "warning" })}\n`);
  }
  if (bad.length > 0 && verdicts.length > 1)
    say(`${bad.length} of ${verdicts.length} files are not valid`);
}
