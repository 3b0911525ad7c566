// Writes lines to one descriptor in batches:
//
//   write(line) ─▶ gathered ──100 ms or 32 KiB──▶ chunk ──one fs.write in flight──▶ fd
//
// Logging never blocks serving, and its memory is bounded. The price is that a line may be lost: when the machine dies
// within 100 ms, or when the disk is full until the buffer is full too. Every write holds whole lines, so several
// threads may share one file or pipe.
import { write } from "node:fs";
import { bounded, FLUSH_BOUND_MS } from "./bounded.ts";
import { type LineFormat, Lines } from "./lines.ts";
import { type LogOutput, writeAllSync } from "./log-file.ts";
import type { RecordSink, TelemetryClock, TelemetryTimer } from "./options.ts";

const FLUSH_MS = 100;
/**
 * How many records are formatted one after the other. Formatting many at once costs less per
 * record, because the code is still in the processor's caches.
 */
const TOGETHER = 64;
const FLUSH_SIZE = 32 * 1024;
const BUFFER_SIZE = 1024 * 1024;
const RETRY_MS = 1000;
const PIPE_FULL_MS = 5;
const ROTATION_CHECK_MS = 5000;
const WARNING_MS = 60_000;

export interface LogWriterOptions {
  readonly clock: TelemetryClock;
  /** Called with the number of lines that were lost. */
  readonly dropped: (lines: number) => void;
  /** Called with a warning for the operator when the output fails, at most once a minute. */
  readonly warn?: (message: string) => void;
}

/** Writes lines to `output` in batches. */
export class LogWriter implements RecordSink {
  readonly #output: LogOutput;
  readonly #clock: TelemetryClock;
  readonly #dropped: (lines: number) => void;
  readonly #warn: (message: string) => void;
  readonly #rotationCheck: TelemetryTimer;
  readonly #onExit = (): void => this.#writeRest();
  /** Values that wait to be formatted. The format of each value is at the same index in `#formats`. */
  readonly #waiting: unknown[] = [];
  readonly #formats: LineFormat<unknown>[] = [];
  #gathered = new Lines();
  /** The memory of the chunk that is being written. After each chunk it changes places with `#gathered`. */
  #writingFrom = new Lines();
  #chunk: Buffer | undefined;
  #offset = 0;
  #writing = false;
  #stale = false;
  #closed = false;
  #timer: TelemetryTimer | undefined;
  #settled: (() => void)[] = [];
  #lastWarning = Number.NEGATIVE_INFINITY;

