// The text of a JSON file: its values, and the place of each. `JSON.parse` says what the values are; the second parser
// knows the places, and runs only when there is something to report or a key may stand twice.
import { type AnyNode, type DocumentNode, parse } from "@humanwhocodes/momoa";
import type { Finding } from "@tandem/config/findings";

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly width: number;
  /** The line as written; empty when it is too long to be shown. */
  readonly source: string;
}

/** A fault in the JSON itself, or undefined when it is well-formed. */
export interface JsonText {
  readonly data: unknown;
  readonly fault: { readonly message: string; readonly place: Place } | undefined;
}

/** A longer text has no places in its reports: finding them would take longer than the person should wait. */
const LONGEST = 4_000_000;
const LONGEST_LINE = 300;

/** Parses a text. Of a key that stands twice the second one is reported. */
export function parseJson(text: string): JsonText {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { data: undefined, fault: syntaxFault(text, error) };
  }
  const tree = treeOf(text);
  const twice = tree === undefined ? undefined : repeatedKey(tree.body);
  if (twice === undefined) return { data, fault: undefined };
  const message = "this key is already set in the same mapping; keep one of them";
  return { data, fault: { message, place: placeOf(text, twice) } };
}

/** Returns the place of a finding; of a value that is missing, the mapping in which it is missing. */
export function placeIn(text: string, { path, side }: Finding): Place {
  const tree = treeOf(text);
  if (tree === undefined) return { line: 1, column: 1, width: 1, source: "" };
  let key: AnyNode | undefined;
  let value: AnyNode = tree.body;
  for (const step of path) {
    const next = stepInto(value, step);
    if (next === undefined) return placeOf(text, key ?? value);
    ({ key, value } = next);
  }
  const block = value.type === "Object" || value.type === "Array";
  return placeOf(text, (side === "key" || block ? key : undefined) ?? value);
}

interface Step {
  readonly key: AnyNode | undefined;
  readonly value: AnyNode;
}

function stepInto(node: AnyNode, step: string | number): Step | undefined {
  if (node.type === "Array") {
    const element = node.elements[Number(step)];
    return element && { key: undefined, value: element.value };
  }
  if (node.type !== "Object") return undefined;
  const member = node.members.find(({ name }) => nameOf(name) === String(step));
  return member && { key: member.name, value: member.value };
}

const nameOf = (name: AnyNode): string =>
  name.type === "String" ? name.value : name.type === "Identifier" ? name.name : "";

function treeOf(text: string): DocumentNode | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    return parse(text, { mode: "json" });
  } catch {
    return undefined;
  }
}

function repeatedKey(node: AnyNode): AnyNode | undefined {
  const left: AnyNode[] = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next.type === "Array") left.push(...next.elements.map(({ value }) => value).reverse());
    if (next.type !== "Object") continue;
    const seen = new Set<string>();
    for (const { name } of next.members) {
      if (seen.has(nameOf(name))) return name;
      seen.add(nameOf(name));
    }
    left.push(...next.members.map(({ value }) => value).reverse());
  }
  return undefined;
}

function placeOf(text: string, { loc }: AnyNode): Place {
  const width = loc.start.line === loc.end.line ? loc.end.column - loc.start.column : 1;
  return onLine(text, loc.start.line, loc.start.column, width);
}

function onLine(text: string, line: number, column: number, width: number): Place {
  const whole = text.split(/\r\n|\n|\r/, line)[line - 1] ?? "";
  const source = whole.length > LONGEST_LINE ? "" : whole;
  const at = Math.max(1, Math.min(column, whole.length + 1));
  return { line, column: at, width: Math.max(1, Math.min(width, whole.length - at + 1)), source };
}

function syntaxFault(text: string, error: unknown): NonNullable<JsonText["fault"]> {
  const end = text.trimEnd().length;
  const offset = end === 0 ? 0 : Math.min(end, offsetIn(error) ?? faultyOffset(text) ?? 0);
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  const place = onLine(text, before.length, (before.at(-1)?.length ?? 0) + 1, 1);
  if (end === 0) return { message: "the file is empty, expected a scenario", place };
  if (offset >= end) return { message: "not valid JSON: the file ends too early", place };
  const found = text[offset] === "\n" ? "the end of the line" : `'${text[offset]}'`;
  return { message: `not valid JSON: ${found} ${hint(text, offset)}`, place };
}

/** Says what is usually wrong where JSON cannot be read. */
function hint(text: string, offset: number): string {
  const character = text[offset] ?? "";
  const before = text.slice(0, offset).trimEnd().at(-1);
  if (character === "/" || character === "#") return "begins no value; JSON has no comments";
  if (character === "'") return 'is no quote in JSON, which has double ones (")';
  if ((character === "}" || character === "]") && before === ",")
    return "stands after a comma, which JSON does not have there; take the comma away";
  if (/[A-Za-z_]/.test(character) && (before === "{" || before === ","))
    return 'begins a key or value without double quotes (")';
  if (before !== undefined && /["\d\]}el]/.test(before))
    return "stands where a comma, a colon or a bracket is missing";
  return "stands where a value or a key is expected";
}

function faultyOffset(text: string): number | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    parse(text, { mode: "json" });
    return undefined;
  } catch (error) {
    return offsetIn(error);
  }
}

/** Returns the offset that an error of either parser names. */
function offsetIn(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("offset" in error && typeof error.offset === "number") return error.offset;
  const position = /position (\d+)/.exec(error.message)?.[1];
  return position === undefined ? undefined : Number(position);
}
