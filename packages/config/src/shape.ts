// Reads the schema as data: which keys and values are accepted at a path, in words, and which section of the
// reference describes them. The error reports, the reference and the masking of secrets use these functions.
import type { z } from "zod";
import { globalRegistry } from "zod/v4/core";
import type { Path } from "./document.ts";

type Schema = z.core.$ZodType;

/** Returns the schema inside optional, default and transform wrappers. */
export function unwrap(schema: Schema): z.core.$ZodTypes {
  let inner = schema as z.core.$ZodTypes;
  for (;;) {
    const def = inner._zod.def;
    if (def.type === "optional" || def.type === "default" || def.type === "prefault")
      inner = def.innerType as z.core.$ZodTypes;
    else if (def.type === "pipe") inner = def.in as z.core.$ZodTypes;
    else return inner;
  }
}

/** Returns the metadata of a schema. Metadata of a wrapper takes precedence over metadata of the wrapped schema. */
export function metaOf(schema: Schema): z.core.GlobalMeta {
  const own = globalRegistry.get(schema) ?? {};
  const def = (schema as z.core.$ZodTypes)._zod.def;
  const inner = "innerType" in def ? def.innerType : def.type === "pipe" ? def.in : undefined;
  return inner === undefined ? own : { ...metaOf(inner as Schema), ...own };
}

/**
 * Returns the schema of the mapping when `schema` accepts a mapping or a plain value, such as
 * `check: { … }` or `check: tcp`. Any other schema is returned without its wrappers.
 *
 * Where several mappings are accepted that differ in one key (`kind: constant`, `kind: uniform`), `value` decides
 * which one is returned; without a value that fits, it is the first one.
 */
export function mappingIn(schema: Schema, value?: unknown): z.core.$ZodTypes {
  const inner = unwrap(schema);
  const { def } = inner._zod;
  if (def.type !== "union") return inner;
  const options = def.options.map((option) => mappingIn(option, value));
  if (Array.isArray(value))
    return options.find((option) => option._zod.def.type === "array") ?? inner;
  const mappings = options.filter((option) => option._zod.def.type === "object");
  const chosen =
    "discriminator" in def
      ? mappings.find((option) => claims(option, String(def.discriminator), value))
      : undefined;
  return chosen ?? mappings[0] ?? inner;
}

/** Returns the values of `key` that choose one of the mappings of `schema`, such as the kinds of a distribution. */
export function kindsIn(schema: Schema, key: string): string[] {
  const { def } = unwrap(schema)._zod;
  if (def.type === "union") return def.options.flatMap((option) => kindsIn(option, key));
  const value = def.type === "object" ? def.shape[key] : undefined;
  return value === undefined ? [] : allowedValues(value).map(String);
}

/** Returns the kinds, such as `uniform`, whose mapping has the key, among mappings that differ in one key. */
export function kindsWith(schema: Schema, key: string): string[] {
  const { def } = unwrap(schema)._zod;
  if (def.type !== "union") return [];
  if (!("discriminator" in def)) return def.options.flatMap((option) => kindsWith(option, key));
  const owners = def.options.filter((option) => (allowedKeys(option) ?? []).includes(key));
  return owners.flatMap((owner) => kindsIn(owner, String(def.discriminator)));
}

/** Whether `schema` is the mapping whose `key` has the value that is written in `value`. */
function claims(schema: Schema, key: string, value: unknown): boolean {
  const written: unknown = valueAt(value, [key]);
  return schema._zod.propValues?.[key]?.has(written as z.core.util.Primitive) === true;
}

/** Returns the value at a path of plain data; undefined when there is none. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? Reflect.get(value, step)
        : undefined,
    data,
  );
}

/**
 * Returns the schema of the key or list item `segment`; undefined when `schema` has no such key. `value` is what is
 * written for `schema`.
 */
export function child(
  schema: Schema,
  segment: string | number,
  value?: unknown,
): Schema | undefined {
  const def = mappingIn(schema, value)._zod.def;
  if (def.type === "object")
    return Object.hasOwn(def.shape, segment) ? def.shape[segment] : undefined;
  if (def.type === "record") return def.valueType;
  if (def.type === "tuple") return def.items[Number(segment)];
  return def.type === "array" ? def.element : undefined;
}

/**
 * Returns the schema at a path; undefined when the path leads out of the schema. `data` is what is written; it decides
 * where several mappings are accepted.
 */
export function schemaAt(root: Schema, path: Path, data?: unknown): Schema | undefined {
  return path.reduce<Schema | undefined>(
    (schema, segment, index) =>
      schema === undefined
        ? undefined
        : child(schema, segment, valueAt(data, path.slice(0, index))),
    root,
  );
}

/**
 * Returns the keys that a mapping accepts; undefined when it accepts any names, as `servers` does.
 */
export function allowedKeys(schema: Schema, value?: unknown): string[] | undefined {
  const def = mappingIn(schema, value)._zod.def;
  return def.type === "object" ? Object.keys(def.shape) : undefined;
}

/** Returns the values that an enum, a set of literals, a boolean or a union of such schemas accepts. */
export function allowedValues(schema: Schema): (string | number | boolean)[] {
  const def = unwrap(schema)._zod.def;
  if (def.type === "enum") return Object.values(def.entries);
  if (def.type === "literal") return def.values.filter(isListable);
  if (def.type === "boolean") return [true, false];
  return def.type === "union" ? def.options.flatMap(allowedValues) : [];
}