  constructor(output: LogOutput, options: LogWriterOptions) {
    this.#output = output;
    this.#clock = options.clock;
    this.#dropped = options.dropped;
    this.#warn = options.warn ?? ((message) => void process.stderr.write(`${message}\n`));
    this.#rotationCheck = options.clock.every(ROTATION_CHECK_MS, () => void this.#checkRotation());
    process.on("exit", this.#onExit);
  }

  write(line: string): void {
    this.record(plain, line);
    this.#gather();
    this.#writeWhenFull();
  }

  /** Like `write`, but the line is formatted a little later, so `value` must not change. */
  record<T>(format: LineFormat<T>, value: T): void {
    if (this.#closed) {
      this.#dropped(1);
      return;
    }
    this.#waiting.push(value);
    this.#formats.push(format as LineFormat<unknown>);
    if (this.#waiting.length < TOGETHER) this.#arm(FLUSH_MS);
    else {
      this.#gather();
      this.#writeWhenFull();
    }
  }

  #writeWhenFull(): void {
    if (this.#gathered.length >= FLUSH_SIZE) this.#writeNext();
    this.#arm(FLUSH_MS);
  }

  /** Formats the waiting values as lines. */
  #gather(): void {
    const gathered = this.#gathered;
    for (let i = 0; i < this.#waiting.length; i++) {
      const before = gathered.length;
      this.#formats[i]?.(this.#waiting[i], gathered);
      gathered.newline();
      if (gathered.length + (this.#chunk?.length ?? 0) <= BUFFER_SIZE) continue;
      gathered.cut(before);
      this.#dropped(1);
    }
    this.#waiting.length = 0;
    this.#formats.length = 0;
  }

  /**
   * Resolves when all earlier lines have been handed to the operating system or have failed, but after 2 s at the
   * latest.
   */
  flush(): Promise<void> {
    return bounded(this.#clock, FLUSH_BOUND_MS, this.#drained());
  }

  /** Writes the remaining lines, waits at most `boundMs` for that, and closes the descriptor. */
  async close(boundMs: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await bounded(this.#clock, boundMs, this.#drained());
    this.#timer?.cancel();
    this.#rotationCheck.cancel();
    process.off("exit", this.#onExit);
    if (this.#writing) {
      // The output hangs, for example on a pipe without a reader. Another write would make this thread hang too. The
      // descriptor stays open: if it were closed, another file could get its number while the write still runs.
      this.#dropRest();
      return;
    }
    this.#writeRest();
    this.#output.close();
  }

  #drained(): Promise<void> {
    if (this.#idle) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#writeNext();
    });
  }

  get #idle(): boolean {
    return this.#waiting.length === 0 && this.#gathered.length === 0 && this.#chunk === undefined;
  }

  #arm(ms: number): void {
    if (this.#timer !== undefined || this.#writing || this.#idle) return;
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      this.#writeNext();
    });
  }

  #writeNext(): void {
    // While the output fails, only the timer starts the next attempt. Otherwise each new line would
    // start another attempt.
    if (this.#writing || (this.#chunk !== undefined && this.#timer !== undefined)) return;
    this.#gather();
    if (this.#stale) this.#reopen();
    if (this.#chunk === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
      if (this.#gathered.length === 0) {
        this.#settle();
        return;
      }
      const full = this.#gathered;
      this.#gathered = this.#writingFrom;
      this.#gathered.cut(0);
      this.#writingFrom = full;
      this.#chunk = full.bytes;
      this.#offset = 0;
    }
    this.#writing = true;
    const size = wholeLines(this.#chunk, this.#offset, this.#output.atomicBytes);
    write(this.#output.fd, this.#chunk, this.#offset, size, null, this.#wrote);
  }

  readonly #wrote = (error: NodeJS.ErrnoException | null, bytes: number): void => {
    this.#writing = false;
    if (error?.code === "EAGAIN") {
      this.#arm(PIPE_FULL_MS);
      return;
    }
    if (error !== null) {
      this.#warnOnce(`cannot write (${error.code}); serving goes on, log lines may be lost`);
      this.#settle();
      if (!this.#closed) this.#arm(RETRY_MS);
      return;
    }
    this.#offset += bytes;
    if (this.#chunk !== undefined && this.#offset >= this.#chunk.length) this.#chunk = undefined;
    const more = this.#chunk !== undefined || this.#gathered.length >= FLUSH_SIZE;
    if (more || this.#settled.length > 0) this.#writeNext();
    else this.#arm(FLUSH_MS);
  };

  #settle(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  async #checkRotation(): Promise<void> {
    if (!(await this.#output.moved()) || this.#closed) return;
    this.#stale = true;
    if (!this.#writing) this.#reopen();
  }

  #reopen(): void {
    this.#stale = false;
    try {
      this.#output.reopen();
    } catch (error) {
      this.#warnOnce(`cannot reopen after rotation (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  /**
   * Writes the remaining lines at the end of the process, synchronously. Bytes that fs.write already has are not
   * written again, because they would appear twice.
   */
  #writeRest(): void {
    this.#gather();
    const begun = this.#writing ? undefined : this.#chunk?.subarray(this.#offset);
    const rest = Buffer.concat([begun ?? Buffer.alloc(0), this.#gathered.bytes]);
    this.#gathered.cut(0);
    if (!this.#writing) this.#chunk = undefined;
    try {
      writeAllSync(this.#output.fd, rest);
    } catch (error) {
      this.#dropped(countLines(rest.toString("latin1")));
      this.#warnOnce(`cannot write the last lines (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  #dropRest(): void {
    this.#gather();
    const begun = this.#chunk?.toString("latin1", this.#offset) ?? "";
    this.#dropped(countLines(this.#gathered.bytes.toString("latin1")) + countLines(begun));
    this.#gathered.cut(0);
    this.#warnOnce("cannot write the last lines (the output hangs)");
  }

  #warnOnce(problem: string): void {
    const now = this.#clock.now();
    if (now - this.#lastWarning < WARNING_MS) return;
    this.#lastWarning = now;
    this.#warn(`telemetry: ${this.#output.name}: ${problem}`);
  }
}

/**
 * Returns how many bytes from `offset` to write at once: as many whole lines as fit in `max`, but at least one line.
 */
function wholeLines(chunk: Buffer, offset: number, max: number): number {
  if (chunk.length - offset <= max) return chunk.length - offset;
  const end = chunk.lastIndexOf(10, offset + max - 1);
  return (end >= offset ? end : chunk.indexOf(10, offset)) + 1 - offset;
}

function plain(line: string, out: Lines): void {
  out.text(line);
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
