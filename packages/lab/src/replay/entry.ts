// What one line of an access log says about one request, in whichever format it stood.

export interface LogEntry {
  /** When the request arrived; milliseconds since 1970, of a zone that the log keeps to itself. */
  readonly arrivedMs: number;
  /** From there to the last byte of the answer, as its client felt it; NaN when the log has no times. */
  readonly totalMs: number;
  /** When a server got it, after arrival; 0 when unknown. */
  readonly waitedMs: number;
  /** How long the server took; NaN when no server was asked or the log does not tell. */
  readonly serverMs: number;
  /** The server's name, where the log has it. */
  readonly server?: string;
  /** Path without its query. */
  readonly path: string;
  readonly client: string;
}

/** A line's entry; undefined when the line is not of this format. */
export type LineReader = (line: string) => LogEntry | undefined;

export interface LogFormat {
  readonly name: string;
  /** In a sentence: what it is. */
  readonly means: string;
  /** Whether it tells how long requests took. */
  readonly timed: boolean;
  /** Whether arrivals are known to the millisecond, or only to the second. */
  readonly exact: boolean;
  readonly read: LineReader;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `06/Feb/2009:12:14:14`, with `.655` or ` +0100`; NaN when it is no time. Without a zone it is taken for UTC. */
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

/** The path of a request line `GET /a?b HTTP/1.1`, or of a target. */
export function pathOf(request: string): string {
  const target = request.includes(" ") ? (request.split(" ")[1] ?? "") : request;
  return target.split("?", 1)[0] ?? "";
}
