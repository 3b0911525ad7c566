// Makes new tables compare texts by code point, with trailing spaces, as SQLite does. Each kind of database server has
// another name for this collation.
import { type Kysely, sql } from "kysely";

const COLLATIONS = [
  { server: /MariaDB/, collation: "utf8mb4_nopad_bin" },
  { server: /^8\.0\.(?:1[7-9]|[2-9]\d)|^(?:8\.[1-9]|9|\d\d)/, collation: "utf8mb4_0900_bin" },
  // Older servers have only this collation, which ignores trailing spaces.
  { server: /./, collation: "utf8mb4_bin" },
] as const;

/**
 * Makes the code-point collation the default of `database`; existing tables keep their collation. A connection reads
 * the default when it is opened. So call this function before any other connection is opened.
 */
export async function setCollation<DB>(db: Kysely<DB>, database: string): Promise<void> {
  const { rows } = await sql<{ version: string; present: string }>`
    select version() as version, @@collation_database as present`.execute(db);
  const [row] = rows;
  const wanted = COLLATIONS.find(({ server }) => server.test(row?.version ?? ""))?.collation;
  if (wanted === undefined || wanted === row?.present) return;
  const change = sql`alter database ${sql.id(database)} character set utf8mb4 collate ${sql.raw(wanted)}`;
  await change.execute(db);
}
