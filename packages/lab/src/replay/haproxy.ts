// Reads HAProxy's httplog line (configuration manual 8.2.3), with or without a syslog prefix, captured headers or
// Tandem's ` id=…` at the end. The date in the line is the arrival, and the timers are TR/Tw/Tc/Tr/Ta.
import { type LogEntry, type LogFormat, logTime, pathOf } from "./entry.ts";

const LINE =
  /(\S+):\d+ \[([^\]]{20,40})\] \S+ [^\s/]+\/(\S+) (-?\d+)\/(-?\d+)\/(-?\d+)\/(-?\d+)\/\+?(-?\d+) -?\d+ \+?\d+ \S+ \S+ \S{4} [\d/+]+ \d+\/\d+ (?:\{[^}]*\} ?){0,2}"([^"]*)/;

function read(line: string): LogEntry | undefined {
  const parts = LINE.exec(line);
  if (parts === null) return undefined;
  const [, client = "", time = "", server = "", tr, tw, tc, response, total, request = ""] = parts;
  const arrivedMs = logTime(time);
  if (Number.isNaN(arrivedMs)) return undefined;
  return timed({
    arrivedMs,
    timers: [Number(tr), Number(tw), Number(tc), Number(response), Number(total)],
    server,
    path: pathOf(request),
    client,
  });
}

/**
 * Makes an entry from HAProxy's timers. A timer of −1 means that the request ended before that phase. The server's work
 * ends with the head of its answer (Tr).
 */
export function timed(line: {
  readonly arrivedMs: number;
  readonly timers: readonly [tr: number, tw: number, tc: number, response: number, total: number];
  readonly server: string;
  readonly path: string;
  readonly client: string;
}): LogEntry {
  const { arrivedMs, path, client, server, timers } = line;
  const [tr, tw, tc, response, totalMs] = timers;
  const asked = response >= 0 && !server.startsWith("<");
  return {
    arrivedMs,
    totalMs: totalMs >= 0 ? totalMs : Number.NaN,
    waitedMs: Math.max(0, tr) + Math.max(0, tw) + Math.max(0, tc),
    serverMs: asked ? response : Number.NaN,
    ...(asked && { server }),
    path,
    client,
  };
}

export const haproxy: LogFormat = {
  name: "haproxy",
  means: "HAProxy's httplog, and Tandem's own lines",
  timed: true,
  exact: true,
  read,
};
