// Makes the application log: pino's JSON lines, handed to a LineSink and not to pino's own transports.
import { type Logger, pino } from "pino";
import { loggedError } from "./errors.ts";
import type { LineSink, LogOptions, TelemetryClock, TierName } from "./options.ts";

const SECRETS = ["authorization", "cookie", '["set-cookie"]', "password", "token", "secret"];

function redactions(): string[] {
  const below = (parent: string) =>
    SECRETS.map((key) => (key.startsWith("[") ? parent + key : `${parent}.${key}`));
  return [...SECRETS, ...below("*"), ...below("req.headers"), ...below("res.headers")];
}

/**
 * Creates a logger whose lines carry time, level (by name), tier, box and pid. Fields with the name of a secret are
 * blanked. Code must still not log secrets: this is only a second line of defence.
 */
export function createLogger(
  level: LogOptions["level"],
  tier: TierName,
  clock: TelemetryClock,
  sink: LineSink,
): Logger {
  return pino(
    {
      level,
      base: { tier: tier.tier, box: tier.box, pid: process.pid },
      timestamp: () => `,"time":"${new Date(clock.wall()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: loggedError, error: loggedError },
      redact: { paths: redactions(), censor: "[redacted]" },
    },
    { write: (line: string) => sink.write(line.endsWith("\n") ? line.slice(0, -1) : line) },
  );
}
