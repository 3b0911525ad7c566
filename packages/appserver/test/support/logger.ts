// Loggers for tests: one that says nothing, and one that remembers.
import type { FastifyBaseLogger } from "fastify";

const nothing = (): void => undefined;

export const silent: FastifyBaseLogger = {
  level: "silent",
  ...{ fatal: nothing, error: nothing, warn: nothing, info: nothing, debug: nothing },
  ...{ trace: nothing, silent: nothing },
  child: () => silent,
};

/** Keeps the messages of errors and warnings. */
export function remembering(): { readonly logger: FastifyBaseLogger; readonly said: string[] } {
  const said: string[] = [];
  const keep = (...args: unknown[]): void => void said.push(`${args[1] ?? args[0]}`);
  const logger: FastifyBaseLogger = {
    ...silent,
    error: keep,
    warn: keep,
    info: keep,
    child: () => logger,
  };
  return { logger, said };
}
