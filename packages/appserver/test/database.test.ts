// Tests migrations, seed and sessions with every kind of database and session store. The same tests run once per kind.
import { statSync } from "node:fs";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import t from "tap";
import { schemaState } from "../src/database/migrate.ts";
import { type Application, migrate, openDatabase } from "../src/index.ts";
import { databaseRecords } from "../src/sessions/database-store.ts";
import { ensureSessionSecret, readSessionSecret } from "../src/sessions/secret.ts";
import { end, start, startMariadb } from "./support/index.ts";
import { recordsContract } from "./support/records.ts";

const config = { pool: 4, connectTimeout: 30_000 };
const folder = t.testdir({
  "app.ts": `
    export const app = async () => {};
    export const migrations = () => ({
      "0001_slow": { async up(db) {
        await db.schema.createTable("t").addColumn("n", "integer").execute();
        await new Promise((resolve) => setTimeout(resolve, 300));
      } },
    });
    export const seed = async ({ database }) => {
      const found = await database.selectFrom("t").selectAll().execute();
      if (found.length > 0) return {};
      await database.insertInto("t").values({ n: 1 }).execute();
      return { t: 1 };
    };`,
});

const mariadb = await startMariadb(join(folder, "mariadb"));
t.teardown(() => mariadb.stop());
const urls = {
  sqlite: (name: string) => `sqlite:${join(folder, name)}.db`,
  mysql: (name: string) => mariadb.create(name),
};

const application: Application = {
  app: async () => undefined,
  migrations: (kind) => ({
    "0001_note": {
      up: (db) => db.schema.createTable("note").addColumn("kind", "varchar(9)").execute(),
    },
    "0002_fill": {
      up: async (db) => void (await db.insertInto("note").values({ kind }).execute()),
    },
  }),
};
/**
 * Returns an application whose second migration fails after it has changed a table. With `mended`, the migration is
 * corrected.
 */
const halfway = (mended: boolean): Application => ({
  ...application,
  migrations: () => ({
    "0001_first": { up: (db) => db.schema.createTable("one").addColumn("n", "integer").execute() },
    "0002_second": {
      up: async (db) => {
        await db.schema.createTable("two").addColumn("n", "integer").execute();
        await db.schema.alterTable("one").addColumn("m", "integer").execute();
        if (!mended) await sql`nonsense`.execute(db);
      },
    },
  }),
});
const broken: Application = {
  ...application,
  migrations: () => ({
    "0001_wrong": { up: async (db) => void (await sql`nonsense`.execute(db)) },
  }),
};

t.test(
  "a new database is private; the error of one that cannot be opened names the place and the next step",
  async (t) => {
    const options = { queryTimeoutMs: 0 };
    const file = join(folder, "private.db");
    await (await openDatabase({ ...config, url: `sqlite:${file}` }, options)).close();
    t.equal(statSync(file).mode & 0o777, 0o600, "only its owner may read a new file");
    await t.rejects(
      openDatabase({ ...config, url: "sqlite:/nowhere/at/all.db" }, options),
      /appserver\.database\.url: cannot open the SQLite file \/nowhere\/at\/all\.db .*tandem prepare/,
    );
    await t.rejects(
      openDatabase({ ...config, url: "sqlite:x", urlFile: join(folder, "no") }, options),
      /appserver\.database\.urlFile: cannot read .*no .*ENOENT/,
    );
    await t.rejects(
      openDatabase({ ...config, url: "sqlite:x", urlFile: join(folder, "app.ts") }, options),
      /holds no database URL; expected "sqlite:PATH" or "mysql:/,
    );
    for (const [url, why] of [
      ["mysql://u:secret@h/d?charset=latin1", /unknown option 'charset'; the URL takes none/],
      ["mysql://u:sec?ret@h/d", /it names no database|unknown option|it is no URL/],
      ["mysql://u:secret@h/d#x", /text after '#' has no meaning/],
      ["mysql://u:secret%@h/d", /database URL cannot be used: it has a '%' .* is written %25/],
      ["mysql://u:secret@h", /it names no database/],
      ["mysql://u:secret@h:port/d", /it is no URL/],
      ["sqlite:site.db?mode=ro", /the URL takes no options/],
    ] as const) {
      await t.rejects(openDatabase({ ...config, url }, options), why);
      await t.rejects(openDatabase({ ...config, url }, options), /^(?!.*secret)/, "no password");
    }
  },
);

