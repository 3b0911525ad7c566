// The first argument of createBalancer: the `balancer` section of tandem.yaml as an object. The object is checked by
// the schema and rules of tandem.yaml, with the same error messages.
import { type BalancerConfig, ConfigError, type ConfigInput, parseConfig } from "@tandem/config";

type Section = NonNullable<ConfigInput["balancer"]>;

/** The keys of the `balancer` section (docs/configuration.md), without the keys that concern the whole process. */
export type BalancerOptions = Omit<Section, "threads" | "admin">;

/**
 * The name that error reports use for the options. The line numbers in these reports refer to the options written as
 * JSON.
 */
const SUBJECT = "options of createBalancer";
const OF_THE_PROCESS = {
  threads: "a library runs in the thread that made it; leave 'threads' out",
  admin: "a library opens no page of its own; leave 'admin' out and use status()",
} as const;

/** Returns the checked configuration. Throws a ConfigError that names every problem. */
export function readOptions(options: BalancerOptions): BalancerConfig {
  const given: unknown = options;
  if (typeof given === "object" && given !== null) {
    for (const [key, message] of Object.entries(OF_THE_PROCESS)) {
      if (Object.hasOwn(given, key)) throw misplaced(key, message);
    }
  }
  const tree = { site: "localhost", balancer: options ?? null };
  // The options are parsed as YAML, because JSON is YAML too. In a YAML file `${…}` is a variable, but in a program's
  // options it is text, so each `${` is escaped.
  const literal = (_: string, value: unknown) =>
    typeof value === "string" ? value.replaceAll("${", () => "$${") : value;
  const { balancer } = parseConfig(JSON.stringify(tree, literal, 2), SUBJECT, { env: {} });
  if (balancer === undefined) throw new TypeError("createBalancer wants an object of options");
  return balancer;
}

function misplaced(key: string, message: string): ConfigError {
  const place = { file: SUBJECT, line: 1, column: 1, width: 1, source: "" };
  const docs = "docs/library.md#options";
  return new ConfigError([{ ...place, path: `balancer.${key}`, message, docs }]);
}
