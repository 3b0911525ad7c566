// SQLite through Node's own node:sqlite. Several processes share the file: WAL lets readers go on
// beside one writer, and busy_timeout makes a second writer wait. The bargain: queries run on the
// event loop, so a query is as fast as the disk and nothing else runs meanwhile.
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";
import type { Database } from "./database.ts";

const BUSY = 5;
const BUSY_TIMEOUT_MS = 5000;
const LOCK_RETRY_MS = 50;
const LOCK_DEADLINE_MS = 60_000;

/** Opens (or creates) the file at `path`. Throws when its folder is missing or not writable. */
export function openSqlite<DB>(path: string): Database<DB> {
  const connection = connect(path);
  for (const pragma of [
    "journal_mode = WAL",
    `busy_timeout = ${BUSY_TIMEOUT_MS}`,
    "foreign_keys = ON",
    "synchronous = NORMAL",
  ]) {
    connection.exec(`pragma ${pragma}`);
  }
  const kysely = new Kysely<DB>({ dialect: new SqliteDialect({ database: adapt(connection) }) });
  return {
    kind: "sqlite",
    kysely,
    where: `sqlite:${path}`,
    exclusively: (work) => (path === ":memory:" ? work() : withFileLock(path, work)),
    // Kysely closes only what it has used, so the file is closed here too.
    async close() {
      await kysely.destroy();
      if (connection.isOpen) connection.close();
    },
  };
}

function connect(path: string): DatabaseSync {
  try {
    // SQLite would create it readable for everybody, password hashes and all.
    if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
    return new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw new Error(
      `appserver.database.url: cannot open the SQLite file ${path} (${String(error)}); does its folder exist? 'tandem prepare' creates it`,
    );
  }
}

/** Kysely's SQLite dialect expects better-sqlite3; node:sqlite differs only in how it takes parameters. */
function adapt(connection: DatabaseSync): SqliteDatabase {
  return {
    close: () => connection.close(),
    prepare(text) {
      const statement = connection.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}

/**
 * An exclusive transaction on an empty file beside the database is the lock: the kernel lets go of it
 * when its holder dies. Waiting happens between attempts, so the event loop stays free.
 */
async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    for (let waited = 0; !tryLock(lock); waited += LOCK_RETRY_MS) {
      if (waited >= LOCK_DEADLINE_MS) {
        throw new Error(`${path} is locked by another migration; waited ${LOCK_DEADLINE_MS} ms`);
      }
      // Not the Clock's timer: that one would let the process end while it waits.
      await wait(LOCK_RETRY_MS);
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
