// Merges logs by time. Each log is read only as far as needed, so the logs may be of any size.
import type { LogEntry } from "./entry.ts";

/**
 * Gives the entries of all logs, the oldest first. An entry without a time comes directly behind the entry before it in
 * its log.
 */
export function* mergeByTime(logs: readonly Iterator<LogEntry>[]): Generator<LogEntry> {
  const heads = logs.flatMap((log) => advance({ log, time: Number.NEGATIVE_INFINITY }));
  for (;;) {
    const [first, ...others] = heads;
    if (first === undefined) return;
    const earliest = others.reduce((best, one) => (one.time < best.time ? one : best), first);
    yield earliest.entry;
    heads.splice(heads.indexOf(earliest), 1, ...advance(earliest));
  }
}

interface Head {
  readonly log: Iterator<LogEntry>;
  readonly entry: LogEntry;
  readonly time: number;
}

/** Returns the next head of a log; none at its end. */
function advance({ log, time }: Pick<Head, "log" | "time">): readonly Head[] {
  const { done, value } = log.next();
  return done === true ? [] : [{ log, entry: value, time: value.time ?? time }];
}
