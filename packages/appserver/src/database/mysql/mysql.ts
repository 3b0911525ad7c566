// MySQL and MariaDB through mysql2.
import { Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from "kysely";
import type { Database, DatabaseConfig, OpenOptions } from "../database.ts";
import { SessionDriver } from "../driver.ts";
import { parseServerUrl } from "../url.ts";
import { MysqlSessions } from "./sessions.ts";

const LOCK_SECONDS = 60;

/** A pool for `url`. Nothing is connected before the first query. Throws naming what in `url` cannot be. */
export function openMysql<DB>(
  url: string,
  config: DatabaseConfig,
  { queryTimeoutMs }: OpenOptions,
): Database<DB> {
  const { host, port, user, password, database } = parseServerUrl(url);
  const connection = {
    ...{ host, port, user, password, database },
    charset: "utf8mb4_bin",
    timezone: "Z",
    connectTimeout: config.connectTimeout,
    supportBigNumbers: true,
    // A value that is an object must never become `key = value` SQL.
    stringifyObjects: true,
  };
  const sessions = new MysqlSessions({ connection, pool: config.pool, timeoutMs: queryTimeoutMs });
  const kysely = new Kysely<DB>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => new SessionDriver(sessions),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
  });
  return {
    kind: "mysql",
    kysely,
    where: `mysql://${host}:${port}/${database}`,
    prepareForTables: () => setCollation(kysely, database),
    exclusively: (work) => withNamedLock(kysely, `tandem-migrate:${database}`, work),
    close: () => kysely.destroy(),
  };
}

/** Comparing by code point, trailing spaces included, as SQLite does. */
const COLLATIONS = [
  { server: /MariaDB/, collation: "utf8mb4_nopad_bin" },
  { server: /^8\.0\.(?:1[7-9]|[2-9]\d)|^(?:8\.[1-9]|9|\d\d)/, collation: "utf8mb4_0900_bin" },
  // Older ones know only this, which takes no notice of trailing spaces.
  { server: /./, collation: "utf8mb4_bin" },
] as const;

/** Sets the database's default, for the tables that do not say how they compare. Those that exist keep theirs. */
async function setCollation<DB>(kysely: Kysely<DB>, database: string): Promise<void> {
  const { rows } = await sql<{ version: string; present: string }>`
    select version() as version, @@collation_database as present`.execute(kysely);
  const [row] = rows;
  const wanted = COLLATIONS.find(({ server }) => server.test(row?.version ?? ""))?.collation;
  if (wanted === undefined || wanted === row?.present) return;
  const change = sql`alter database ${sql.id(database)} character set utf8mb4 collate ${sql.raw(wanted)}`;
  await change.execute(kysely);
}

/** GET_LOCK belongs to a connection and goes with it, so a migration that dies frees the others. */
async function withNamedLock<DB, T>(
  kysely: Kysely<DB>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const lockName = name.slice(0, 64);
  return kysely.connection().execute(async (connection) => {
    const { rows } = await sql<{ locked: number | null }>`
      select get_lock(${lockName}, ${LOCK_SECONDS}) as locked`.execute(connection);
    if (rows[0]?.locked !== 1) {
      throw new Error(
        `another migration holds the lock ${lockName}; waited ${LOCK_SECONDS} seconds`,
      );
    }
    try {
      return await work();
    } finally {
      await sql`select release_lock(${lockName})`.execute(connection);
    }
  });
}
