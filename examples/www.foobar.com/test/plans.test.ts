// Checks how the databases execute the site's queries with 200 000 posts. The plan of each query is checked when the
// query is sent: no plan may read or sort a whole table, or build a temporary table.
import { join } from "node:path";
import { type Database, migrate, openDatabase } from "@tandem/appserver";
import { startMariadb } from "@tandem/appserver/testing";
import { CompiledQuery, type Kysely, type KyselyPlugin, type RootOperationNode } from "kysely";
import t from "tap";
import { commentsOf } from "../app/data/comments.ts";
import { listPosts, searchPosts } from "../app/data/listing.ts";
import { countPosts, postById } from "../app/data/posts.ts";
import type { Db, Tables } from "../app/data/schema.ts";
import * as site from "../app/index.ts";

const POSTS = 200_000;
const folder = t.testdir();
const mariadb = await startMariadb(join(folder, "mariadb"));
t.teardown(() => mariadb.stop());
const urls = { sqlite: `sqlite:${join(folder, "site.db")}`, mysql: mariadb.create("site") };

/** SQL for a table `n` whose column `i` has the numbers 1 to `POSTS`, in the fastest form for each database. */
const NUMBERS = {
  sqlite: `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${POSTS}) select i from n) n`,
  mysql: `(select seq as i from seq_1_to_${POSTS}) n`,
};
const joined = (kind: "sqlite" | "mysql", ...parts: string[]) =>
  kind === "sqlite" ? parts.map((part) => `(${part})`).join(" || ") : `concat(${parts.join(", ")})`;

async function fill(db: Db, kind: "sqlite" | "mysql"): Promise<void> {
  const from = NUMBERS[kind];
  const run = (text: string) => db.executeQuery(CompiledQuery.raw(text));
  await run(
    `insert into person (id, name, name_key, about, joined) select i, ${joined(kind, "'P'", "i")}, ${joined(kind, "'p'", "i")}, '', 0 from ${from} where i <= 2000`,
  );
  await run(
    `insert into post (id, person_id, title, body, posted) select i, case when i % 2 = 0 then 1 else 1 + i % 2000 end, ${joined(kind, "'Title '", "i")}, 'Text', 1000000 + i from ${from}`,
  );
  await run(
    `insert into post_search (rowid, words) select i, ${joined(kind, "' every_ word'", "i % 5000", "'_'")} from ${from}`,
  );
  await run(
    `insert into comment (post_id, person_id, body, posted) select 1 + i % 1000, 1, 'Yes', i from ${from} where i <= 20000`,
  );
  await run(kind === "sqlite" ? "analyze" : "analyze table post, comment, person, post_search");
}

/** Returns `db` with a plugin that keeps each query sent through it. */
function listening(db: Kysely<Tables>): { readonly db: Db; readonly queries: CompiledQuery[] } {
  const nodes: CompiledQuery[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }): RootOperationNode {
      nodes.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { db: db.withPlugin(plugin), queries: nodes };
}

interface Plan {
  /** A field of SQLite's plans. */
  readonly detail?: string;
  /** A field of MariaDB's plans. */
  readonly table?: string | null;
  readonly type?: string | null;
  readonly key?: string | null;
  readonly rows?: string | number | null;
  readonly Extra?: string;
}

/** Returns what is wrong with a step of a plan; undefined when its cost does not grow with the number of rows. */
function fault(
  { detail, table, type, key, rows, Extra = "" }: Plan,
  text: string,
): string | undefined {
  // Reading an index from its beginning is fine when a LIMIT ends it.
  const ends = /limit \?/.test(text);
  if (detail !== undefined) {
    if (/^SCAN post_search VIRTUAL TABLE INDEX \d+:\S/.test(detail)) return undefined;
    const reads = detail.startsWith("SCAN") && !(ends && / INDEX /.test(detail));
    return reads || /TEMP B-TREE/.test(detail) ? detail : undefined;
  }
  // In MariaDB's plans "index" means that a whole index is read. The results of FULLTEXT may be sorted. The rows of a
  // subquery may be sorted too, because the subquery has a LIMIT.
  if (type === "fulltext" || table?.startsWith("<derived")) return undefined;
  const reads = type === "ALL" || (type === "index" && !ends);
  const wrong = reads || /filesort|temporary/.test(Extra);
  return wrong ? JSON.stringify({ table, type, key, rows, Extra }) : undefined;
}

for (const kind of ["sqlite", "mysql"] as const)
  t.test(`${kind}: pages of ${POSTS} posts`, async (t) => {
    const database = await openDatabase<Tables>(
      { url: urls[kind], pool: 2, connectTimeout: 30_000 },
      { queryTimeoutMs: 0 },
    );
    t.teardown(() => database.close());
    await migrate(database as Database, site, { seed: false, now: 0 });
    await fill(database.kysely, kind);
    const { db, queries } = listening(database.kysely);
    const middle = { posted: 1_100_000, id: 100_000 };
    const pages = {
      "front page": () => listPosts(db),
      older: () => listPosts(db, { ...middle, newer: false }),
      newer: () => listPosts(db, { ...middle, newer: true }),
      "one person's": () => listPosts(db, { ...middle, newer: false }, 1),
      "number of posts": () => countPosts(db, 1),
      post: () => postById(db, 5),
      comments: () => commentsOf(db, 5),
      "search for a rare word": () => searchPosts(db, kind, ["word77", "every"]),
      "search for a common word": () =>
        searchPosts(db, kind, ["every"], { ...middle, newer: false }),
    };
    for (const [name, open] of Object.entries(pages)) {
      queries.length = 0;
      const page = await open();
      if (typeof page === "object" && "posts" in page) t.equal(page.posts.length, 7, name);
      t.ok(queries.length > 0);
      for (const { sql: text, parameters } of queries) {
        const explain = kind === "sqlite" ? "explain query plan" : "explain";
        const { rows } = await database.kysely.executeQuery<Plan>(
          CompiledQuery.raw(`${explain} ${text}`, [...parameters]),
        );
        t.strictSame(rows.map((row) => fault(row, text)).filter(Boolean), [], `${name}: ${text}`);
      }
    }
  });
