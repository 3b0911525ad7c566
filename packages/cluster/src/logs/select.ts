// Selects the entries to show, and finds the place in each log from which they are to be read.
import type { LogEntry } from "./entry.ts";
import { type Level, reaches } from "./level.ts";
import type { LogTail, PlacedEntry } from "./log-tail.ts";

export interface Selection {
  /** The least important level to show; all levels when undefined. */
  readonly level: Level | undefined;
  /** The wall-clock time of the oldest entry to show. */
  readonly since: number;
  /** How many entries of all logs together to show; of these the newest are chosen. */
  readonly lines: number;
}

/**
 * Lines of one file may be out of order by this much, because each thread gathers lines before it writes them. An older
 * line ends the search for the first one to show.
 */
const DISORDER_MS = 10_000;

/** Whether the entry is to be shown. A line that does not tell its level or time is shown with those around it. */
export function selects({ level, since }: Selection, entry: LogEntry): boolean {
  if (entry.time !== undefined && entry.time < since) return false;
  return level === undefined || entry.level === undefined || reaches(entry.level, level);
}

/** Lets each log start at its oldest entry to show. Only places are kept in memory, however many entries there are. */
export function startAtSelection(tails: readonly LogTail[], selection: Selection): void {
  const starts = new Map<LogTail, number>();
  let heads = tails.flatMap((tail) =>
    advance({ tail, log: tail.backwards(), time: Number.POSITIVE_INFINITY }),
  );
  let chosen = 0;
  while (chosen < selection.lines) {
    const [first, ...others] = heads;
    if (first === undefined) break;
    const latest = others.reduce((best, one) => (one.time > best.time ? one : best), first);
    const { tail, placed, time } = latest;
    const ended = time < selection.since - DISORDER_MS;
    if (!ended && selects(selection, placed.entry)) {
      starts.set(tail, placed.at);
      chosen += 1;
    }
    heads = heads.flatMap((one) => (one !== latest ? [one] : ended ? [] : advance(one)));
  }
  for (const tail of tails) tail.startAt(starts.get(tail) ?? "end");
}

interface Head {
  readonly tail: LogTail;
  readonly log: Iterator<PlacedEntry>;
  readonly placed: PlacedEntry;
  readonly time: number;
}

/** Returns the next older head of a log; none at its start. */
function advance({ tail, log, time }: Pick<Head, "tail" | "log" | "time">): readonly Head[] {
  const { done, value } = log.next();
  return done === true ? [] : [{ tail, log, placed: value, time: value.time ?? time }];
}
