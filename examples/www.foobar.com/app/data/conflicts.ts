// Recognizes, for each database, errors that mean "the row exists already" and "the row is still referenced".

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY. */
const SQLITE_CODES: readonly unknown[] = [2067, 1555];

/** True when an insert failed because its key was taken, even if only a moment ago. */
export function isDuplicate(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ER_DUP_ENTRY" || SQLITE_CODES.includes(errcode);
}

/** SQLITE_CONSTRAINT_FOREIGNKEY. */
const SQLITE_REFERENCED = 787;

/** True when a row was not deleted because another one points at it. */
export function isReferenced(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ER_ROW_IS_REFERENCED_2" || errcode === SQLITE_REFERENCED;
}
