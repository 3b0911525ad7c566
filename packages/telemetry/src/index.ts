// Logs and metrics of a tier: files, standard output, and the Sumo Logic source to which they are sent.
export { accessFormatter } from "./access-log.ts";
export type { AccessRecord, TcpFacts } from "./access-record.ts";
export { checkTelemetry, quietTelemetry } from "./check.ts";
export { type LineFormat, Lines } from "./lines.ts";
export { LOAD_FIELD, LOAD_PATH, LoadMeter } from "./load-meter.ts";
export {
  defineSnapshotMetrics,
  type Snapshot,
  type SnapshotDefinition,
  type SnapshotRow,
} from "./metrics.ts";
export type {
  LineSink,
  LogOptions,
  SumoLogicOptions,
  TelemetryClock,
  TelemetryOptions,
  TelemetryTimer,
  TierName,
} from "./options.ts";
export {
  parseReadiness,
  READY_PATH,
  READY_TYPE,
  type Readiness,
  type ReadyCheck,
  type ReadyStatus,
  readyCode,
  readyText,
} from "./readiness.ts";
export { type Logger, openTelemetry, type Registry, type Telemetry } from "./telemetry.ts";
