// Writes an entry as one line for a person: time, tier, level, message, fields.
import type { Palette } from "@tandem/telemetry/colors";
import type { AccessLine } from "./access-line.ts";
import type { LogEntry } from "./entry.ts";
import type { Level } from "./level.ts";

export interface EntryStyle {
  readonly paint: Palette;
  /** Whether the name of the box is shown; it is not needed where all lines are of one box. */
  readonly boxes: boolean;
}

const TIER_WIDTH = "supervisor".length;
const LEVEL_WIDTH = "error".length;

export function entryText(entry: LogEntry, { paint, boxes }: EntryStyle): string {
  const { source, time, level, content, line } = entry;
  const tier = source.tier.padEnd(TIER_WIDTH);
  return [
    paint.dim(time === undefined ? "-".padEnd(23) : localText(time)),
    paint.cyan(boxes ? `${tier} ${source.box}` : tier),
    levelText(level, paint),
    ...(content.kind === "message"
      ? [printable(content.text), ...Object.entries(content.fields).map(fieldOf(paint))]
      : content.kind === "access"
        ? accessWords(content.access, paint)
        : [printable(line)]),
  ].join(" ");
}

function accessWords(access: AccessLine, paint: Palette): readonly string[] {
  const { request, status, ms, fields } = access;
  const shown = Object.entries(fields).filter(([, value]) => value !== "");
  return [
    printable(request),
    ...(status === undefined ? [] : [status < 0 ? "no answer" : String(status)]),
    `${ms}ms`,
    ...shown.map(fieldOf(paint)),
  ];
}

function levelText(level: Level | undefined, paint: Palette): string {
  const text = (level ?? "-").padEnd(LEVEL_WIDTH);
  if (level === "error" || level === "fatal") return paint.red(text);
  return level === "warn" ? paint.yellow(text) : text;
}

const fieldOf =
  (paint: Palette) =>
  ([name, value]: readonly [string, unknown]): string =>
    `${paint.dim(`${printable(name)}=`)}${valueText(value)}`;

function valueText(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? printable(value) : quoted(value);
  return isError(value)
    ? quoted(`${value.type}: ${value.message}`)
    : printable(JSON.stringify(value));
}

const quoted = (text: string): string => `"${printable(text).replaceAll('"', '\\"')}"`;

/** Whether the value is an error as our loggers write it. Its stack would fill the screen; --json shows it. */
function isError(value: unknown): value is { readonly type: string; readonly message: string } {
  if (typeof value !== "object" || value === null) return false;
  const { type, message } = value as Readonly<Record<string, unknown>>;
  return typeof type === "string" && typeof message === "string";
}

/** Returns a time such as `2026-11-23 08:49:59.971`, in the zone of the machine. */
function localText(time: number): string {
  const at = new Date(time);
  const zone = at.getTimezoneOffset() * 60_000;
  return new Date(time - zone).toISOString().slice(0, 23).replace("T", " ");
}

/** Escapes the characters that a terminal would obey, or that would break the line. A client may send anything. */
function printable(text: string): string {
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      if (character === "\n") return "\\n";
      if (character === "\t") return "\\t";
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    },
  );
}
