// One interface for the database. The database is SQLite in a file, or MySQL/MariaDB through a pool. The code that
// differs between the two kinds is in sqlite/ and mysql/; `open-database.ts` chooses between them.
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import { type Kysely, sql } from "kysely";

/** The SQL dialect. MariaDB counts as `mysql`. */
export type DatabaseKind = "sqlite" | "mysql";

/** The value of a column of 64-bit integers: a number if a number holds the value exactly, otherwise a bigint. */
export type BigInteger = number | bigint;

export type DatabaseConfig = AppserverConfig["database"];

/** A database. Opening it does not connect to the server, so the server may be unreachable at that time. */
export interface Database<DB = unknown> {
  readonly kind: DatabaseKind;
  readonly kysely: Kysely<DB>;
  /** Where the database is, in a form for people to read; never with a password. */
  readonly where: string;
  /**
   * Runs `work` while this process holds the lock of the database. Other processes that call this method wait
   * meanwhile. In tables that `work` creates, texts are compared by code point unless the table says otherwise.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * A statement may wait this many milliseconds for a free connection or thread, and may then run
   * for as many milliseconds. After either time the statement fails. On MySQL a running statement
   * is then killed; on SQLite it runs to its end in its thread. 0 = no limit.
   */
  readonly queryTimeoutMs: number;
  /** The clock that measures the query timeout; by default the machine's clock. */
  readonly clock?: Clock;
}

/** Resolves when the database answers; rejects with the driver's error. */
export async function ping(database: Database): Promise<void> {
  await sql`select 1`.execute(database.kysely);
}
