// The database behind one interface: SQLite in a file, or MySQL/MariaDB through a pool. What differs
// between the two lives in sqlite/ and mysql/; `open-database.ts` chooses.
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import { type Kysely, sql } from "kysely";

/** The SQL dialect. MariaDB counts as `mysql`. */
export type DatabaseKind = "sqlite" | "mysql";

/** The value of a column of 64-bit integers: a number if that holds the value exactly, otherwise a bigint. */
export type BigInteger = number | bigint;

export type DatabaseConfig = AppserverConfig["database"];

/** A database. Opening it does not connect, so the server may be away. */
export interface Database<DB = unknown> {
  readonly kind: DatabaseKind;
  readonly kysely: Kysely<DB>;
  /** Where the database is, for people to read; never with a password. */
  readonly where: string;
  /**
   * Runs `work` while no other process holds the same lock. In tables that `work` makes, texts are compared by code
   * point unless the table says otherwise.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * How long a statement may wait for its turn, and how long it may then run. After that it fails, and the database
   * is told to end it. 0 = no limit.
   */
  readonly queryTimeoutMs: number;
  /** The clock for that time; by default the machine's. */
  readonly clock?: Clock;
}

/** Resolves when the database answers; rejects with the driver's error. */
export async function ping(database: Database): Promise<void> {
  await sql`select 1`.execute(database.kysely);
}
