// The settings of every MySQL session. They replace the server's defaults, so that a statement means the same on every
// server, and a slow statement does not run on after its request has failed.

/**
 * The SQL modes that both MySQL and MariaDB have by default. Modes that change how SQL text is read are left out
 * (NO_BACKSLASH_ESCAPES, ANSI_QUOTES, PIPES_AS_CONCAT and the like).
 */
const SQL_MODE = [
  "STRICT_TRANS_TABLES",
  "NO_ZERO_IN_DATE",
  "NO_ZERO_DATE",
  "ERROR_FOR_DIVISION_BY_ZERO",
  "NO_ENGINE_SUBSTITUTION",
].join(",");

/** Returns one SET statement for a new or reset connection. With a `timeoutMs` of 0 statements have no time limit. */
export function sessionSettings(timeoutMs: number): string {
  return `set session sql_mode = '${SQL_MODE}', time_zone = '+00:00'${deadlines(timeoutMs)}`;
}

/**
 * Returns the time limits as SQL settings. max_statement_time of MariaDB ends any statement;
 * max_execution_time of MySQL ends only SELECT statements. The limit for lock waits is up to a
 * second shorter. So a statement that waits for a lock fails with the error of the lock wait, which
 * says that nothing was changed.
 */
function deadlines(timeoutMs: number): string {
  if (timeoutMs === 0) return "";
  const lockSeconds = Math.max(1, Math.ceil(timeoutMs / 1000) - 1);
  return (
    `, innodb_lock_wait_timeout = ${lockSeconds}, lock_wait_timeout = ${lockSeconds}` +
    `/*M!100101 , max_statement_time = ${timeoutMs / 1000} */` +
    `/*!50708 , max_execution_time = ${timeoutMs} */`
  );
}
