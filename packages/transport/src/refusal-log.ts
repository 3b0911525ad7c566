// Logs refused connections: the first of each kind at once, then at most one in ten seconds, with the number
// of those left out in between. So a scan of the port cannot fill the disk.
import type { Clock } from "./clock.ts";
import type { RefusedConnection } from "./tls/refusal.ts";

const QUIET_MS = 10_000;

/** The part of a logger this file needs. */
export interface RefusalLogger {
  info(details: object, message: string): void;
}

/** @typeParam R what is known of a refused connection; it may have more than the reason */
export class RefusalLog<R extends RefusedConnection> {
  readonly #clock: Clock;
  readonly #write: (refused: R, unsaid: number) => void;
  /** The last log time by kind. A kind is a reason at a listener, so there are only a few. */
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  /**
   * @param write logs a refusal; `unsaid` is the number of refusals of that kind left out since the last one
   */
  constructor(clock: Clock, write: (refused: R, unsaid: number) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** @param listener the listener's name if there are several: each has kinds of its own */
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

/** Logs one line for a refused connection. */
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
