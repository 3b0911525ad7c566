// One interface for the database, which is SQLite in a file or MySQL/MariaDB through a pool. The code that differs
// between the two is in sqlite/ and mysql/; `open-database.ts` chooses.
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import { type Kysely, sql } from "kysely";

/** The SQL dialect. MariaDB counts as `mysql`. */
export type DatabaseKind = "sqlite" | "mysql";

/** The value of a column of 64-bit integers: a number if a number holds the value exactly, otherwise a bigint. */
export type BigInteger = number | bigint;

export type DatabaseConfig = AppserverConfig["database"];

/** A database. Opening it does not connect, so the database server may be away at that time. */
export interface Database<DB = unknown> {
  readonly kind: DatabaseKind;
  readonly kysely: Kysely<DB>;
  /** Where the database is, in a form for people to read; never with a password. */
  readonly where: string;
  /**
   * Runs `work` while no other process holds the same lock. In tables that `work` creates, texts are compared by code
   * point unless the table says otherwise.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * How long a statement may wait for its turn, and then how long it may run, in milliseconds. After that the
   * statement fails, and the database is told to end it. 0 = no limit.
   */
  readonly queryTimeoutMs: number;
  /** The clock that measures this time; by default the machine's clock. */
  readonly clock?: Clock;
}

/** Resolves when the database answers; rejects with the driver's error. */
export async function ping(database: Database): Promise<void> {
  await sql`select 1`.execute(database.kysely);
}
