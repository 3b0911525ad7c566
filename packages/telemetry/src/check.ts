// Checks that logs and metrics can be opened, without opening them. Opening would create the log file. The file would
// belong to the user who runs the check, and the user who runs the tier might be unable to write to it.
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { TelemetryOptions } from "./options.ts";
import { readSourceUrl } from "./sumologic/source-url.ts";

/** Throws in the cases in which opening logs and metrics would throw. The message names the key of tandem.yaml. */
export function checkTelemetry({ log: { directory }, sumologic }: TelemetryOptions): void {
  if (sumologic !== undefined) readSourceUrl(sumologic);
  if (directory === undefined) return;
  let folder = directory;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    accessSync(`${folder}/`, constants.W_OK);
  } catch {
    throw new Error(
      `telemetry.log.directory: cannot write to the folder '${folder}'; make it writable for this user, or leave the key out to log to stdout`,
    );
  }
}

/** Returns the log options for a tier that is only tried out: it logs errors only, to standard output. */
export function quietTelemetry({ log }: TelemetryOptions): TelemetryOptions {
  return { log: { level: "error", accessFormat: log.accessFormat } };
}
