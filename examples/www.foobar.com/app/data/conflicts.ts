// Recognizes the errors of each database that mean "the row exists already" or "the row is still referenced".

/** The result codes SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY of SQLite. */
const SQLITE_CODES: readonly unknown[] = [2067, 1555];

/**
 * Whether an insert failed because a row with the same key exists, even if another request inserted
 * that row at the same moment.
 */
export function isDuplicate(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ER_DUP_ENTRY" || SQLITE_CODES.includes(errcode);
}

/** The result code SQLITE_CONSTRAINT_FOREIGNKEY of SQLite. */
const SQLITE_REFERENCED = 787;

/** Whether a row could not be deleted because another row refers to it. */
export function isReferenced(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ER_ROW_IS_REFERENCED_2" || errcode === SQLITE_REFERENCED;
}
