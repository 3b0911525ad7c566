// Logs that a test makes: what `readLog` would return for them, and Tandem's lines in JSON.
import type { LogFormat } from "../../src/replay/entry.ts";
import { FORMATS } from "../../src/replay/formats.ts";
import type { LogContent } from "../../src/replay/read-log.ts";

export interface MadeRequest {
  readonly arrivedMs: number;
  readonly serverMs: number;
  readonly server: number;
}

export function formatNamed(name: string): LogFormat {
  const format = FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}

export function logOf(rows: readonly MadeRequest[], servers: readonly string[]): LogContent {
  const requests = rows.map(({ arrivedMs, serverMs, server }) => ({
    arrivedMs,
    startedMs: arrivedMs,
    serverMs: Math.round(serverMs),
    totalMs: Math.round(serverMs),
    server,
    key: 0,
  }));
  return {
    format: formatNamed("tandem-json"),
    requests,
    servers,
    lines: rows.length,
    local: 0,
    unreadable: 0,
    examples: [],
    cut: false,
  };
}

/** A line of Tandem's access log in JSON. */
export function tandemLine({ arrivedMs, serverMs, server }: MadeRequest): string {
  const Tr = Math.round(serverMs);
  return JSON.stringify({
    ...{
      time: new Date(arrivedMs).toISOString(),
      client: "10.0.0.1",
      server: `web${server + 1}`,
      target: "/",
    },
    ...{ TR: 0, Tw: 0, Tc: 0, Tr, Ta: Tr },
  });
}
