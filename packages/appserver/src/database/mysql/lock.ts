// A lock between processes that use one MySQL database.
import { type Kysely, sql } from "kysely";

const LOCK_SECONDS = 60;

/**
 * Runs `work` while no other process holds the lock. The lock (GET_LOCK) belongs to the connection `held` and ends
 * when this connection ends. So a process that dies does not block the others.
 */
export async function withNamedLock<DB, T>(
  held: Kysely<DB>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const lockName = name.slice(0, 64);
  const { rows } = await sql<{ locked: number | null }>`
    select get_lock(${lockName}, ${LOCK_SECONDS}) as locked`.execute(held);
  if (rows[0]?.locked !== 1) {
    throw new Error(`another migration holds the lock ${lockName}; waited ${LOCK_SECONDS} seconds`);
  }
  try {
    return await work();
  } finally {
    await sql`select release_lock(${lockName})`.execute(held);
  }
}
