// Stores sessions in the site's own database, so that no other service has to run. Each request of a logged-in visitor
// costs one look-up by primary key.
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { SessionRecords } from "./store.ts";

interface SessionTables {
  readonly tandem_session: {
    readonly id: string;
    readonly value: string;
    /** When the session expires, in milliseconds since 1970. */
    readonly expires: number;
  };
}

/** Returns the migrations that create the table of `databaseRecords`. */
export function sessionMigrations(): Record<string, Migration> {
  return {
    "0001_tandem_session": {
      async up(db) {
        await db.schema
          .createTable("tandem_session")
          .addColumn("id", "char(64)", (column) => column.primaryKey())
          .addColumn("value", "text", (column) => column.notNull())
          .addColumn("expires", "bigint", (column) => column.notNull())
          .execute();
        await db.schema
          .createIndex("tandem_session_expires")
          .on("tandem_session")
          .column("expires")
          .execute();
      },
    },
  };
}

export function databaseRecords(database: Kysely<unknown>): SessionRecords {
  const db = database as Kysely<SessionTables>;
  return {
    async read(key, now) {
      const row = await db
        .selectFrom("tandem_session")
        .select(["value", "expires"])
        .where("id", "=", key)
        .where("expires", ">", now)
        .executeTakeFirst();
      return row && { value: row.value, expires: Number(row.expires) };
    },
    async create(id, { value, expires }) {
      await db.insertInto("tandem_session").values({ id, value, expires }).execute();
    },
    async replace(id, record) {
      await db
        .updateTable("tandem_session")
        .set({ ...record })
        .where("id", "=", id)
        .execute();
    },
    async touch(id, expires) {
      await db.updateTable("tandem_session").set({ expires }).where("id", "=", id).execute();
    },
    async remove(key) {
      await db.deleteFrom("tandem_session").where("id", "=", key).execute();
    },
    async purge(now) {
      const result = await db
        .deleteFrom("tandem_session")
        .where("expires", "<=", now)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    close: () => Promise.resolve(),
  };
}
