// The access log of a data thread. It is an entry point of its own (`@tandem/telemetry/thread-log`), so that a thread
// loads neither the metrics library nor the logger. A thread needs them only when it ships its access log itself.
import { openWriters } from "./log-writers.ts";
import type { TelemetryClock, TelemetryOptions, TierName } from "./options.ts";
import type { Telemetry } from "./telemetry.ts";

export { accessFormatter } from "./access-log.ts";

/** Opens the access log. Rejects in the same cases in which `openTelemetry` throws. */
export async function openThreadLog(
  options: TelemetryOptions,
  tier: TierName,
  clock: TelemetryClock,
): Promise<Pick<Telemetry, "accessLog" | "close">> {
  if (options.sumologic !== undefined) {
    const { openTelemetry } = await import("./telemetry.ts");
    return openTelemetry(options, tier, clock);
  }
  const { access, close } = openWriters(options, tier, clock, () => undefined);
  return { accessLog: access, close };
}
