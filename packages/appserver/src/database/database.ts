// The database behind one interface: SQLite in a file, or MySQL/MariaDB through a pool. What differs
// between the two lives in sqlite.ts and mysql.ts; a third kind is a third file and a row in OPENERS.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type AppserverConfig, absoluteDatabaseUrl } from "@tandem/config";
import { type Kysely, sql } from "kysely";
import { openMysql } from "./mysql.ts";
import { openSqlite } from "./sqlite.ts";

/** Which SQL dialect is spoken. MariaDB counts as `mysql`. */
export type DatabaseKind = "sqlite" | "mysql";

export type DatabaseConfig = AppserverConfig["database"];

/** A database that may be away: opening it connects to nothing yet. */
export interface Database<DB = unknown> {
  readonly kind: DatabaseKind;
  readonly kysely: Kysely<DB>;
  /** Where it is, for people; never with a password. */
  readonly where: string;
  /** Runs `work` while no other process that asks for the same lock runs its own. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** A query without an answer for this long fails, and its connection is dropped. 0 = for ever. */
  readonly queryTimeoutMs: number;
}

/** Opens the configured database. Throws with the place and the next step when the settings cannot work. */
export function openDatabase<DB>(config: DatabaseConfig, options: OpenOptions): Database<DB> {
  const url = databaseUrl(config);
  if (url.startsWith("sqlite:")) return openSqlite<DB>(url.slice("sqlite:".length));
  return openMysql<DB>(url, config, options);
}

/** Resolves when the database answers; rejects with what the driver said. */
export async function ping(database: Database): Promise<void> {
  await sql`select 1`.execute(database.kysely);
}

function databaseUrl(config: DatabaseConfig): string {
  if (config.urlFile === undefined) {
    if (config.url !== undefined) return config.url;
    throw new Error("appserver.database: expected exactly one of 'url' and 'urlFile'");
  }
  let text: string;
  try {
    text = readFileSync(config.urlFile, "utf8").trim();
  } catch (error) {
    throw new Error(
      `appserver.database.urlFile: cannot read ${config.urlFile} (${String(error)}); write the database URL into it`,
    );
  }
  if (/^(sqlite:.+|(mysql|mariadb):\/\/.+)$/.test(text))
    return absoluteDatabaseUrl(text, dirname(config.urlFile));
  throw new Error(
    `appserver.database.urlFile: ${config.urlFile} holds no database URL; expected "sqlite:PATH" or "mysql://user:password@host:port/database"`,
  );
}
