// Loads a file. The result is a Config, or all problems of the file at once. The steps are: YAML, then variables,
// then the schema, then the rules between keys. A file with any problem yields no Config.
import type { z } from "zod";
import { readConfigText } from "./config-text.ts";
import { YamlSource } from "./document.ts";
import { expandVariables } from "./expand.ts";
import { explain, type Finding } from "./explain.ts";
import { withAbsolutePaths } from "./paths.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { prune } from "./prune.ts";
import { Reporter } from "./reports.ts";
import { type Config, config as schema } from "./schema/config.ts";
import { disagreements } from "./semantics.ts";
import { withSiteHosts } from "./site-hosts.ts";

export interface LoadOptions {
  /** The box that this process runs as. It is the value of `${BOX}`, and must be one of `cluster.boxes`. */
  readonly box?: string;
  /** The variables that the file may use; by default the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Reads and validates a configuration file. Throws a ConfigError that names all problems. */
export function loadConfig(file: string, options: LoadOptions = {}): Config {
  return parseConfig(readConfigText(file), file, options);
}

/**
 * Validates the text of a configuration file. `file` is the name shown in reports; relative paths start at its
 * folder.
 */
export function parseConfig(text: string, file: string, options: LoadOptions = {}): Config {
  const source = new YamlSource(text);
  const faults = source.faults();
  if (faults.length > 0) {
    const reporter = new Reporter(source, file, schema, new Set());
    throw new ConfigError(
      faults.map(({ message, place }) =>
        reporter.problem({ path: [], side: "value", message }, place),
      ),
    );
  }
  const expansion = expandVariables(source, {
    box: options.box,
    env: options.env ?? process.env,
  });
  const reporter = new Reporter(source, file, schema, expansion.expanded);
  reporter.maskSecrets();
  const unset = expansion.faults.map(({ path, message }) =>
    reporter.problem({ path, side: "value", message }),
  );
  const { config, findings } = validate(source, reporter, options);
  const unsetPaths = new Set(unset.map((problem) => problem.path));
  const problems = findings
    .map((finding) => reporter.problem(finding))
    // The schema also rejects a value whose variable could not be expanded. Only the variable is reported, because it
    // is the cause.
    .filter((problem) => !unsetPaths.has(problem.path));
  if (config === undefined || unset.length + problems.length > 0)
    throw new ConfigError(once(inFileOrder([...unset, ...problems])));
  return withSiteHosts(withAbsolutePaths(config, schema, file));
}

function validate(
  source: YamlSource,
  reporter: Reporter,
  options: LoadOptions,
): { config: Config | undefined; findings: Finding[] } {
  let data: unknown;
  try {
    data = source.values();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = "aliases repeat so many values that the file would fill the memory";
    return { config: undefined, findings: [{ path: [], side: "value", message }] };
  }
  const result = schema.safeParse(data, { reportInput: true });
  if (result.success)
    return {
      config: result.data,
      findings: disagreements(result.data, data, reporter, options.box),
    };
  const findings = causes(result.error.issues).flatMap((issue) => explain(issue, schema, reporter));
  // The valid parts of the file are still checked against the rules, so that one run shows every problem.
  const sound = prune(data, schema);
  if (sound !== undefined)
    findings.push(
      ...disagreements(sound.config, data, reporter, options.box).filter(
        ({ path }) => !sound.touches(path),
      ),
    );
  return { config: undefined, findings };
}

/**
 * Returns the issues that are likely causes. An issue about a whole mapping is left out when the
 * mapping has an unknown key, because that key is the likely cause. Where a plain value or a
 * mapping is accepted (`check: tcp`, `check: { … }`), the issues inside the mapping are returned.
 */
function causes(found: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const issues = found.flatMap(insideMapping);
  const misspelt = new Set(
    issues.filter(({ code }) => code === "unrecognized_keys").map(({ path }) => path.join("/")),
  );
  return issues.filter(({ code, path }) => code !== "custom" || !misspelt.has(path.join("/")));
}

function insideMapping(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const inner = issue.errors.find((option) =>
    option.some(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
  );
  return inner?.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) ?? [issue];
}

function inFileOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Drops repeated problems. A wrong value with an anchor is wrong at every alias, but is reported only once, at the
 * place where it is written.
 */
function once(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const told = new Set<string>();
  return problems.filter(({ line, column, message }) => {
    const key = `${line}:${column} ${message}`;
    return !told.has(key) && told.add(key);
  });
}
