// Opens the kind of database that the configuration names.
import { systemClock } from "@tandem/transport";
import type { Database, DatabaseConfig, OpenOptions } from "./database.ts";
import { openMysql } from "./mysql/mysql.ts";
import { openSqlite } from "./sqlite/sqlite.ts";
import { databaseUrl, parseFileUrl } from "./url.ts";

/**
 * Opens the configured database. When a setting cannot work, throws an error that names the setting and says how to
 * correct it.
 */
export function openDatabase<DB>(
  config: DatabaseConfig,
  { queryTimeoutMs, clock = systemClock }: OpenOptions,
): Database<DB> {
  const url = databaseUrl(config);
  const options = { queryTimeoutMs, clock };
  if (url.startsWith("sqlite:")) return openSqlite<DB>(parseFileUrl(url), options);
  return openMysql<DB>(url, config, options);
}
