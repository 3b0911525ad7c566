// How texts compare in tables to come: by code point, trailing spaces included, as SQLite does. Each server
// has another name for it.
import { type Kysely, sql } from "kysely";

const COLLATIONS = [
  { server: /MariaDB/, collation: "utf8mb4_nopad_bin" },
  { server: /^8\.0\.(?:1[7-9]|[2-9]\d)|^(?:8\.[1-9]|9|\d\d)/, collation: "utf8mb4_0900_bin" },
  // Older ones know only this, which takes no notice of trailing spaces.
  { server: /./, collation: "utf8mb4_bin" },
] as const;

/**
 * Makes it the database's default; tables that exist keep theirs. Connections learn of it when they are
 * opened, so it comes before all others.
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
