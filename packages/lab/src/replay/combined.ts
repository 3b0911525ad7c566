// Reads the common and combined formats of Apache and nginx, and nginx's combined format followed by times. The date in
// these formats is the end of the request, to the second. `$request_time`, if present, is subtracted to get the
// arrival.
import { type LogEntry, type LogFormat, logTime, pathOf } from "./entry.ts";

const COMMON = /^(\S+) \S+ .{0,200}?\[([^\]]{20,40})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)/;
const COMBINED = /^ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"/;
/**
 * A time in seconds, as nginx logs it: `0.012`; one value for each server that was tried (`0.1, 0.2`) or for each
 * internal redirect (`0.1 : 0.2`); `-` for none. The value may be quoted. Names before it (`rt=`) are matched in NAMED.
 */
const SECONDS = String.raw`"?((?:\d+\.\d{3}|-)(?:(?:, | : )(?:\d+\.\d{3}|-))*)"?`;
const NAMED = [new RegExp(`\\brt=${SECONDS}`), new RegExp(`\\burt=${SECONDS}`)] as const;
const BARE = new RegExp(`^ ${SECONDS} ${SECONDS}`);

interface Common {
  readonly entry: LogEntry;
  readonly rest: string;
}

function readCommon(line: string): Common | undefined {
  const parts = COMMON.exec(line);
  if (parts === null) return undefined;
  const [whole, client = "", time = "", request = ""] = parts;
  const arrivedMs = logTime(time);
  if (Number.isNaN(arrivedMs)) return undefined;
  const unknown = { totalMs: Number.NaN, waitedMs: 0, serverMs: Number.NaN };
  return {
    entry: { arrivedMs, ...unknown, path: pathOf(request), client },
    rest: line.slice(whole.length),
  };
}

/**
 * Returns the time of the last try in milliseconds, because the answer came from the last try. NaN
 * when the log has no time for the last try.
 */
function lastTry(text: string | undefined): number {
  const seconds = text?.split(/, | : /).at(-1);
  return seconds === undefined || seconds === "-" ? Number.NaN : Math.round(Number(seconds) * 1000);
}

function readTimed(line: string): LogEntry | undefined {
  const common = readCommon(line);
  const combined = common && COMBINED.exec(common.rest);
  if (!common || !combined) return undefined;
  const rest = common.rest.slice(combined[0].length);
  const bare = BARE.exec(rest);
  const total = lastTry(bare?.[1] ?? NAMED[0].exec(rest)?.[1]);
  if (Number.isNaN(total)) return undefined;
  const serverMs = lastTry(bare?.[2] ?? NAMED[1].exec(rest)?.[1]);
  return {
    ...common.entry,
    arrivedMs: common.entry.arrivedMs - total,
    totalMs: total,
    waitedMs: Number.isNaN(serverMs) ? 0 : Math.max(0, total - serverMs),
    serverMs,
  };
}

function readCombined(line: string): LogEntry | undefined {
  const common = readCommon(line);
  return common && COMBINED.test(common.rest) ? common.entry : undefined;
}

export const nginx: LogFormat = {
  name: "nginx",
  means: "combined with $request_time $upstream_response_time behind it",
  timed: true,
  exact: false,
  read: readTimed,
};

export const combined: LogFormat = {
  name: "combined",
  means: "the combined format of Apache and nginx",
  timed: false,
  exact: false,
  read: readCombined,
};

export const common: LogFormat = {
  name: "common",
  means: "the common log format",
  timed: false,
  exact: false,
  read: (line) => readCommon(line)?.entry,
};
