// What a line of an access log says about a request, in any of the formats.

export interface LogEntry {
  /** When the request arrived; milliseconds since 1970. The times of a log without a time zone are read as UTC. */
  readonly arrivedMs: number;
  /** The time from the arrival to the last byte of the answer; NaN when the log has no times. */
  readonly totalMs: number;
  /** How long after its arrival the request was given to a server; 0 when unknown. */
  readonly waitedMs: number;
  /** How long the server took; NaN when no server was asked or the log does not say. */
  readonly serverMs: number;
  /** The server's name, if the log has it. */
  readonly server?: string;
  /** The path without its query. */
  readonly path: string;
  readonly client: string;
}

/** Reads a line and returns its entry; undefined when the line is not of this format. */
export type LineReader = (line: string) => LogEntry | undefined;

export interface LogFormat {
  readonly name: string;
  /** Says what the format is, in a sentence. */
  readonly means: string;
  /** Whether the format contains how long requests took. */
  readonly timed: boolean;
  /** Whether arrivals are known to the millisecond, or only to the second. */
  readonly exact: boolean;
  readonly read: LineReader;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Reads `06/Feb/2009:12:14:14`, with `.655` or ` +0100`; returns NaN when the text is not a time. A time without a zone
 * counts as UTC.
 */
export function logTime(text: string): number {
  const parts =
    /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?(?: ([+-])(\d\d)(\d\d))?$/.exec(
      text,
    );
  if (parts === null) return Number.NaN;
  const [, day, month = "", year, hour, minute, second, millis = "0", sign, zoneHour, zoneMinute] =
    parts;
  const index = MONTHS.indexOf(month);
  if (index < 0) return Number.NaN;
  const utc = Date.UTC(
    Number(year),
    index,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const offset = sign === undefined ? 0 : (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return utc + Number(millis) - (sign === "-" ? -offset : offset);
}

/** Returns the path in a request line or in a target: `/a` for `GET /a?b HTTP/1.1` and for `/a?b`. */
export function pathOf(request: string): string {
  const target = request.includes(" ") ? (request.split(" ")[1] ?? "") : request;
  return target.split("?", 1)[0] ?? "";
}
