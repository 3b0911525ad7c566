// What the caller hands in. This package imports nothing of ours, so the shapes are stated here and
// match the `telemetry` section of tandem.yaml and the transport package's Clock by structure.
import type { LineFormat } from "./lines.ts";

/** Which process writes: it names the files, the categories and every log line. */
export interface TierName {
  readonly tier: "balancer" | "webserver" | "appserver" | "supervisor";
  readonly box: string;
}

export interface TelemetryTimer {
  cancel(): void;
}

/** Time as the caller owns it. Its timers must not keep the process alive on their own. */
export interface TelemetryClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  after(ms: number, run: () => void): TelemetryTimer;
  every(ms: number, run: () => void): TelemetryTimer;
}

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Files per tier are kept here; absent, both logs go to stdout. */
  readonly directory?: string | undefined;
  readonly accessFormat: "http" | "json";
}

/** A Sumo Logic HTTP source. Sizes in bytes, durations in milliseconds. */
export interface SumoLogicOptions {
  /** A secret: whoever knows it can write. It is never logged. */
  readonly url?: string | undefined;
  /** A file that holds the URL; wins over `url`. */
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

/** Takes what a format makes of a value as one line, a little later, under the same conditions. */
export interface RecordSink extends LineSink {
  record<T>(format: LineFormat<T>, value: T): void;
}

/** Takes one line without its newline. Never throws and never blocks; what cannot be kept is counted. */
export interface LineSink {
  write(line: string): void;
}
