// Tells two kinds of errors apart: "the database cannot do this now" (503, a repeat may succeed) and "the query is
// wrong" (500, a bug).

/** The error codes of the network and of mysql2 when no answer comes. */
const CODES: ReadonlySet<unknown> = new Set([
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
  "PROTOCOL_ENQUEUE_AFTER_QUIT",
]);

/** The error numbers with which MySQL and MariaDB refuse a statement that could succeed at another time. */
const NUMBERS: ReadonlySet<unknown> = new Set([
  // The server accepts no connection, or ends the present one.
  1040, // too many connections
  1203, // too many connections of this user
  1226, // a limit of this user is reached
  1129, // the host is blocked after many errors
  1135, // no thread for the connection
  1461, // too many prepared statements
  1053, // shutdown
  1077, // shutdown
  1927, // connection killed (MariaDB)
  4031, // idle for too long (MySQL)
  // The server gave up this statement: it was too slow, was killed, or conflicted with others.
  1317, // killed
  1969, // max_statement_time (MariaDB)
  3024, // max_execution_time (MySQL)
  1205, // waiting for a lock took too long
  1213, // deadlock
  1689, // lock aborted by a change of the table
  1020, // the row has changed since it was read (MariaDB)
  1613, // timeout of a distributed transaction
  1614, // deadlock of a distributed transaction
  3101, // a conflict with another node of a cluster
  // The server does not allow writing, for example on a replica or during a switch to another primary.
  1792, // read-only transaction
  1836, // read-only mode
  // Disk or memory is full.
  1021, // disk full
  1114, // table full
  1037, // no memory
  1038, // no memory for sorting
  1041, // no memory
  1206, // no memory for locks
  1637, // too many transactions
  // A cluster's node has lost the majority.
  1047,
]);

/**
 * Matches the options in error 1290 ("the server runs with the --X option") that mean that nothing may be written now.
 */
const READ_ONLY = /--(?:super-|transaction-)?read[-_]only/;
const PREVENTED = 1290;

/**
 * The system's error numbers for a full disk, a full quota and a read-only file system, as they appear in the text of
 * other errors.
 */
const NO_ROOM = /\b(?:errcode|errno|error):? ?(?:28|30|122)\b/i;

/** SQLite's primary result codes for: busy, locked, read-only, interrupted, I/O error, full, cannot open. */
const SQLITE_CODES: ReadonlySet<number> = new Set([5, 6, 8, 9, 10, 13, 14]);

/** Messages of mysql2 for errors that have no code. */
const MESSAGES = /Can't add new command when connection is in closed state|Pool is closed/;

/**
 * Whether `error` means that the database cannot do this now but may be able to a moment later. `isOutcomeUnknown`
 * tells whether a repeat is safe.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errno, errcode } = error as { code?: unknown; errno?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return SQLITE_CODES.has(errcode & 0xff);
  if (CODES.has(code) || NUMBERS.has(errno)) return true;
  if (errno === PREVENTED) return READ_ONLY.test(error.message);
  if (typeof errno === "number" && errno > 0 && NO_ROOM.test(error.message)) return true;
  return MESSAGES.test(error.message) || isDatabaseAway(error.cause);
}
