// Generates docs/configuration.md from the schema: a table for each mapping whose schema has a title. Throws when a
// key has no description, because that is a bug.
import type { z } from "zod";
import { INTRODUCTION } from "./reference-text.ts";
import { config } from "./schema/config.ts";
import {
  allowedValues,
  anchor,
  describe,
  mappingIn,
  metaOf,
  titleOf as titleOfAny,
  unwrap,
} from "./shape.ts";

type Schema = z.core.$ZodType;

interface Section {
  readonly title: string;
  readonly schema: Schema;
  /** Every path at which the mapping may stand. */
  readonly paths: string[];
}

/** Returns the whole page as Markdown. */
export function configReference(): string {
  const sections = sectionsOf(config);
  return [INTRODUCTION, ...sections.map(renderSection)].join("\n");
}

/** Returns a section for each mapping whose schema has a title, in the order of the schema. */
function sectionsOf(root: Schema): Section[] {
  const sections = new Map<string, Section>();
  const walk = (schema: Schema, path: string): void => {
    const def = mappingIn(schema)._zod.def;
    if (def.type === "record") walk(def.valueType, `${path}.NAME`);
    if (def.type === "array") walk(def.element, `${path}[]`);
    if (def.type !== "object") return;
    const title = path === "" ? "top level" : titleOf(schema);
    if (title !== undefined) {
      const known = sections.get(title);
      known?.paths.push(path);
      if (known === undefined) sections.set(title, { title, schema, paths: [path] });
    }
    for (const [key, value] of Object.entries(def.shape))
      walk(value, path === "" ? key : `${path}.${key}`);
  };
  walk(root, "");
  return [...sections.values()];
}

function renderSection({ title, schema, paths }: Section): string {
  const places = paths.filter((path) => path !== "").map((path) => `\`${path}\``);
  const at = places.length === 0 ? "" : ` At ${places.join(", ")}.`;
  return `## ${capital(title)}

${capital(metaOf(mappingIn(schema)).description ?? title)}.${at}

| key | type | default | meaning |
| --- | --- | --- | --- |
${rowsOf(schema, "").join("\n")}
`;
}

/**
 * Returns a row for each key. When a key's value is a mapping without a section of its own, the keys of that mapping
 * follow, with dotted names.
 */
function rowsOf(schema: Schema, prefix: string): string[] {
  const def = mappingIn(schema)._zod.def;
  if (def.type !== "object") return [];
  return Object.entries(def.shape).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const meaning = metaOf(value).description;
    if (meaning === undefined) throw new Error(`the schema does not say what '${path}' means`);
    const cells = [`\`${path}\``, typeOf(value), defaultOf(value), meaning];
    const row = `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    const listed = unwrap(value)._zod.def;
    const inner = listed.type === "array" ? listed.element : value;
    const dots = listed.type === "array" ? `${path}[].` : `${path}.`;
    return titleOf(inner) === undefined ? [row, ...rowsOf(inner, dots)] : [row];
  });
}

function typeOf(schema: Schema): string {
  const def = unwrap(schema)._zod.def;
  const title = titleOf(schema);
  const plain = def.type === "union" ? allowedValues(schema).map((value) => `\`${value}\``) : [];
  if (title !== undefined) return [...plain, `[${title}](#${anchor(title)})`].join(", ");
  if (def.type === "record")
    return def.valueType._zod.def.type === "unknown"
      ? "any keys"
      : `NAME: ${typeOf(def.valueType)}`;
  if (def.type === "array") return `list of ${typeOf(def.element)}`;
  if (def.type === "object") return "mapping";
  const values = allowedValues(schema);
  if (def.type === "boolean" || def.type === "union" || values.length === 0)
    return metaOf(schema).title ?? describe(schema);
  return values.map((value) => `\`${value}\``).join(", ");
}

function titleOf(schema: Schema): string | undefined {
  return mappingIn(schema)._zod.def.type === "object" ? titleOfAny(schema) : undefined;
}

function defaultOf(schema: Schema): string {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === "optional") return "";
  if (def.type !== "default" && def.type !== "prefault") return "**required**";
  const value = def.defaultValue;
  const empty = typeof value === "object" && Object.keys(value ?? {}).length === 0;
  if (empty) return "";
  return `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
