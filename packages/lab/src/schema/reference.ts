// Generates docs/lab/scenarios.md from the schema: a section for each mapping and each choice of kinds that has a title.
// Throws when a key has no description, because that is a bug.
import { allowedValues, anchor, describe, metaOf, unwrap } from "@tandem/config/findings";
import type * as z from "zod/mini";
import { INTRODUCTION } from "./reference-text.ts";
import { scenarioFile, studyFile } from "./study-file.ts";

type Schema = z.core.$ZodType;

/** Returns the whole page as Markdown. */
export function scenarioReference(): string {
  const sections = new Map<string, Schema>();
  for (const root of [scenarioFile, studyFile]) collect(root, sections);
  return [INTRODUCTION, ...[...sections].map(([title, schema]) => section(title, schema))].join(
    "\n",
  );
}

/** Collects what has a title, in the order of the schema. What has the same title is the same. */
function collect(schema: Schema, sections: Map<string, Schema>): void {
  const { title } = metaOf(schema);
  const { def } = unwrap(schema)._zod;
  if (title !== undefined && sections.has(title)) return;
  if (title !== undefined && isSection(schema)) sections.set(title, schema);
  if (def.type === "union") for (const option of def.options) collect(option, sections);
  if (def.type === "array") collect(def.element, sections);
  if (def.type === "object") for (const value of Object.values(def.shape)) collect(value, sections);
}

const isSection = (schema: Schema): boolean =>
  ["object", "union"].includes(unwrap(schema)._zod.def.type);

function section(title: string, schema: Schema): string {
  const { def } = unwrap(schema)._zod;
  const { about, description = title } = metaOf(schema);
  const rows = def.type === "union" ? kindRows(def.options) : keyRows(schema, "");
  const heads = def.type === "union" ? ["kind", "key"] : ["key"];
  const table = [[...heads, "type", "meaning"], [...heads, "", ""].map(() => "---"), ...rows];
  return `## ${capital(title)}

${capital(typeof about === "string" ? about : description)}.

${table.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n")}
`;
}

/** Returns a row for each kind and each of its keys. Keys that every kind has stand first, once. */
function kindRows(options: readonly Schema[]): string[][] {
  const [first = {}, ...others] = options.map(shapeOf);
  const common = Object.keys(first).filter(
    (key) => key !== "kind" && others.every((shape) => shape[key] === first[key]),
  );
  const shared = common.flatMap((key) => keyRow(key, first[key]).map((row) => ["every", ...row]));
  return [
    ...shared,
    ...options.flatMap((option) => {
      const { kind, ...shape } = shapeOf(option);
      const name = kind === undefined ? "" : `\`${allowedValues(kind).join("")}\``;
      const keys = Object.entries(shape).filter(([key]) => !common.includes(key));
      return [
        [`**${name}**`, "", "", metaOf(option).description ?? ""],
        ...keys.flatMap(([key, value]) => keyRow(key, value).map((row) => ["", ...row])),
      ];
    }),
  ];
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const { def } = unwrap(schema)._zod;
  return def.type === "object" ? def.shape : {};
}

const keyRows = (schema: Schema, above: string): string[][] =>
  Object.entries(shapeOf(schema)).flatMap(([key, value]) => keyRow(`${above}${key}`, value));

/** Returns the row of a key, and the rows of the keys below it when it has no section of its own. */
function keyRow(path: string, schema: Schema | undefined): string[][] {
  if (schema === undefined) return [];
  const { description } = metaOf(schema);
  if (description === undefined) throw new Error(`the schema does not say what '${path}' means`);
  const needed = schema._zod.optin === "optional" ? "" : "**required**; ";
  const { def } = unwrap(schema)._zod;
  const inner = def.type === "array" ? def.element : schema;
  const dots = def.type === "array" ? `${path}[].` : `${path}.`;
  const below = titleOf(inner) === undefined ? keyRows(inner, dots) : [];
  return [[`\`${path}\``, typeOf(schema), `${needed}${description}`], ...below];
}

function titleOf(schema: Schema): string | undefined {
  return isSection(schema) ? metaOf(schema).title : undefined;
}

function typeOf(schema: Schema): string {
  const title = titleOf(schema);
  if (title !== undefined) return `[${title}](#${anchor(title)})`;
  const { def } = unwrap(schema)._zod;
  if (def.type === "array") return `list of ${typeOf(def.element)}`;
  if (def.type === "union") return def.options.map(typeOf).join(" or ");
  if (def.type === "tuple") return "pair";
  if (def.type === "enum")
    return allowedValues(schema)
      .map((value) => `\`${value}\``)
      .join(", ");
  const { range } = metaOf(schema);
  if (typeof range === "string") return range;
  if (def.type === "undefined") return "nothing";
  if (def.type === "record") return "mapping of names";
  return describe(schema).replace(/^a mapping$/, "mapping");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
