// The one failure that must not be repeated blindly: a change was sent, and its answer was lost.

/** The change may have been kept or not; only looking can tell. */
export class OutcomeUnknownError extends Error {
  constructor(cause: unknown) {
    super("the database's answer was lost; whether the change was kept is unknown", { cause });
  }
}

/**
 * True when `error` says that a change may have been kept. Such an answer promises no repeat (no
 * Retry-After): a repeat is safe only for what counts once.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof OutcomeUnknownError || isOutcomeUnknown(error.cause);
}
