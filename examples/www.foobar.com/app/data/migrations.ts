// The history of the tables. A released migration is never changed; a new migration is added below the last one.
import type { DatabaseKind } from "@tandem/appserver";
import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Db } from "./schema.ts";
import { searchText } from "./search.ts";

/** Returns every migration by name, for databases of this kind. */
export function migrations(kind: DatabaseKind): Record<string, Migration> {
  return {
    "0001_people_posts_comments_images": { up: (db) => first(db, kind) },
    "0002_forms_count_once": { up: formsCountOnce },
    "0003_search_and_edits": { up: (db) => searchAndEdits(db, kind) },
    "0004_compare_by_code_point": { up: (db) => compareByCodePoint(db, kind) },
  };
}

/**
 * Makes the tables compare text by code points. The former collation of MySQL took `josé` for `jose`, and any emoji for
 * any other.
 */
async function compareByCodePoint(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  if (kind === "sqlite") return;
  const { rows } = await sql<{ name: string }>`select @@collation_database as name`.execute(db);
  const collation = sql.raw(rows[0]?.name ?? "utf8mb4_bin");
  // This foreign key is the only one on text columns. Its two columns cannot be changed while the key exists.
  await db.schema.alterTable("post").dropConstraint("post_image").execute();
  for (const table of ["person", "image", "post", "comment"])
    await sql`alter table ${sql.table(table)} convert to character set utf8mb4 collate ${collation}`.execute(
      db,
    );
  await db.schema
    .alterTable("post")
    .addForeignKeyConstraint("post_image", ["image_hash"], "image", ["hash"])
    .execute();
}

const BATCH = 500;

async function searchAndEdits(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema.alterTable("post").addColumn("edited", "bigint").execute();
  // MySQL makes an index for each foreign key by itself, but SQLite does not. Without this index, SQLite would read the
  // whole table of posts to delete a picture.
  if (kind === "sqlite")
    await db.schema.createIndex("post_by_image").on("post").column("image_hash").execute();
  if (kind === "sqlite")
    // SQLite keeps only the index of the words (`content=''`). The words are normalized before they are stored, so
    // the tokenizer must leave accents unchanged.
    await sql`create virtual table post_search using fts5(words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '_'")`.execute(
      db,
    );
  else
    await sql`create table post_search (rowid integer primary key, words mediumtext not null) character set utf8mb4 collate utf8mb4_bin`.execute(
      db,
    );
  await indexPosts(db as Db);
  // The index is built after the rows are inserted, because that takes much less time.
  if (kind === "mysql")
    await sql`create fulltext index post_words on post_search (words)`.execute(db);
}

async function indexPosts(db: Db): Promise<void> {
  for (let last = 0; ; ) {
    const posts = await db
      .selectFrom("post")
      .innerJoin("person", "person.id", "post.person_id")
      .select(["post.id", "title", "body", "name"])
      .where("post.id", ">", last)
      .orderBy("post.id")
      .limit(BATCH)
      .execute();
    if (posts.length === 0) return;
    const rows = posts.map(({ id, title, body, name }) => ({
      rowid: id,
      words: searchText(title, body, name),
    }));
    await db.insertInto("post_search").values(rows).execute();
    last = posts.at(-1)?.id ?? last;
  }
}

/**
 * Adds a column for the nonce of the form to posts and comments, with a unique key. Older rows have no nonce. In both
 * databases a unique key may contain many nulls.
 */
async function formsCountOnce(db: Kysely<unknown>): Promise<void> {
  for (const table of ["post", "comment"] as const) {
    await db.schema.alterTable(table).addColumn("nonce", "char(22)").execute();
    await db.schema
      .createIndex(`${table}_once`)
      .on(table)
      .columns(["person_id", "nonce"])
      .unique()
      .execute();
  }
}

async function first(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const table = (name: string) => db.schema.createTable(name);
  await finish(
    kind,
    table("person")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("name", "varchar(24)", (c) => c.notNull())
      .addColumn("name_key", "varchar(24)", (c) => c.notNull().unique())
      .addColumn("password", "varchar(255)")
      .addColumn("about", "text", (c) => c.notNull())
      .addColumn("joined", "bigint", (c) => c.notNull()),
  );
  await finish(
    kind,
    table("image")
      .addColumn("hash", "char(64)", (c) => c.primaryKey())
      .addColumn("width", "integer", (c) => c.notNull())
      .addColumn("height", "integer", (c) => c.notNull())
      // MySQL's BLOB ends at 64 KiB, which is too small for a picture.
      .addColumn("data", kind === "mysql" ? sql`mediumblob` : "blob", (c) => c.notNull())
      .addColumn("added", "bigint", (c) => c.notNull()),
  );
  await finish(
    kind,
    table("post")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("person_id", "integer", (c) => c.notNull())
      .addColumn("title", "varchar(160)", (c) => c.notNull())
      .addColumn("body", kind === "mysql" ? sql`mediumtext` : "text", (c) => c.notNull())
      .addColumn("image_hash", "char(64)")
      .addColumn("posted", "bigint", (c) => c.notNull())
      .addForeignKeyConstraint("post_person", ["person_id"], "person", ["id"])
      .addForeignKeyConstraint("post_image", ["image_hash"], "image", ["hash"]),
  );
  await finish(
    kind,
    table("comment")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("post_id", "integer", (c) => c.notNull())
      .addColumn("person_id", "integer", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addColumn("posted", "bigint", (c) => c.notNull())
      .addForeignKeyConstraint("comment_post", ["post_id"], "post", ["id"])
      .addForeignKeyConstraint("comment_person", ["person_id"], "person", ["id"]),
  );
  await db.schema.createIndex("post_newest").on("post").columns(["posted", "id"]).execute();
  await db.schema
    .createIndex("post_by_person")
    .on("post")
    .columns(["person_id", "posted"])
    .execute();
  await db.schema.createIndex("comment_of_post").on("comment").columns(["post_id", "id"]).execute();
}

async function finish(
  kind: DatabaseKind,
  table: CreateTableBuilder<string, string>,
): Promise<void> {
  // The character set is named, because the server's default may lack emoji.
  await (kind === "mysql" ? table.modifyEnd(sql`character set utf8mb4`) : table).execute();
}
