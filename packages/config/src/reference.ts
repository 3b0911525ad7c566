// Generates docs/configuration.md from the schema: a table for each mapping whose schema has a title. The man page
// tandem.yaml(5) is made of the same sections. Throws when a key has no description, because that is a bug.
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

/** A key of a section. Its texts are Markdown of one line. */
export interface ReferenceKey {
  /** The key, dotted where it is in a mapping without a section of its own. */
  readonly path: string;
  readonly type: string;
  /** The default, `**required**`, or empty. */
  readonly default: string;
  readonly meaning: string;
}

export interface ReferenceSection {
  readonly title: string;
  readonly meaning: string;
  /** Where the mapping may stand in the file. Empty for the top level. */
  readonly paths: readonly string[];
  readonly keys: readonly ReferenceKey[];
}

/** Returns the whole page as Markdown. */
export function configReference(): string {
  return [INTRODUCTION, ...configSections().map(renderSection)].join("\n");
}

/** Returns what stands above the sections, as Markdown. */
export const configIntroduction = (): string => INTRODUCTION;

/** Returns the sections in the order of the schema. */
export function configSections(): readonly ReferenceSection[] {
  return sectionsOf(config).map(({ title, schema, paths }) => ({
    title: capital(title),
    meaning: capital(metaOf(mappingIn(schema)).description ?? title),
    paths: paths.filter((path) => path !== ""),
    keys: keysOf(schema, ""),
  }));
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

function renderSection({ title, meaning, paths, keys }: ReferenceSection): string {
  const places = paths.map((path) => `\`${path}\``);
  const at = places.length === 0 ? "" : ` At ${places.join(", ")}.`;
  return `## ${title}

${meaning}.${at}

| key | type | default | meaning |
| --- | --- | --- | --- |
${keys.map(rowOf).join("\n")}
`;
}

function rowOf(key: ReferenceKey): string {
  const cells = [`\`${key.path}\``, key.type, key.default, key.meaning];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/**
 * Returns each key. When a key's value is a mapping without a section of its own, the keys of that mapping
 * follow, with dotted names.
 */
function keysOf(schema: Schema, prefix: string): ReferenceKey[] {
  const def = mappingIn(schema)._zod.def;
  if (def.type !== "object") return [];
  return Object.entries(def.shape).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const meaning = metaOf(value).description;
    if (meaning === undefined) throw new Error(`the schema does not say what '${path}' means`);
    const row = { path, type: typeOf(value), default: defaultOf(value), meaning };
    const listed = unwrap(value)._zod.def;
    const inner = listed.type === "array" ? listed.element : value;
    const dots = listed.type === "array" ? `${path}[].` : `${path}.`;
    return titleOf(inner) === undefined ? [row, ...keysOf(inner, dots)] : [row];
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
