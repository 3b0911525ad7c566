// Lists every format of access log that can be read. Formats with the most information come first: when several
// formats read equally many lines of a log, the first of them is used.
import { combined, common, nginx } from "./combined.ts";
import type { LogFormat } from "./entry.ts";
import { haproxy } from "./haproxy.ts";
import { tandemJson } from "./tandem-json.ts";

export const FORMATS: readonly LogFormat[] = [tandemJson, haproxy, nginx, combined, common];

/** Returns the format that reads most of these lines; undefined when no format reads any line. */
export function detectFormat(lines: readonly string[]): LogFormat | undefined {
  const counted = FORMATS.map((format) => ({
    format,
    read: lines.filter((line) => format.read(line) !== undefined).length,
  }));
  const most = Math.max(...counted.map(({ read }) => read));
  return most === 0 ? undefined : counted.find(({ read }) => read === most)?.format;
}
