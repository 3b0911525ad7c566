// Writes what is selected of some logs to a stream, and goes on with what is added to them.
import type { Clock } from "@tandem/transport";
import { pause } from "@tandem/transport";
import type { LogEntry } from "./entry.ts";
import type { LogTail } from "./log-tail.ts";
import { mergeByTime } from "./merge.ts";
import { type Selection, selects, startAtSelection } from "./select.ts";

const POLL_MS = 200;

export interface Showing {
  readonly tails: readonly LogTail[];
  readonly selection: Selection;
  readonly follow: boolean;
  readonly clock: Clock;
  /** When aborted, nothing more is read. */
  readonly signal: AbortSignal;
  text(entry: LogEntry): string;
  /** Called with what a person should know of a log that could not be read. */
  refused(why: string): void;
}

/** Resolves when everything is written; with `follow`, when the signal comes. */
export async function showLogs(showing: Showing, to: NodeJS.WritableStream): Promise<void> {
  const { tails, selection, follow, signal } = showing;
  startAtSelection(tails, selection);
  const writeFresh = () => write(showing, to, mergeByTime(tails.map((tail) => tail.fresh())));
  await writeFresh();
  if (!follow) {
    const rest = tails.flatMap((tail) => tail.rest() ?? []);
    return write(showing, to, rest);
  }
  const ended = aborted(signal);
  const told = new Set(tails.map(({ why }) => why));
  while (!signal.aborted) {
    await Promise.race([pause(showing.clock, POLL_MS), ended]);
    await writeFresh();
    for (const { why } of tails) {
      if (!told.has(why)) showing.refused(why);
      told.add(why);
    }
  }
}

/** Writes in pieces of this size, so that a reader that ends is noticed between two of them. */
const PIECE_LENGTH = 64 * 1024;

async function write(
  { text, selection, signal }: Showing,
  to: NodeJS.WritableStream,
  entries: Iterable<LogEntry>,
): Promise<void> {
  let piece = "";
  for (const entry of entries) {
    if (selects(selection, entry)) piece += `${text(entry)}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    await written(to, piece);
    if (signal.aborted) return;
    piece = "";
  }
  if (piece !== "") await written(to, piece);
}

/** Resolves when the stream has taken the text. Until then no log is read, so nothing gathers in memory. */
function written(to: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    to.write(text, () => resolve());
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
