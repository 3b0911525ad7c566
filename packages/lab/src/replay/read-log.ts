// Reads from a file the data that a replay needs: a few numbers per request, and the lines that could not be read.
// Memory is limited by the number of requests kept, not by the size of the file.
import { Stream } from "../sim/stream.ts";
import type { LogEntry, LogFormat } from "./entry.ts";
import { detectFormat } from "./formats.ts";
import { linesOf } from "./lines.ts";
import { type Strays, withoutStrays } from "./strays.ts";

export interface LogContent {
  readonly format: LogFormat;
  readonly lines: number;
  /** Requests that a server answered, in order of arrival. When the log has no times, all requests. */
  readonly requests: readonly LogRequest[];
  /** How many requests no server answered: refused, redirected, answered from a cache, given up. */
  readonly local: number;
  readonly unreadable: number;
  /** The first unreadable lines, as examples. */
  readonly examples: readonly BadLine[];
  /** The names of the servers, in order; `LogRequest.server` is an index. Empty when the log has none. */
  readonly servers: readonly string[];
  /** Requests that were left out because of their time. */
  readonly strays?: Strays;
  /** Whether reading stopped after `ReadOptions.limit` requests. */
  readonly cut: boolean;
}

export interface LogRequest {
  readonly arrivedMs: number;
  readonly totalMs: number;
  /** When a server got the request. */
  readonly startedMs: number;
  /** How long the server took; NaN when the log does not say. */
  readonly serverMs: number;
  /** The number of the server; −1 = unknown. */
  readonly server: number;
  /** A hash of the value (path or client) by which hashing algorithms keep requests on one server. */
  readonly key: number;
}

export interface BadLine {
  readonly line: number;
  readonly text: string;
}

export interface ReadOptions {
  /** The format of the lines. Default: the format detected from the first lines. */
  readonly format?: LogFormat;
  readonly key?: "path" | "client";
  readonly limit: number;
  /** Called after every chunk of the log, with the number of requests read so far. */
  readonly progress?: (requests: number) => void;
}

const SAMPLE = 200;
const EXAMPLES = 3;

/** The result when the first lines have no known format. */
export interface UnknownLog {
  readonly format: undefined;
  readonly lines: number;
  readonly examples: readonly BadLine[];
}

/** Reads a log. Rejects with the stream's error when the stream cannot be read. */
export async function readLog(
  stream: AsyncIterable<Buffer>,
  options: ReadOptions,
): Promise<LogContent | UnknownLog> {
  const collector = new Collector(options);
  for await (const lines of linesOf(stream)) {
    for (const line of lines) collector.add(line);
    options.progress?.(collector.requests);
    if (collector.full) break;
  }
  return collector.finish();
}

/** A request while the log is read. Millions of them are kept, so they are changed in place instead of copied. */
type Kept = { -readonly [K in keyof LogRequest]: LogRequest[K] };

class Collector {
  readonly #options: ReadOptions;
  readonly #requests: Kept[] = [];
  readonly #servers = new Map<string, number>();
  readonly #examples: BadLine[] = [];
  #format: LogFormat | undefined;
  /** Lines that are kept until the format is known. */
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
    if (!format.exact) spreadOut(this.#requests);
    const { kept, strays } = withoutStrays(
      this.#requests.sort((a, b) => a.arrivedMs - b.arrivedMs),
    );
    const servers = [...this.#servers.keys()].sort();
    const rank = [...this.#servers.keys()].map((name) => servers.indexOf(name));
    for (const request of kept) request.server = rank[request.server] ?? -1;
    return {
      format,
      requests: kept,
      lines: this.#lines,
      local: this.#local,
      unreadable: this.#unreadable,
      examples: this.#examples,
      servers,
      ...(strays && { strays }),
      cut: this.full,
    };
  }
}

/** Spreads arrivals that are known only to the second over that second. The arrivals are then like Poisson arrivals. */
function spreadOut(requests: readonly Kept[]): void {
  const stream = new Stream(1, "within the second");
  for (const request of requests) {
    const later = 1000 * stream.next();
    request.arrivedMs += later;
    request.startedMs += later;
  }
}

const badLine = (line: number, text: string | undefined): BadLine => ({
  line,
  // Control characters must not reach the terminal.
  text: text === undefined ? "(longer than 64 KiB)" : text.slice(0, 100).replaceAll(/[^ -~]/g, "?"),
});

/** Returns a hash (FNV-1a, 32 bits). A table of paths would grow with the log, and a hash does not. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
