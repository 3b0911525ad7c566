// The database behind one interface: SQLite in a file, or MySQL/MariaDB through a pool. What differs
// between the two lives in sqlite/ and mysql/; `open-database.ts` chooses.
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import { type Kysely, sql } from "kysely";

/** Which SQL dialect is spoken. MariaDB counts as `mysql`. */
export type DatabaseKind = "sqlite" | "mysql";

/** A column of 64-bit integers: a number while one can hold the value exactly, a bigint beyond. */
export type BigInteger = number | bigint;

export type DatabaseConfig = AppserverConfig["database"];

/** A database that may be away: opening it connects to nothing yet. */
export interface Database<DB = unknown> {
  readonly kind: DatabaseKind;
  readonly kysely: Kysely<DB>;
  /** Where it is, for people; never with a password. */
  readonly where: string;
  /**
   * Runs `work` while no other process that asks for the same lock runs its own. Tables that it makes
   * compare texts by code point unless they say otherwise.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * How long a statement may wait for its turn, and then run; it fails after that and is ended at the
   * database. 0 = for ever.
   */
  readonly queryTimeoutMs: number;
  /** Counts that time; the machine's own unless given. */
  readonly clock?: Clock;
}

/** Resolves when the database answers; rejects with what the driver said. */
export async function ping(database: Database): Promise<void> {
  await sql`select 1`.execute(database.kysely);
}
