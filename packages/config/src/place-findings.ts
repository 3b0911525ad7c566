// Turns findings of other packages (about the files that a configuration names, for example) into problems with a
// place in the configuration file.
import { readConfigText } from "./config-text.ts";
import { YamlSource } from "./document.ts";
import { expandVariables } from "./expand.ts";
import type { Finding } from "./explain.ts";
import type { LoadOptions } from "./load.ts";
import type { ConfigProblem } from "./problem.ts";
import { Reporter } from "./reports.ts";
import { config as schema } from "./schema/config.ts";

/**
 * Returns the findings about a loaded file as problems, in the order of the file. Secrets in the quoted lines are
 * hidden.
 */
export function placeFindings(
  file: string,
  findings: readonly Finding[],
  { box, env = process.env }: LoadOptions = {},
): readonly ConfigProblem[] {
  const source = new YamlSource(readConfigText(file));
  const { expanded } = expandVariables(source, { box, env });
  const reporter = new Reporter(source, file, schema, expanded);
  reporter.maskSecrets();
  return findings
    .map((finding) => reporter.problem(finding))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}
