// The options and the clock that the caller passes. This package imports no other package of Tandem, so it declares
// these types itself. The options have the structure of the `telemetry` section of tandem.yaml, and the clock has the
// structure of the transport package's Clock.
import type { LineFormat } from "./lines.ts";

/** The process that writes logs. Its tier and box name the files, the Sumo Logic categories and every log line. */
export interface TierName {
  readonly tier: "balancer" | "webserver" | "appserver" | "supervisor";
  readonly box: string;
}

export interface TelemetryTimer {
  cancel(): void;
}

/** The caller's clock. Its timers must not keep the process alive. */
export interface TelemetryClock {
  /** Returns monotonic milliseconds. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  after(ms: number, run: () => void): TelemetryTimer;
  every(ms: number, run: () => void): TelemetryTimer;
}

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** The folder of the log files, one set of files per tier. When left out, both logs go to stdout. */
  readonly directory?: string | undefined;
  readonly accessFormat: "http" | "json";
}

/** A Sumo Logic HTTP source. Sizes are in bytes, durations in milliseconds. */
export interface SumoLogicOptions {
  /** The source's URL. It is a secret and never logged, because every holder of the URL can write to the source. */
  readonly url?: string | undefined;
  /** A file that holds the URL; it takes precedence over `url`. */
  readonly urlFile?: string | undefined;
  readonly category: string;
  readonly batch: number;
  readonly interval: number;
  readonly buffer: number;
  readonly metricsInterval: number;
}

export interface TelemetryOptions {
  readonly log: LogOptions;
  readonly sumologic?: SumoLogicOptions | undefined;
}

/** Takes a value, and formats it as one line a little later. Like `write`, it never throws and never blocks. */
export interface RecordSink extends LineSink {
  record<T>(format: LineFormat<T>, value: T): void;
}

/** Takes one line without its newline. Never throws and never blocks; a line that cannot be kept is counted. */
export interface LineSink {
  write(line: string): void;
}
