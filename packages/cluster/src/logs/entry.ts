// One line of a log, with what is needed to merge, select and show it. A line that cannot be read is an entry too: it is
// shown as it is.
import { type AccessLine, levelOf, readAccessLine, readAccessObject } from "./access-line.ts";
import { isLevel, type Level } from "./level.ts";
import type { LogSource } from "./source.ts";

export type Content =
  | {
      readonly kind: "message";
      readonly text: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "access"; readonly access: AccessLine }
  | { readonly kind: "unreadable" };

export interface LogEntry {
  readonly source: LogSource;
  /** The line as it is in the file. */
  readonly line: string;
  /** The wall-clock time at which the line was written; undefined when the line does not tell. */
  readonly time: number | undefined;
  /** Undefined when the line does not tell. */
  readonly level: Level | undefined;
  readonly content: Content;
}

export function readEntry(line: string, source: LogSource): LogEntry {
  const object = line.startsWith("{") ? parsed(line) : undefined;
  if (source.kind === "app" && object !== undefined) return message(line, source, object);
  const access = object === undefined ? readAccessLine(line) : readAccessObject(object);
  if (source.kind === "app" || access === undefined || Number.isNaN(access.time))
    return { source, line, time: undefined, level: undefined, content: { kind: "unreadable" } };
  const content = { kind: "access", access } as const;
  return { source, line, time: access.time, level: levelOf(access), content };
}

function message(
  line: string,
  source: LogSource,
  { time, level, tier, box, pid, msg, ...fields }: Readonly<Record<string, unknown>>,
): LogEntry {
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return {
    source,
    line,
    time: Number.isNaN(at) ? undefined : at,
    level: isLevel(level) ? level : undefined,
    content: { kind: "message", text: typeof msg === "string" ? msg : "", fields },
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
