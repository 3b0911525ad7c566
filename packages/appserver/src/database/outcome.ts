// The error that makes a repeat unsafe: a change was sent, and its answer was lost.

/** The change may have been kept or not; only reading the data can tell. */
export class OutcomeUnknownError extends Error {
  constructor(cause: unknown) {
    super("the database's answer was lost; whether the change was kept is unknown", { cause });
  }
}

/**
 * True when `error` means that a change may have been kept. The answer to such a request has no Retry-After: a
 * repeat is safe only if making the change twice is the same as making it once.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof OutcomeUnknownError || isOutcomeUnknown(error.cause);
}
