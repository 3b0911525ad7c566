// MySQL and MariaDB through mysql2.
import { Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from "kysely";
import type { Database, DatabaseConfig, OpenOptions } from "../database.ts";
import { SessionDriver } from "../driver.ts";
import { parseServerUrl } from "../url.ts";
import { setCollation } from "./collation.ts";
import { withNamedLock } from "./lock.ts";
import { MysqlSessions } from "./sessions.ts";

/**
 * Opens a pool of connections for `url`. Nothing connects before the first query. Throws an error that names the
 * invalid part of `url`.
 */
export function openMysql<DB>(
  url: string,
  config: DatabaseConfig,
  { queryTimeoutMs: timeoutMs, clock }: Required<OpenOptions>,
): Database<DB> {
  const { host, port, user, password, database } = parseServerUrl(url);
  const connection = {
    ...{ host, port, user, password, database },
    charset: "utf8mb4_bin",
    timezone: "Z",
    connectTimeout: config.connectTimeout,
    supportBigNumbers: true,
    // Without this option, mysql2 would turn a value that is an object into `key = value` SQL.
    stringifyObjects: true,
  };
  const sessions = new MysqlSessions({ connection, pool: config.pool, timeoutMs, clock });
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
    exclusively: (work) =>
      kysely.connection().execute((held) =>
        withNamedLock(held, `tandem-migrate:${database}`, async () => {
          await setCollation(held, database);
          return await work();
        }),
      ),
    close: () => kysely.destroy(),
  };
}
