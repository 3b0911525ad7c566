// Tells "the database is away" (503, comes back alone) from "the query is wrong" (500, a bug).

/** What mysql2, the network and the server itself say when no answer can be had just now. */
const CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR",
  "ER_CON_COUNT_ERROR",
  "ER_CONNECTION_KILLED",
  "ER_NORMAL_SHUTDOWN",
  "ER_SERVER_SHUTDOWN",
]);

/** SQLite's primary result codes for: busy, read-only, I/O error, disk full, cannot open. */
const SQLITE_CODES = new Set([5, 8, 10, 13, 14]);

/** mysql2 gives these no code of their own. */
const MESSAGES = /Queue limit reached|Can't add new command when connection is in closed state/;

/** True when `error` says that the database cannot answer now, though it may a moment later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return SQLITE_CODES.has(errcode & 0xff);
  if (typeof code === "string" && CODES.has(code)) return true;
  return MESSAGES.test(error.message) || isDatabaseAway(error.cause);
}