t.test("sqlite: a failed migration leaves no change, so the corrected one can run", async (t) => {
  const database = await openDatabase(
    { ...config, url: urls.sqlite("half") },
    { queryTimeoutMs: 0 },
  );
  t.teardown(() => database.close());
  const run = (app: Application) => migrate(database, app, { seed: false, now: 0 });
  await t.rejects(run(halfway(false)), /0002_second failed; nothing of it was kept/);
  const { rows } = await sql`select name from sqlite_master where name in ('one', 'two')`.execute(
    database.kysely,
  );
  t.strictSame(rows, []);
  t.strictSame((await run(halfway(true))).applied, ["0001_first", "0002_second"]);
});

t.test("the session secret is made once, and only its owner may read it", async (t) => {
  const file = join(t.testdir({ short: "abc" }), "new", "key");
  t.throws(
    () => readSessionSecret(file),
    /secretFile: cannot read .* \(ENOENT\); 'tandem prepare'/,
  );
  t.throws(() => readSessionSecret(join(t.testdirName, "short")), /holds 3 characters/);
  t.equal(ensureSessionSecret(file), true);
  const secret = readSessionSecret(file);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(ensureSessionSecret(file), false);
  t.equal(readSessionSecret(file), secret);
});

for (const kind of ["sqlite", "mysql"] as const) {
  t.test(`${kind}: migrations run once, in order, and a failed one is named`, async (t) => {
    const database = await openDatabase<unknown>(
      { ...config, url: urls[kind]("one") },
      { queryTimeoutMs: 0 },
    );
    t.teardown(() => database.close());
    const run = (app: Application) => migrate(database, app, { seed: false, now: 0 });
    const why = kind === "sqlite" ? "nothing of it was kept" : "undo that by hand";
    await t.rejects(run(broken), new RegExp(`^migration 0001_wrong failed; .*${why}`));
    const names = ["0001_note", "0002_fill"];
    t.strictSame(await schemaState(database, application), { pending: names, ahead: [] });
    t.strictSame((await run(application)).applied, names);
    t.strictSame((await run(application)).applied, []);
    const db = database.kysely as Kysely<{ note: { kind: string } }>;
    const rows = await db.selectFrom("note").select("kind").execute();
    t.strictSame(
      rows.map((row) => row.kind),
      [kind],
    );
    const rolledBack: Application = {
      ...application,
      migrations: () => ({ "0001_note": { up: async () => void t.fail("it ran already") } }),
    };
    t.match(await run(rolledBack), { applied: [], ahead: ["0002_fill"] });
    t.match(await run(application), { applied: [], ahead: [] }, "and the newer code again");
    t.notMatch(database.where, /root|@/, "no credentials in the text for people");
  });

  t.test(
    `${kind}: when three processes migrate and seed at once, one of them does the work`,
    async (t) => {
      const url = urls[kind]("race");
      const script = join(import.meta.dirname, "support", "migrate-once.ts");
      const children = [1, 2, 3].map(() =>
        start(process.execPath, [script, url, join(folder, "app.ts")]),
      );
      const reports = await Promise.all(
        children.map(async (child) => {
          await new Promise((resolve) => child.once("close", resolve));
          await end(child);
          if (child.exitCode !== 0) t.fail(child.said());
          return JSON.parse(child.said()) as { applied: string[]; seeded: Record<string, number> };
        }),
      );
      t.equal(reports.filter((report) => report.applied.includes("0001_slow")).length, 1);
      t.equal(reports.filter((report) => report.seeded.t === 1).length, 1);
    },
  );

  t.test(`${kind}: session records`, async (t) => {
    const database = await openDatabase<unknown>(
      { ...config, url: urls[kind]("two") },
      { queryTimeoutMs: 0 },
    );
    t.teardown(() => database.close());
    await migrate(database, application, { seed: false, now: 0 });
    await recordsContract(t, databaseRecords(database.kysely), { purges: true });
  });
}