/**
 * Whether a schema is a union, such as `check` (`false`, `tcp` or a mapping). `allowedValues` then
 * lists only a part of what the schema accepts.
 */
export function isUnion(schema: Schema): boolean {
  return unwrap(schema)._zod.def.type === "union";
}

function isListable(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** Describes the accepted values in words: "a whole number from 0 to 256". */
export function describe(schema: Schema): string {
  const inner = unwrap(schema);
  const def = inner._zod.def;
  switch (def.type) {
    case "object":
      return "a mapping";
    case "record":
      return "a mapping with a name for each entry";
    case "array":
      return `a list, each item ${describe(def.element)}`;
    case "number":
      return describeNumber(limitsOf(schema));
    case "boolean":
      return "true or false";
    case "enum":
    case "literal":
      return oneOf(allowedValues(schema).map(String));
    case "union":
      return "discriminator" in def
        ? `a mapping whose '${def.discriminator}' is ${oneOf(kindsIn(inner, String(def.discriminator)))}`
        : def.options.map(describe).join(" or ");
    case "string":
      return describeText(schema);
    default:
      return "a value";
  }
}

/** Limits that a schema sets on a number or a text. */
interface Limits {
  least?: number;
  most?: number;
  prefix?: string;
  suffix?: string;
}

function limitsOf(schema: Schema): Limits {
  const limits: Limits = {};
  for (const check of unwrap(schema)._zod.def.checks ?? []) {
    const def = check._zod.def as CheckDef;
    if (def.check === "greater_than") limits.least = Number(def.value);
    if (def.check === "less_than") limits.most = Number(def.value);
    if (def.prefix !== undefined) limits.prefix = def.prefix;
    if (def.suffix !== undefined) limits.suffix = def.suffix;
  }
  return limits;
}

interface CheckDef {
  readonly check: string;
  readonly value?: unknown;
  readonly prefix?: string;
  readonly suffix?: string;
}

function describeNumber({ least, most }: Limits): string {
  if (least !== undefined && most !== undefined) return `a whole number from ${least} to ${most}`;
  return least === undefined ? "a whole number" : `a whole number of at least ${least}`;
}

function describeText(schema: Schema): string {
  const { title } = metaOf(schema);
  const { prefix, suffix } = limitsOf(schema);
  const ends = [
    ...(prefix === undefined ? [] : [`starts with '${prefix}'`]),
    ...(suffix === undefined ? [] : [`ends with '${suffix}'`]),
  ];
  const kind = title === undefined ? "text" : `a ${title}`;
  return ends.length === 0 ? kind : `${kind} that ${ends.join(" and ")}`;
}

export function oneOf(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** Whether a value of this schema must never be shown: JSON Schema's writeOnly. */
export function isSecret(schema: Schema): boolean {
  return metaOf(schema).writeOnly === true;
}

/** A page of the documents that describes a schema, a section for each title, and the section of the top level. */
export interface SchemaPage {
  readonly page: string;
  readonly top: string;
}

const CONFIGURATION: SchemaPage = { page: "docs/configuration.md", top: "top-level" };

/**
 * Returns the link to the section about `path`. It is the section of the innermost mapping around `path` that has a
 * title. `data` is what is written.
 */
export function docsAt(
  root: Schema,
  path: Path,
  { page, top }: SchemaPage = CONFIGURATION,
  data?: unknown,
): string {
  let title = top;
  let schema: Schema | undefined = root;
  for (const [index, segment] of path.entries()) {
    schema = child(schema, segment, valueAt(data, path.slice(0, index)));
    if (schema === undefined) break;
    const own = allowedKeys(schema) === undefined ? undefined : titleOf(schema);
    title = own ?? title;
  }
  return `${page}#${anchor(title)}`;
}

/**
 * Returns the title of a schema. For a schema without a title, such as `check` (`tcp` or a
 * mapping), returns the title of the mapping.
 */
export function titleOf(schema: Schema): string | undefined {
  return metaOf(schema).title ?? metaOf(mappingIn(schema)).title;
}

/** Returns GitHub's anchor for a heading of letters, digits, spaces and hyphens. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

/**
 * Returns the paths of all mappings that accept `key`: for `servers`, `balancer.backends.NAME` and
 * `webserver.upstream`.
 */
export function ownersOf(root: Schema, key: string): string[] {
  const homes = new Set<string>();
  const walk = (schema: Schema, path: string): void => {
    const union = unwrap(schema)._zod.def;
    if (union.type === "union" && "discriminator" in union) {
      for (const option of union.options) walk(option, path);
      return;
    }
    const def = mappingIn(schema)._zod.def;
    if (def.type === "record") walk(def.valueType, `${path}.NAME`);
    if (def.type === "array") walk(def.element, `${path}[]`);
    if (def.type !== "object") return;
    if (Object.hasOwn(def.shape, key)) homes.add(path);
    for (const [name, value] of Object.entries(def.shape))
      walk(value, path === "" ? name : `${path}.${name}`);
  };
  walk(root, "");
  return [...homes];
}
