// Refused connections in a log: of each kind the first at once, then one in ten seconds at most, with how many there
// were in between. A scan of the port must not be able to fill the disk.
import type { Clock } from "./clock.ts";
import type { RefusedConnection } from "./tls/refusal.ts";

const QUIET_MS = 10_000;

/** The part of a logger this file needs. */
export interface RefusalLogger {
  info(details: object, message: string): void;
}

/** @typeParam R what is told of a connection, more than its reason perhaps */
export class RefusalLog<R extends RefusedConnection> {
  readonly #clock: Clock;
  readonly #write: (refused: R, unsaid: number) => void;
  /** By kind; as many as there are reasons and listeners. */
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  /** @param write gets those that are to be written, with how many of that kind were left out since the last */
  constructor(clock: Clock, write: (refused: R, unsaid: number) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** @param listener kinds are counted by listener where there are several */
  readonly tell = (refused: R, listener = ""): void => {
    const kind = `${refused.reason} ${listener}`;
    const now = this.#clock.now();
    const before = this.#said.get(kind);
    if (before !== undefined && now - before.at < QUIET_MS) {
      before.unsaid += 1;
      return;
    }
    this.#said.set(kind, { at: now, unsaid: 0 });
    this.#write(refused, before?.unsaid ?? 0);
  };
}

/** One line for a refused connection. */
export function logRefusal(
  logger: RefusalLogger,
  refused: RefusedConnection & { readonly frontend?: string },
  unsaid: number,
): void {
  const { why, ...details } = refused;
  logger.info(
    { ...details, ...(unsaid > 0 && { moreSinceTheLast: unsaid }) },
    `connection refused: ${why}`,
  );
}
