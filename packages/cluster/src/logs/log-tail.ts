// A log file that is read while its tier writes it. The file may not exist yet, may be moved away (rotation by rename), or
// be cut to nothing (rotation by copytruncate).
import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { type LogEntry, readEntry } from "./entry.ts";
import { LineReader, linesBackwards } from "./line-reader.ts";
import type { LogSource } from "./source.ts";

/** For so long a tier may go on writing to a file that was moved away, until it notices. */
const MOVED_MS = 15_000;

export type TailState = "open" | "missing" | "refused";

/** How many lines without a time are kept until the line before them tells it. */
const MOST_WAITING = 100;

/** An entry, and the place of its line in the file. */
export interface PlacedEntry {
  readonly entry: LogEntry;
  /** The time of the entry or, when it has none, of the nearest entry before it that has one. */
  readonly time: number | undefined;
  readonly at: number;
}

export class LogTail {
  readonly source: LogSource;
  readonly #now: () => number;
  #reader: LineReader | undefined;
  #moved: { readonly reader: LineReader; readonly until: number } | undefined;
  #state: TailState = "missing";
  #why = "";

  /** Opens the file, if there is one. `now` gives monotonic milliseconds. */
  constructor(source: LogSource, now: () => number) {
    this.source = source;
    this.#now = now;
    this.#open();
  }

  get state(): TailState {
    return this.#state;
  }

  /** Why the file cannot be read, with what to do; empty unless the state is `refused`. */
  get why(): string {
    return this.#why;
  }

  /** Gives the entries from the end of the file to its start. */
  *backwards(): Generator<PlacedEntry> {
    if (this.#reader === undefined) return;
    let waiting: PlacedEntry[] = [];
    for (const { text, at } of linesBackwards(this.#reader.fd)) {
      if (text === "") continue;
      const entry = readEntry(text, this.source);
      const { time } = entry;
      waiting.push({ entry, time, at });
      if (time === undefined && waiting.length < MOST_WAITING) continue;
      yield* waiting.map((one) => ({ ...one, time }));
      waiting = [];
    }
    yield* waiting;
  }

  /** Sets the place in the file from which `fresh` reads: a byte, or the end. */
  startAt(place: number | "end"): void {
    if (this.#reader === undefined) return;
    const { fd } = this.#reader;
    this.#reader = new LineReader(fd, place === "end" ? fstatSync(fd).size : place);
  }

  /** Gives the entries that were written since the last call. */
  *fresh(): Generator<LogEntry> {
    if (this.#moved !== undefined) yield* this.#entries(this.#moved.reader);
    if (this.#moved !== undefined && this.#now() > this.#moved.until) this.#forgetMoved();
    if (this.#reader !== undefined) yield* this.#entries(this.#reader);
    if (this.#reader !== undefined && !this.#hasMoved(this.#reader.fd)) return;
    const before = this.#reader;
    if (!this.#open()) return;
    if (before !== undefined) {
      this.#forgetMoved();
      this.#moved = { reader: before, until: this.#now() + MOVED_MS };
    }
    if (this.#reader !== undefined) yield* this.#entries(this.#reader);
  }

  /** Returns the last line as an entry when it has no newline. Call it when nothing more will be read. */
  rest(): LogEntry | undefined {
    const line = this.#reader?.rest();
    return line === undefined ? undefined : readEntry(line, this.source);
  }

  close(): void {
    this.#forgetMoved();
    if (this.#reader !== undefined) closeSync(this.#reader.fd);
    this.#reader = undefined;
  }

  *#entries(reader: LineReader): Generator<LogEntry> {
    for (const line of reader.lines()) if (line !== "") yield readEntry(line, this.source);
  }

  #forgetMoved(): void {
    if (this.#moved !== undefined) closeSync(this.#moved.reader.fd);
    this.#moved = undefined;
  }

  /** Whether another file is at the path now. While there is none, the tier still writes to the open one. */
  #hasMoved(fd: number): boolean {
    try {
      const there = statSync(this.source.path, { bigint: true });
      const open = fstatSync(fd, { bigint: true });
      return there.ino !== open.ino || there.dev !== open.dev;
    } catch {
      return false;
    }
  }

  /** Opens what is at the path, from its start. Returns whether it did; if not, what was open stays open. */
  #open(): boolean {
    const { path } = this.source;
    try {
      // Another kind of file is not opened at all: what is read from a pipe is gone for its true reader.
      if (!statSync(path).isFile()) return this.#refuse("is no regular file, expected a log file");
      this.#reader = new LineReader(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), 0);
      this.#state = "open";
      this.#why = "";
      return true;
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") {
        if (this.#reader === undefined) this.#state = "missing";
        return false;
      }
      return this.#refuse(
        code === "EACCES"
          ? "may not be read by this user; run the command as the user of the tiers, or with sudo"
          : `cannot be read (${code})`,
      );
    }
  }

  #refuse(why: string): false {
    this.#state = "refused";
    this.#why = `${this.source.path}: ${why}`;
    return false;
  }
}
