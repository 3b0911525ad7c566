// Opens a tier's logs and metrics. The logs go to files or stdout. When the configuration names a Sumo Logic source,
// logs and metrics also go to that source.
import type { Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import { type LineFormat, Lines } from "./lines.ts";
import { openWriters } from "./log-writers.ts";
import { createLogger } from "./logger.ts";
import { createRegistry } from "./metrics.ts";
import type {
  LineSink,
  RecordSink,
  TelemetryClock,
  TelemetryOptions,
  TierName,
} from "./options.ts";
import { openShipper, type Shipper } from "./sumologic/shipper.ts";

export type { Logger, Registry };

/** The logs and metrics of one tier, or of one of its threads. */
export interface Telemetry {
  /** The application log: JSON lines with time, level, tier, box and pid. */
  readonly logger: Logger;
  /** Takes access records together with their format; see `accessFormatter`. */
  readonly accessLog: RecordSink;
  /** The metrics that `/metrics` shows. Only a process's main thread sends them to Sumo Logic. */
  readonly registry: Registry;
  /** Writes and sends what is left, within 2 s, and closes the outputs. Lines that are logged later are dropped. */
  close(): Promise<void>;
}

const SHIPPER_CLOSE_MS = 1500;

/**
 * Opens the logs and metrics of `tier`. Throws when the log directory cannot be written or the Sumo Logic URL cannot
 * be read; the message names the key of tandem.yaml. Later failures never reach the caller.
 */
export function openTelemetry(
  options: TelemetryOptions,
  tier: TierName,
  clock: TelemetryClock,
): Telemetry {
  const registry = createRegistry(tier);
  const dropped = new Counter({
    name: "tandem_telemetry_dropped_total",
    help: "Log lines and metric snapshots that were lost, by reason.",
    labelNames: ["destination", "reason"],
    registers: [registry],
  });
  const lost = (lines: number): void =>
    dropped.inc({ destination: "log", reason: "buffer_full" }, lines);
  const writers = openWriters(options, tier, clock, lost);
  let shipper: Shipper | undefined;
  const app: LineSink = {
    write(line) {
      writers.app.write(line);
      shipper?.app.write(line);
    },
  };
  const logger = createLogger(options.log.level, tier, clock, app);
  if (options.sumologic !== undefined) {
    shipper = openShipper(options.sumologic, { tier, clock, registry, logger, dropped });
  }
  return {
    logger,
    registry,
    accessLog: tee(writers.access, shipper?.access),
    async close() {
      await shipper?.close(SHIPPER_CLOSE_MS);
      await writers.close();
    },
  };
}

function tee(first: RecordSink, second: LineSink | undefined): RecordSink {
  if (second === undefined) return first;
  const scratch = new Lines();
  const write = (line: string): void => {
    first.write(line);
    second.write(line);
  };
  return {
    write,
    record<T>(format: LineFormat<T>, value: T) {
      scratch.cut(0);
      format(value, scratch);
      write(scratch.bytes.toString());
    },
  };
}
