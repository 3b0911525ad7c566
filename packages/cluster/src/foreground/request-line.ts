// Writes a request as one line for a person: time, method, path, status, duration, server, and why it failed.
import type { Palette } from "@tandem/telemetry/colors";
import type { RequestRecord } from "./records.ts";

export interface LineStyle {
  readonly paint: Palette;
  /**
   * How many columns the path may take: a shorter path is padded to that width, a longer one is cut. Undefined = the
   * path is written as it is, for a pipe.
   */
  readonly pathWidth: number | undefined;
  /** The addresses of the servers, by their names in access records; empty = a webserver, and no column for them. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** What a line holds beside the path, in columns, when the server's address has a usual length. */
const OTHER_COLUMNS = 52;

/** Returns the width of the path for a terminal with so many columns. */
export function pathWidthOf(columns: number): number {
  return Math.min(Math.max(columns - OTHER_COLUMNS, 20), 80);
}

export function requestLine(
  record: RequestRecord,
  { paint, pathWidth, addresses }: LineStyle,
): string {
  const { method, target, status, ms, server, cause } = record;
  const path = printable(target === "" ? "-" : target);
  const wide = pathWidth !== undefined;
  const column = (text: string, width: number): string => (wide ? text.padEnd(width) : text);
  return [
    paint.dim(localTime(record.time)),
    column(method === "" ? "-" : printable(method), 7),
    wide ? fitted(path, pathWidth) : path,
    paintOf(status, paint)(status < 0 ? "---" : String(status)),
    wide ? durationText(ms).padStart(7) : durationText(ms),
    ...(addresses.size === 0 ? [] : [paint.cyan(addresses.get(server) ?? "-")]),
    ...(cause === "" ? [] : [paint.dim(printable(cause))]),
  ].join(" ");
}

/** Returns a duration such as `7ms` or `1.25s`; milliseconds are whole in access records. */
export function durationText(ms: number): string {
  if (ms < 1) return "<1ms";
  return ms < 1000 ? `${ms}ms` : `${(ms / 1000).toFixed(2)}s`;
}

/** Returns the function that colours a status by its class. */
function paintOf(status: number, paint: Palette): (text: string) => string {
  if (status >= 500 || status < 0) return paint.red;
  if (status >= 400) return paint.yellow;
  return status >= 300 ? paint.cyan : paint.green;
}

function localTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "--:--:--" : at.toTimeString().slice(0, 8);
}

/** Encodes what a terminal could obey or hide: every character that is not printable ASCII. A client may send anything. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`)
      .join(""),
  );
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
