// From a file to what a replay needs: three numbers a request, and what could not be read. Memory is bounded by
// the number of requests kept, not by the size of the file.
import type { Readable } from "node:stream";
import { Stream } from "../sim/stream.ts";
import type { LogEntry, LogFormat } from "./entry.ts";
import { detectFormat } from "./formats.ts";
import { linesOf } from "./lines.ts";

export interface LogContent {
  readonly format: LogFormat;
  readonly lines: number;
  /** Requests that a server answered (or, where the log has no times, all), in order of arrival. */
  readonly requests: readonly LogRequest[];
  /** Lines of requests that no server answered: refused, redirected, from a cache, given up. */
  readonly local: number;
  readonly unreadable: number;
  /** The first of them, to name. */
  readonly examples: readonly BadLine[];
  /** Distinct names of servers; 0 where the log has none. */
  readonly servers: number;
  /** Requests beyond the limit were not read. */
  readonly cut: boolean;
}

export interface LogRequest {
  readonly arrivedMs: number;
  readonly totalMs: number;
  /** When a server had it. */
  readonly startedMs: number;
  /** NaN when the log does not tell. */
  readonly serverMs: number;
  /** Number of the server; −1 unknown. */
  readonly server: number;
  /** A hash of what keeps requests together. */
  readonly key: number;
}

export interface BadLine {
  readonly line: number;
  readonly text: string;
}

export interface ReadOptions {
  /** Default: found out from the first lines. */
  readonly format?: LogFormat;
  readonly key?: "path" | "client";
  readonly limit: number;
  /** After every chunk. */
  readonly progress?: (requests: number) => void;
}

const SAMPLE = 200;
const EXAMPLES = 3;

/** Nothing in the beginning of the log is of any known format. */
export interface UnknownLog {
  readonly format: undefined;
  readonly lines: number;
  readonly examples: readonly BadLine[];
}

/** Rejects with what the stream says when it cannot be read. */
export async function readLog(
  stream: Readable,
  options: ReadOptions,
): Promise<LogContent | UnknownLog> {
  const collector = new Collector(options);
  for await (const lines of linesOf(stream)) {
    for (const line of lines) collector.add(line);
    options.progress?.(collector.requests);
    if (collector.full) break;
  }
  stream.destroy();
  return collector.finish();
}

class Collector {
  readonly #options: ReadOptions;
  readonly #requests: LogRequest[] = [];
  readonly #servers = new Map<string, number>();
  readonly #examples: BadLine[] = [];
  #format: LogFormat | undefined;
  /** Lines that wait until the format is known. */
  #early: (string | undefined)[] = [];
  #lines = 0;
  #local = 0;
  #unreadable = 0;
  #hopeless = false;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#format = options.format;
  }

  get requests(): number {
    return this.#requests.length;
  }

  get full(): boolean {
    return this.#hopeless || this.#requests.length >= this.#options.limit;
  }

  add(line: string | undefined): void {
    if (this.#format !== undefined) {
      this.#read(this.#format, line);
      return;
    }
    this.#early.push(line);
    if (this.#early.length >= SAMPLE) this.#decide();
  }

  #decide(): void {
    this.#format = detectFormat(this.#early.filter((line) => line !== undefined));
    if (this.#format === undefined) {
      this.#hopeless = true;
      return;
    }
    for (const line of this.#early.splice(0)) this.#read(this.#format, line);
  }

  #read(format: LogFormat, line: string | undefined): void {
    if (this.full) return;
    this.#lines++;
    if (line === "") return;
    const entry = line === undefined ? undefined : format.read(line);
    if (entry === undefined) {
      this.#unreadable++;
      if (this.#examples.length < EXAMPLES) this.#examples.push(badLine(this.#lines, line));
    } else if (format.timed && Number.isNaN(entry.serverMs)) this.#local++;
    else this.#keep(entry);
  }

  #keep(entry: LogEntry): void {
    let server = -1;
    if (entry.server !== undefined) {
      server = this.#servers.get(entry.server) ?? this.#servers.size;
      this.#servers.set(entry.server, server);
    }
    this.#requests.push({
      arrivedMs: entry.arrivedMs,
      totalMs: entry.totalMs,
      startedMs: entry.arrivedMs + entry.waitedMs,
      serverMs: entry.serverMs,
      server,
      key: hash(this.#options.key === "client" ? entry.client : entry.path),
    });
  }

  finish(): LogContent | UnknownLog {
    if (this.#format === undefined) this.#decide();
    const format = this.#format;
    if (format === undefined) {
      const examples = this.#early.slice(0, EXAMPLES).map((line, i) => badLine(i + 1, line));
      return { format, examples, lines: this.#early.length };
    }
    const requests = (format.exact ? this.#requests : spreadOut(this.#requests)).toSorted(
      (a, b) => a.arrivedMs - b.arrivedMs,
    );
    return {
      format,
      requests,
      lines: this.#lines,
      local: this.#local,
      unreadable: this.#unreadable,
      examples: this.#examples,
      servers: this.#servers.size,
      cut: this.full,
    };
  }
}

/** Times known to the second only: anywhere within it, as Poisson arrivals would be. */
function spreadOut(requests: readonly LogRequest[]): LogRequest[] {
  const stream = new Stream(1, "within the second");
  return requests.map((request) => {
    const later = 1000 * stream.next();
    const { arrivedMs, startedMs } = request;
    return { ...request, arrivedMs: arrivedMs + later, startedMs: startedMs + later };
  });
}

const badLine = (line: number, text: string | undefined): BadLine => ({
  line,
  // Control characters stay out of the terminal.
  text: text === undefined ? "(longer than 64 KiB)" : text.slice(0, 100).replaceAll(/[^ -~]/g, "?"),
});

/** FNV-1a, 32 bits: no table of paths that grows with the log. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
