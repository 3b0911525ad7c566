// Explains why the schema rejects a value: which value was found, what is expected, and which accepted value is most
// similar.
import type { z } from "zod";
import type { Path } from "./document.ts";
import { nearest } from "./nearest.ts";
import {
  allowedKeys,
  allowedValues,
  child,
  describe,
  isUnion,
  kindsIn,
  kindsWith,
  oneOf,
  ownersOf,
  schemaAt,
  valueAt,
} from "./shape.ts";

/**
 * A problem without its place in the file: a path, whether the problem concerns the key or the value, and the
 * message.
 */
export interface Finding {
  readonly path: Path;
  readonly side: "key" | "value";
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly allowed?: readonly string[] | undefined;
}

/** The values as they are written in the file, in a form that may be shown. */
export interface Written {
  /** Returns the value in words, such as `'htps'` or `a list`; never a secret. */
  shown(path: Path): string;
  /** Whether the path is written in the file. */
  has(path: Path): boolean;
  /** Returns the text as written, to compare it with the accepted values; undefined for a secret. */
  comparable(path: Path): string | undefined;
}

/**
 * Returns all findings for one issue of the schema. `data` is what the schema was given; it is needed where several
 * mappings are accepted that differ in one key.
 */
export function explain(
  issue: z.core.$ZodIssue,
  root: z.core.$ZodType,
  written: Written,
  data?: unknown,
): Finding[] {
  const path = issue.path.filter((segment) => typeof segment !== "symbol");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey([...path, key], root, data));
  if (issue.code === "invalid_key")
    return [{ path, side: "key", message: badName(path, issue.issues[0]?.message) }];
  if (issue.code === "invalid_union" && issue.discriminator !== undefined)
    return [wrongKind(path, root, written, data)];
  const schema = schemaAt(root, path, data);
  const expected = expectation(issue, schema);
  const absent = issue.input === undefined || (issue.input === null && path.length === 0);
  if (absent && issue.code !== "custom") return [missing(path, expected)];
  if (issue.code === "custom" && isMapping(issue.input))
    return [{ path, side: "value", message: issue.message }];
  return [rejected(path, expected, schema, written)];
}

/** Explains a key such as `kind`, whose value chooses one of several mappings and names none of them. */
function wrongKind(path: Path, root: z.core.$ZodType, written: Written, data: unknown): Finding {
  const key = String(path.at(-1));
  const parent = schemaAt(root, path.slice(0, -1), data);
  const allowed = parent === undefined ? [] : kindsIn(parent, key);
  const expected = `expected ${oneOf(allowed)}`;
  if (valueAt(data, path) === undefined) return missing(path, expected);
  const text = written.comparable(path);
  const message = `found ${written.shown(path)}, ${expected}`;
  const suggestion = text === undefined ? undefined : nearest(text, allowed);
  return { path, side: "value", message, suggestion };
}

function unknownKey(path: Path, root: z.core.$ZodType, data: unknown): Finding {
  const key = String(path.at(-1));
  const above = path.slice(0, -1);
  const parent = schemaAt(root, above, data);
  const allowed = parent === undefined ? [] : (allowedKeys(parent, valueAt(data, above)) ?? []);
  const suggestion = nearest(key, allowed);
  const kinds = parent === undefined ? [] : kindsWith(parent, key);
  if (suggestion === undefined && kinds.length > 0) {
    const message = `unknown key '${key}'; it is for '${kinds.join("', '")}'`;
    return { path, side: "key", message, allowed };
  }
  const owners = suggestion === undefined ? ownersOf(root, key).slice(0, 3) : [];
  const elsewhere = owners.map((owner) => (owner === "" ? "the top level" : `'${owner}'`));
  const hint = owners.length === 0 ? "" : `; it belongs in ${elsewhere.join(" or ")}`;
  return { path, side: "key", message: `unknown key '${key}'${hint}`, suggestion, allowed };
}

const badName = (path: Path, expected = "expected a name") => `found '${path.at(-1)}', ${expected}`;

function missing(path: Path, expected: string): Finding {
  const key = path.at(-1);
  const message = key === undefined ? `the file is empty, ${expected}` : `missing, ${expected}`;
  return { path, side: "key", message };
}

