// "It is there already", as each database says it.

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY. */
const SQLITE_CODES: readonly unknown[] = [2067, 1555];

/** True when an insert failed because its key was taken, were it a moment ago. */
export function isDuplicate(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ER_DUP_ENTRY" || SQLITE_CODES.includes(errcode);
}
