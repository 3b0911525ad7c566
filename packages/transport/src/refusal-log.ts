// Logs refused connections. Refusals at the same listener for the same reason are of one kind. The first refusal of
// each kind is logged at once. After that, at most one refusal of the kind is logged in ten seconds, with the number of
// refusals that were left out since the last line. So a scan of the port cannot fill the disk with log lines.
import type { Clock } from "./clock.ts";
import type { RefusedConnection } from "./tls/refusal.ts";

const QUIET_MS = 10_000;

/** The part of a logger this file needs. */
export interface RefusalLogger {
  info(details: object, message: string): void;
}

/**
 * Logs at most one refusal for each reason and listener in QUIET_MS. @typeParam R a refused connection; it may have
 * more fields than RefusedConnection
 */
export class RefusalLog<R extends RefusedConnection> {
  readonly #clock: Clock;
  readonly #write: (refused: R, unsaid: number) => void;
  /**
   * When a refusal of each kind was last logged, and how many refusals of that kind were left out since. A kind is a
   * reason and a listener, so there are only a few kinds.
   */
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  /** @param write logs a refusal; `unsaid` is the number of refusals of the same kind left out since the last line */
  constructor(clock: Clock, write: (refused: R, unsaid: number) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /**
   * Logs a refusal, or counts it as left out. @param listener the listener's name when there are several; refusals at
   * different listeners are counted separately
   */
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

/** Logs one line for a refused connection. A client whose address is not known is left out. */
export function logRefusal(
  logger: RefusalLogger,
  refused: RefusedConnection & { readonly frontend?: string },
  unsaid: number,
): void {
  const { why, client, ...details } = refused;
  logger.info(
    {
      ...details,
      ...(client !== "" && { client }),
      ...(unsaid > 0 && { moreSinceTheLast: unsaid }),
    },
    `connection refused: ${why}`,
  );
}
