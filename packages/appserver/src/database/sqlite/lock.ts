// A lock between processes that use one SQLite file.
import { DatabaseSync } from "node:sqlite";
import { type Clock, pause } from "@tandem/transport";

const BUSY = 5;
const RETRY_MS = 50;
const DEADLINE_MS = 60_000;

/**
 * Runs `work` while no other process holds the lock. The lock is an exclusive transaction on an empty file beside the
 * database, and the kernel releases the lock when its holder dies. Between attempts the code waits on a timer, so the
 * event loop stays free.
 */
export async function withFileLock<T>(
  path: string,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    for (let waited = 0; !tryLock(lock); waited += RETRY_MS) {
      if (waited >= DEADLINE_MS) {
        throw new Error(`${path} is locked by another migration; waited ${DEADLINE_MS} ms`);
      }
      await pause(clock, RETRY_MS);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec("begin exclusive");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}
