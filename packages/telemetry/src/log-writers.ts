// Opens what the application log and the access log of a tier are written to: a file for each, or standard output for
// both.
import { join } from "node:path";
import { LogFile, type LogOutput, standardOutput } from "./log-file.ts";
import { LogWriter } from "./log-writer.ts";
import type { TelemetryClock, TelemetryOptions, TierName } from "./options.ts";

const CLOSE_MS = 500;

export interface LogWriters {
  readonly app: LogWriter;
  readonly access: LogWriter;
  /** Writes what is left, within half a second, and closes the outputs. */
  close(): Promise<void>;
}

/**
 * Opens both writers. Throws when a file cannot be opened; the message names the key of tandem.yaml. `dropped` is told
 * how many lines were lost because the outputs did not keep up.
 */
export function openWriters(
  options: TelemetryOptions,
  { tier, box }: TierName,
  clock: TelemetryClock,
  dropped: (lines: number) => void,
): LogWriters {
  const { directory } = options.log;
  if (directory === undefined) {
    const both = new LogWriter(standardOutput(), { clock, dropped });
    return { app: both, access: both, close: () => both.close(CLOSE_MS) };
  }
  const open = (suffix: string): LogOutput => {
    const path = join(directory, `${tier}-${box}${suffix}`);
    try {
      return new LogFile(path);
    } catch (error) {
      throw new Error(
        `telemetry.log.directory: cannot append to '${path}' (${(error as NodeJS.ErrnoException).code}); ` +
          "make the directory writable for this user, or leave the key out to log to stdout",
        { cause: error },
      );
    }
  };
  const app = new LogWriter(open(".log"), { clock, dropped });
  const access = new LogWriter(open(".access.log"), { clock, dropped });
  return {
    app,
    access,
    async close() {
      await Promise.all([app.close(CLOSE_MS), access.close(CLOSE_MS)]);
    },
  };
}
