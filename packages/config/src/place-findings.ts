// Findings of others, such as about the files a configuration names, as problems with their place in it.
import { readFileSync } from "node:fs";
import { YamlSource } from "./document.ts";
import { expandVariables } from "./expand.ts";
import type { Finding } from "./explain.ts";
import type { LoadOptions } from "./load.ts";
import type { ConfigProblem } from "./problem.ts";
import { Reporter } from "./reports.ts";
import { config as schema } from "./schema/config.ts";

/** What was found about a file that has been loaded, in its order. Secrets are hidden from the lines quoted. */
export function placeFindings(
  file: string,
  findings: readonly Finding[],
  { box, env = process.env }: LoadOptions = {},
): readonly ConfigProblem[] {
  const source = new YamlSource(readFileSync(file, "utf8"));
  const { expanded } = expandVariables(source, { box, env });
  const reporter = new Reporter(source, file, schema, expanded);
  reporter.maskSecrets();
  return findings
    .map((finding) => reporter.problem(finding))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}
