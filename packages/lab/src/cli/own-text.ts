// An algorithm of the user's own as it is typed: a file, and behind a colon its parameters.
import { FILE } from "../own/file-text.ts";
import { UsageError } from "./terminal.ts";

export { isFile } from "../own/file-text.ts";

export interface OwnText {
  readonly file: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Reads `./mine.ts:favourite=s1,busyAt=3`. Numbers, `true` and `false` become what they are, everything else is a text,
 * as in tandem.yaml. A dot makes a mapping: `limits.low=2`.
 */
export function readOwnText(text: string): OwnText {
  const [, file = text, tuning] = FILE.exec(text) ?? [];
  const parameters: Record<string, unknown> = Object.create(null);
  for (const pair of tuning?.split(",") ?? []) {
    const split = pair.indexOf("=");
    const path = pair.slice(0, Math.max(0, split)).split(".");
    if (split < 0 || path.some((key) => !/^[A-Za-z_$][\w$-]*$/.test(key)))
      throw new UsageError(
        `'${text}': found '${pair}', expected a parameter with its value, such as ${file}:favourite=s1,busyAt=3`,
      );
    set(parameters, path, literal(pair.slice(split + 1)), text);
  }
  return { file, parameters: plain(parameters) };
}

function set(
  into: Record<string, unknown>,
  [key = "", ...rest]: readonly string[],
  value: unknown,
  text: string,
): void {
  const held = into[key];
  if (held !== undefined && (rest.length === 0 || !isMapping(held)))
    throw new UsageError(`'${text}': '${key}' is set twice; keep one of them`);
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const inner: Record<string, unknown> = isMapping(held) ? held : Object.create(null);
  into[key] = inner;
  set(inner, rest, value, text);
}

/** Copies mappings without a prototype into plain ones, such as the balancer hands over. */
function plain(mapping: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(mapping).map(([key, value]) => [key, isMapping(value) ? plain(value) : value]),
  );
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function literal(text: string): unknown {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  return text === "true" ? true : text === "false" ? false : text;
}
