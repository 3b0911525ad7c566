// Loggers for tests: one logger discards everything, the other one keeps everything.
import { inspect } from "node:util";
import type { FastifyBaseLogger } from "fastify";

const nothing = (): void => undefined;

export const silent: FastifyBaseLogger = {
  level: "silent",
  ...{ fatal: nothing, error: nothing, warn: nothing, info: nothing, debug: nothing },
  ...{ trace: nothing, silent: nothing },
  child: () => silent,
};

/** Makes a logger that keeps the log: the messages alone, and each message with all its fields. */
export function remembering(): {
  readonly logger: FastifyBaseLogger;
  readonly said: string[];
  readonly lines: string[];
} {
  const said: string[] = [];
  const lines: string[] = [];
  const keep = (...args: unknown[]): void => {
    said.push(`${args[1] ?? args[0]}`);
    lines.push(inspect(args, { depth: 8 }));
  };
  const logger: FastifyBaseLogger = {
    ...silent,
    error: keep,
    warn: keep,
    info: keep,
    child: () => logger,
  };
  return { logger, said, lines };
}
