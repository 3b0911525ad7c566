// Whether logs and metrics could be opened, without opening them: a file made by the user who checks might
// not be writable for the user who runs the tier.
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { TelemetryOptions } from "./options.ts";
import { readSourceUrl } from "./sumologic/source-url.ts";

/** Throws, naming the key of tandem.yaml, where opening these would. */
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

/** What a tier that is only tried logs by: errors alone, to standard output. */
export function quietTelemetry({ log }: TelemetryOptions): TelemetryOptions {
  return { log: { level: "error", accessFormat: log.accessFormat } };
}
