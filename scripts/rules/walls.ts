// Which package may import which, as in the table of docs/architecture.md. The `exports` in each
// package.json already prevent imports of a package's inner files. This table says which entries
// of other packages may be imported.
import { posix } from "node:path";

/**
 * The entries that each package or top-level folder may import. A package may always import itself.
 */
const WALLS: Readonly<Record<string, readonly string[] | "anything">> = {
  "packages/http": [],
  "packages/algorithms": [],
  "packages/filters": ["@tandem/http"],
  "packages/config": ["@tandem/algorithms", "@tandem/filters"],
  "packages/telemetry": [],
  "packages/transport": ["@tandem/telemetry"],
  "packages/front": ["@tandem/http", "@tandem/config", "@tandem/transport", "@tandem/telemetry"],
  "packages/balancer": [
    "@tandem/algorithms",
    "@tandem/filters",
    "@tandem/http",
    "@tandem/config",
    "@tandem/front",
    "@tandem/transport",
    "@tandem/telemetry",
  ],
  "packages/webserver": [
    "@tandem/http",
    "@tandem/config",
    "@tandem/front",
    "@tandem/transport",
    "@tandem/telemetry",
    "@tandem/balancer/backend",
  ],
  "packages/appserver": ["@tandem/config", "@tandem/transport", "@tandem/telemetry"],
  "packages/cluster": ["@tandem/config", "@tandem/transport", "@tandem/telemetry"],
  "packages/lab": "anything",
  benchmarks: "anything",
  distribution: "anything",
  examples: ["@tandem/appserver", "@tandem/balancer"],
  scripts: ["@tandem/config", "@tandem/lab/generated"],
  website: [],
};

/** Returns the package or top-level folder of a file: `packages/http`, `examples`, `scripts`. */
function partOf(file: string): string {
  const [top = "", name = ""] = file.split("/");
  return top === "packages" ? `packages/${name}` : top;
}

export function isTest(file: string): boolean {
  return (
    file.endsWith(".test.ts") || /^(?:packages\/[^/]+|benchmarks|distribution)\/test\//.test(file)
  );
}

/** Returns why `file` may not import `specifier`; undefined when it may. Paths are relative to the root. */
export function importFault(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return relativeFault(file, specifier);
  if (!specifier.startsWith("@tandem/")) return undefined;
  const [, name = "", ...rest] = specifier.split("/");
  if (rest[0] === "src")
    return `'${specifier}' reaches into a package; import what '@tandem/${name}' exports`;
  const part = partOf(file);
  if (part === `packages/${name}` || isTest(file)) return undefined;
  if (name === "lab" && !["benchmarks", "distribution", "scripts"].includes(part))
    return "nothing imports the laboratory";
  const allowed = WALLS[part];
  if (allowed === undefined) return `'${part}' has no row in scripts/rules/walls.ts`;
  if (allowed === "anything") return undefined;
  if (allowed.some((entry) => specifier === entry || specifier.startsWith(`${entry}/`)))
    return undefined;
  const list = allowed.length === 0 ? "nothing of ours" : allowed.join(", ");
  return `'${part}' may not import '${specifier}'; it may import ${list}`;
}

function relativeFault(file: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier);
  const [from, to] = [partOf(file), partOf(target)];
  return from === to
    ? undefined
    : `'${specifier}' leaves '${from}'; import '${to}' by its package name`;
}
