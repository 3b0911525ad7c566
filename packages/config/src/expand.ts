// Expands variables in scalar values: ${NAME}, ${NAME:-default}, and $${ for a literal ${. Variables are expanded
// after the YAML is parsed, so a value can never add keys or lines to the file.
import { visit } from "yaml";
import { type Path, pathOf, type YamlSource } from "./document.ts";

/** A variable that could not be expanded, and the path of the value that names it. */
export interface ExpansionFault {
  readonly path: Path;
  readonly message: string;
}

export interface Expansion {
  readonly faults: readonly ExpansionFault[];
  /** Scalars whose value came from a variable. Reports show these scalars as they are written in the file. */
  readonly expanded: ReadonlySet<unknown>;
}

export interface Variables {
  readonly box?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MALFORMED = `found '\${', expected \${NAME} or \${NAME:-default}; a literal '\${' is '$\${'`;
const VARIABLE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/** Expands the variables of every scalar value in place. */
export function expandVariables(source: YamlSource, variables: Variables): Expansion {
  const faults: ExpansionFault[] = [];
  const expanded = new Set<unknown>();
  visit(source.document, {
    Scalar(role, node, ancestors) {
      if (role === "key" || typeof node.value !== "string" || !node.value.includes("${")) return;
      const { text, problems } = expandText(node.value, variables);
      for (const message of problems) faults.push({ path: pathOf(ancestors, node), message });
      if (text === node.value) return;
      expanded.add(node);
      node.value = node.type === "PLAIN" ? typed(text) : text;
    },
  });
  return { faults, expanded };
}

function expandText(text: string, { box, env }: Variables) {
  const problems: string[] = [];
  const result = text.replace(
    VARIABLE,
    (whole: string, name: string | undefined, fallback: string | undefined) => {
      if (whole === "$${") return "${";
      if (name === undefined) {
        problems.push(MALFORMED);
        return whole;
      }
      const value = name === "BOX" ? box : env[name];
      // As in the shell, an empty variable counts as unset when the reference has a default.
      if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
      if (value !== undefined) return value;
      if (name !== "BOX")
        problems.push(
          `the environment variable ${name} is not set; set it, or give a default: \${${name}:-default}`,
        );
      return whole;
    },
  );
  return { text: result, problems };
}

/**
 * Gives an unquoted value the type that YAML would have given it: `8080` becomes a number. Quoted
 * values are not passed to this function and stay text.
 */
function typed(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text !== "" && String(number) === text && Number.isFinite(number) ? number : text;
}
