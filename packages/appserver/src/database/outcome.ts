// The error for a change that was sent to the database and whose answer was lost. Sending the change again is unsafe,
// because the first one may have been made.

/** The error that says that a change may have been made or not. Only reading the data can tell. */
export class OutcomeUnknownError extends Error {
  constructor(cause: unknown) {
    super("the database's answer was lost; whether the change was kept is unknown", { cause });
  }
}

/**
 * Whether `error` means that a change may have been made although its answer was lost. The HTTP
 * answer then has no Retry-After, because a repeated request could make the change twice.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof OutcomeUnknownError || isOutcomeUnknown(error.cause);
}
