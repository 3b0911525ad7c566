// A lock between processes that use one MySQL database.
import { type Kysely, sql } from "kysely";

const LOCK_SECONDS = 60;

/**
 * Runs `work` while no other process holds the lock `name`. The lock (GET_LOCK) belongs to `connection` and ends with
 * this connection. So a process that dies does not block other processes.
 */
export async function withNamedLock<DB, T>(
  connection: Kysely<DB>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const lockName = name.slice(0, 64);
  const { rows } = await sql<{ locked: number | null }>`
    select get_lock(${lockName}, ${LOCK_SECONDS}) as locked`.execute(connection);
  if (rows[0]?.locked !== 1) {
    throw new Error(`another migration holds the lock ${lockName}; waited ${LOCK_SECONDS} seconds`);
  }
  try {
    return await work();
  } finally {
    await sql`select release_lock(${lockName})`.execute(connection);
  }
}
