// Opens the kind of database that the configuration names, and loads only the driver of that kind.
import { systemClock } from "@tandem/transport";
import type { Database, DatabaseConfig, OpenOptions } from "./database.ts";
import { databaseUrl, parseFileUrl } from "./url.ts";

/**
 * Opens the configured database. When a setting cannot work, rejects with an error that names the setting and says how
 * to correct it.
 */
export async function openDatabase<DB>(
  config: DatabaseConfig,
  { queryTimeoutMs, clock = systemClock }: OpenOptions,
): Promise<Database<DB>> {
  const url = databaseUrl(config);
  const options = { queryTimeoutMs, clock };
  if (url.startsWith("sqlite:")) {
    const { openSqlite } = await import("./sqlite/sqlite.ts");
    return openSqlite<DB>(parseFileUrl(url), options);
  }
  const { openMysql } = await import("./mysql/mysql.ts");
  return openMysql<DB>(url, config, options);
}
