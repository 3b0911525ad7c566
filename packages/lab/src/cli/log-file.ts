// Reads a log for a command, and refuses one that has nothing to use, with what stands in it.
import { FORMATS } from "../replay/formats.ts";
import type { LogSource } from "../replay/open-log.ts";
import { type LogContent, readLog } from "../replay/read-log.ts";
import { progress, UsageError } from "./terminal.ts";

/** A request takes about 400 bytes while a log is replayed, so this many take 2 GB. */
export const MOST_READ = 5_000_000;

export interface LogOptions {
  /** The name of a format, or `auto`. */
  readonly format: string;
  readonly key?: "path" | "client";
  readonly limit: number;
}

/** Reads the log. Throws a UsageError for one that cannot be read, is empty, or has no request that a server answered. */
export async function readLogFile(
  file: string,
  source: LogSource,
  { format, key, limit }: LogOptions,
): Promise<LogContent> {
  const given = FORMATS.find(({ name }) => name === format);
  const log = await readLog(source, {
    ...(given && { format: given }),
    ...(key && { key }),
    limit,
    progress: (requests) => progress(`reading: ${requests.toLocaleString("en-US")} requests`),
  }).catch((error: Error) => {
    throw new UsageError(`${file}: ${error.message}`);
  });
  progress(undefined);
  const shown = log.examples.map(({ line, text }) => `  line ${line}: ${text}`).join("\n");
  if (log.lines === 0) throw new UsageError(`${file}: the file is empty`);
  if (log.format === undefined)
    throw new UsageError(
      `${file}: its lines are of no format known here (${FORMATS.map(({ name }) => name).join(", ")})\n${shown}`,
    );
  if (log.requests.length === 0)
    throw new UsageError(
      `${file}: no request that a server answered, in ${log.lines} lines read as ${log.format.name}` +
        (shown === "" ? "" : `\n${shown}`),
    );
  return log;
}
