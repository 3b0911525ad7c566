// SQLite through Node's own node:sqlite, in threads. Several processes share the database file. With SQLite's
// write-ahead log, readers can work while one connection writes; a second writer waits.
import { closeSync, openSync } from "node:fs";
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import type { Database, OpenOptions } from "../database.ts";
import { SessionDriver } from "../driver.ts";
import { withFileLock } from "./lock.ts";
import { SqliteSessions } from "./sessions.ts";

/** Opens the file at `path`, or creates it. Throws when its folder is missing or not writable. */
export function openSqlite<DB>(
  path: string,
  { queryTimeoutMs, clock }: Required<OpenOptions>,
): Database<DB> {
  if (path !== ":memory:") createPrivate(path);
  const sessions = new SqliteSessions(path, queryTimeoutMs, clock);
  const kysely = new Kysely<DB>({
    dialect: {
      createAdapter: () => new ThreadedSqliteAdapter(),
      createDriver: () => new SessionDriver(sessions),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  return {
    kind: "sqlite",
    kysely,
    where: `sqlite:${path}`,
    exclusively: (work) => (path === ":memory:" ? work() : withFileLock(path, clock, work)),
    close: () => kysely.destroy(),
  };
}

/**
 * Tells Kysely that SQLite has several connections here, and that DDL in SQLite can be rolled back. Kysely's own
 * adapter assumes the opposite of both.
 */
class ThreadedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Creates the file so that only its owner can read it. If SQLite created the file, every user of the machine could
 * read it, with all password hashes.
 */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw new Error(
      `appserver.database.url: cannot open the SQLite file ${path} (${String(error)}); does its folder exist? 'tandem prepare' creates it`,
    );
  }
}