function rejected(
  path: Path,
  expected: string,
  schema: z.core.$ZodType | undefined,
  written: Written,
): Finding {
  const message = `found ${written.shown(path)}, ${expected}`;
  const text = written.comparable(path);
  if (schema === undefined) return { path, side: "value", message };
  const values = allowedValues(schema).map(String);
  const keys = allowedKeys(schema);
  const suggestion =
    text === undefined
      ? undefined
      : (suggest(text, values, expected) ?? suggestMapping(text, schema, keys));
  const listed = isUnion(schema) ? undefined : values.length > 0 ? values : keys;
  // A value that is well spelt but out of bounds would be suggested as it is.
  const other = suggestion === text ? undefined : suggestion;
  return { path, side: "value", message, suggestion: other, allowed: listed };
}

/** Returns a suggestion: `true` for `yes`, `5s` for `5`, `*:80` for `80`, else the accepted value most like it. */
function suggest(text: string, allowed: readonly string[], expected: string): string | undefined {
  if (allowed.includes("true") && /^(yes|on|no|off)$/i.test(text))
    return /^(yes|on)$/i.test(text) ? "true" : "false";
  if (expected.includes("duration")) {
    // In Node and HAProxy, a number without a unit is in milliseconds. So milliseconds are
    // suggested from 1000 on, because 1000 seconds are unlikely to be meant.
    return respell(text, DURATION_UNITS, Number(text) >= 1000 ? "ms" : "s");
  }
  if (expected.includes("size")) return respell(text, SIZE_UNITS, "B");
  if (expected.startsWith("expected a host")) return hostOf(text);
  if (expected.includes("listen") && /^:?\d{1,5}$/.test(text)) return `*:${text.replace(":", "")}`;
  return /^[\d.]+$/.test(text) ? undefined : nearest(text, allowed);
}

/** Returns the host in a URL or in an address with a port: `a.test` for `https://a.test/x` and for `a.test:80`. */
function hostOf(text: string): string | undefined {
  const bare = text.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  const [host = ""] = bare.replace(/^[^/?#@]*@/, "").split(/[/:?#]/);
  return /^[\w.-]+$/.test(host) ? host : undefined;
}

/** Suggests a mapping for a plain value: `balance: { algorithm: round-robin }` for `balance: round-robin`. */
function suggestMapping(text: string, schema: z.core.$ZodType, keys: readonly string[] = []) {
  const fits = (key: string) => {
    const inner = child(schema, key);
    return inner !== undefined && allowedValues(inner).map(String).includes(text);
  };
  const key = keys.find(fits);
  return key === undefined ? undefined : `{ ${key}: ${text} }`;
}

const DURATION_UNITS: Readonly<Record<string, string>> = {
  ...{ sec: "s", secs: "s", second: "s", seconds: "s", min: "m", mins: "m", minutes: "m" },
  ...{ hour: "h", hours: "h", day: "d", days: "d", msec: "ms", millis: "ms" },
};
const SIZE_UNITS: Readonly<Record<string, string>> = {
  ...{ k: "KiB", kb: "KiB", kib: "KiB", m: "MiB", mb: "MiB", mib: "MiB" },
  ...{ g: "GiB", gb: "GiB", gib: "GiB", bytes: "B" },
};

function respell(text: string, units: Readonly<Record<string, string>>, bare: string) {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  if (match === null) return undefined;
  const [, amount = "", written = ""] = match;
  const unit = written === "" ? bare : (units[written.toLowerCase()] ?? lowered(written));
  return unit === undefined ? undefined : `${amount}${unit}`;
}

const lowered = (unit: string) =>
  ["ms", "s", "m", "h", "d"].find((known) => known === unit.toLowerCase());

function expectation(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string {
  // Messages of our own schema take precedence, because zod's messages are written for programmers.
  if (issue.message.startsWith("expected ")) return issue.message;
  if (issue.code === "too_small" && issue.origin === "string") return "expected text, not nothing";
  if (issue.code === "too_small" && issue.origin === "array")
    return `expected a list of at least ${issue.minimum}`;
  return schema === undefined ? issue.message : `expected ${describe(schema)}`;
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
