// Tests with a real MariaDB, whatever the server's own settings are. Values are never read as SQL, numbers and times
// are exact, no statement runs on after its deadline, and a connection keeps nothing from an earlier session.
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import t from "tap";
import { Client, workFor } from "../src/client.ts";
import {
  type BigInteger,
  isDatabaseAway,
  isOutcomeUnknown,
  migrate,
  openDatabase,
} from "../src/index.ts";
import { eventually, startMariadb } from "./support/index.ts";

interface Tables {
  note: { id: BigInteger; n: BigInteger | null; text: string | null; at: Date | null };
}

const mariadb = await startMariadb(join(t.testdir(), "mariadb"));
t.teardown(() => mariadb.stop());
const url = mariadb.create("site");
// These settings of the server must not affect the sessions that the appserver opens.
await openedOnce((db) =>
  sql`set global sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT', time_zone = '+03:00'`.execute(
    db,
  ),
);
const application = {
  app: async () => undefined,
  migrations: () => ({
    "0001_note": {
      up: async (db: Kysely<unknown>) =>
        void (await sql`create table note (id bigint unsigned primary key auto_increment,
          n bigint, text varchar(50), at timestamp(3) null)`.execute(db)),
    },
  }),
};

interface Testing {
  teardown(end: () => unknown): void;
}

async function open(t: Testing, { timeout = 0, pool = 4, at = url } = {}): Promise<Kysely<Tables>> {
  const config = { url: at, pool, connectTimeout: 5000 };
  const database = await openDatabase<Tables>(config, { queryTimeoutMs: timeout });
  t.teardown(() => database.close());
  return database.kysely;
}

async function openedOnce(work: (db: Kysely<Tables>) => Promise<unknown>): Promise<void> {
  const database = await openDatabase<Tables>(
    { url, pool: 2, connectTimeout: 5000 },
    { queryTimeoutMs: 0 },
  );
  await work(database.kysely);
  await database.close();
}

t.before(async () => {
  const database = await openDatabase(
    { url, pool: 2, connectTimeout: 5000 },
    { queryTimeoutMs: 0 },
  );
  await migrate(database, application, { seed: false, now: 0 });
  await database.close();
});

t.test("whatever the server's mode, values stay values and SQL means the same", async (t) => {
  const db = await open(t);
  const attacks = ["\\' or 1=1 -- ", "'or(1))#", '"', "a\\", "\\'", "\0", "🙂'"];
  for (const text of attacks) {
    const { insertId } = await db
      .insertInto("note")
      .values({ text } as never)
      .executeTakeFirstOrThrow();
    const found = await db.selectFrom("note").select("text").where("text", "=", text).execute();
    t.strictSame(found, [{ text }], JSON.stringify(text));
    await db
      .deleteFrom("note")
      .where("id", "=", insertId ?? 0n)
      .execute();
  }
  const [mode] = (await sql<{ mode: string }>`select @@sql_mode as mode`.execute(db)).rows;
  t.match(mode?.mode, /STRICT_TRANS_TABLES/);
  t.notMatch(mode?.mode, /BACKSLASH|ANSI|PIPES/);
  await t.rejects(
    db
      .insertInto("note")
      .values({ text: "x".repeat(51) } as never)
      .execute(),
    { code: "ER_DATA_TOO_LONG" },
    "a text that is too long is refused, not cut",
  );
});

t.test("integers are exact, also beyond 2^53 and 2^63", async (t) => {
  const db = await open(t);
  const big = 2n ** 53n + 1n;
  const keys = [7, Number.MAX_SAFE_INTEGER, big, 2n ** 63n + 5n, 2n ** 64n - 9n];
  for (const id of keys) {
    const { insertId } = await db
      .insertInto("note")
      .values({ id, n: null, text: null, at: null })
      .executeTakeFirstOrThrow();
    t.equal(insertId, BigInt(id), "the key that the row was given");
    const row = await db.selectFrom("note").select("id").where("id", "=", id).executeTakeFirst();
    t.equal(row?.id, id, "the row is found by its key, as the same number");
  }
  const next = await db
    .insertInto("note")
    .values({ n: big } as never)
    .executeTakeFirstOrThrow();
  t.equal(next.insertId, 2n ** 64n - 8n);
  await db
    .updateTable("note")
    .set({ n: sql`n + ${1}` })
    .where("n", "=", big)
    .execute();
  const row = await db.selectFrom("note").select("n").where("n", "is not", null).executeTakeFirst();
  t.equal(row?.n, big + 1n, "incremented without floating point");
  const rows: unknown[] = [];
  const all = db.selectFrom("note").select("id").orderBy("id").stream();
  for await (const { id } of all) rows.push(id);
  t.strictSame(rows, [...keys, 2n ** 64n - 8n], "streamed rows too");
  await sql`truncate note`.execute(db);
});

t.test(
  "a stored routine may be called, and whatever it leaves in the session is reset",
  async (t) => {
    const db = await open(t, { pool: 1 });
    await sql`create procedure leave_it() begin set @left = 1; select 2 as two; end`.execute(db);
    t.match((await sql`call leave_it()`.execute(db)).rows, [[{ two: 2 }]]);
    t.strictSame((await sql`select @left as kept`.execute(db)).rows, [{ kept: null }]);
  },
);

t.test("times are UTC, texts compare by code point", async (t) => {
  const db = await open(t);
  const at = new Date("2026-03-29T01:30:00.123Z");
  await db
    .insertInto("note")
    .values({ at, text: "josé 🙂" } as never)
    .execute();
  const { rows } = await sql<Record<string, unknown>>`
    select at, date_format(at, '%H:%i') as clock, timestampdiff(minute, utc_timestamp(), now()) as off,
      ${"é"} = ${"e"} as accent, ${"🙂"} = ${"🍞"} as emoji from note`.execute(db);
  t.strictSame(rows, [{ at, clock: "01:30", off: 0, accent: 0, emoji: 0 }]);
  for (const other of ["jose 🙂", "josé 🍞", "JOSÉ 🙂", "josé 🙂 "]) {
    const found = await db.selectFrom("note").select("id").where("text", "=", other).execute();
    t.strictSame(found, [], other);
  }
  const [found] = (await sql<{ c: string }>`select @@collation_database as c`.execute(db)).rows;
  t.equal(found?.c, "utf8mb4_nopad_bin", "new tables compare texts in the same way");
  await sql`truncate note`.execute(db);
});

t.test("no statement runs on after its deadline, and the server has few connections", async (t) => {
  const [db, watch] = [await open(t, { timeout: 1000, pool: 3 }), await open(t)];
  const slow = Array.from({ length: 12 }, () => sql`select sleep(60)`.execute(db));
  // With max_statement_time = 0, MariaDB has no time limit of its own for this statement. MySQL
  // never has a time limit for an INSERT. So the appserver itself has to kill the statement.
  const stubborn = sql`set statement max_statement_time = 0 for insert into note (n) select sleep(60)`;
  for (const ended of await Promise.allSettled([...slow, stubborn.execute(db)])) {
    if (ended.status === "fulfilled") t.fail("answered");
    else t.match([isDatabaseAway(ended.reason), isOutcomeUnknown(ended.reason)], [true, false]);
  }
  await t.rejects(stubborn.execute(db), { code: "ER_QUERY_INTERRUPTED" });
  const client = new Client();
  const left = workFor(client, () => stubborn.execute(db));
  client.leave();
  await t.rejects(left, { code: "ER_QUERY_INTERRUPTED" }, "killed though its client has left");
  await eventually("quiet server", async () => {
    const { rows } = await sql<{ info: string | null; user: string }>`
      select info from information_schema.processlist where info like '%sleep(60)%'
        and info not like '%processlist%'`.execute(watch);
    return rows.length === 0;
  });
  t.equal((await sql`select 1`.execute(db)).rows.length, 1);
  t.strictSame(
    await watch.selectFrom("note").select("id").execute(),
    [],
    "nothing was stored afterwards",
  );
});

t.test(
  "a change that waits for a lock fails, and is not made when the lock is released",
  async (t) => {
    const [db, other] = [await open(t, { timeout: 2000 }), await open(t)];
    await other
      .insertInto("note")
      .values({ id: 1, n: 0 } as never)
      .execute();
    await other.transaction().execute(async (held) => {
      await held.updateTable("note").set({ n: 1 }).where("id", "=", 1).execute();
      const late = db.updateTable("note").set({ n: 2 }).where("id", "=", 1).execute();
      const error = await late.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      t.match(error, { code: "ER_LOCK_WAIT_TIMEOUT" });
      t.match([isDatabaseAway(error), isOutcomeUnknown(error)], [true, false]);
    });
    t.strictSame(await db.selectFrom("note").select("n").execute(), [{ n: 1 }]);
    await sql`truncate note`.execute(db);
  },
);

t.test(
  "after a lost answer the effect of a change is unknown; all other statements have simply failed",
  async (t) => {
    const cut = await proxy(t, mariadb.port);
    const db = await open(t, { timeout: 1000, at: url.replace(`${mariadb.port}`, `${cut.port}`) });
    const change = () =>
      db
        .insertInto("note")
        .values({ n: 5 } as never)
        .execute();
    const unknown = async (work: () => Promise<unknown>) => {
      const error = await work().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      t.equal(isDatabaseAway(error), true, `${error}`);
      return isOutcomeUnknown(error);
    };
    const commit = () =>
      db.transaction().execute((held) =>
        held
          .insertInto("note")
          .values({ n: 5 } as never)
          .execute(),
      );
    await change();
    cut.at("commit");
    t.equal(await unknown(commit), true, "a commit");
    cut.at("insert");
    t.equal(await unknown(change), true, "a change outside a transaction");
    t.equal(await unknown(commit), false, "a change in a transaction, which is rolled back");
    cut.at("select");
    t.equal(await unknown(() => db.selectFrom("note").select("id").execute()), false, "a question");
    cut.at(undefined);
    await change();
    await mariadb.freeze();
    const both = [unknown(change), unknown(() => db.selectFrom("note").select("id").execute())];
    t.strictSame(await Promise.all(both), [true, false], "a server that does not answer");
    mariadb.thaw();
    await eventually("the server is back", () =>
      change().then(
        () => true,
        () => false,
      ),
    );
    await sql`truncate note`.execute(db);
  },
);

t.test("a session finds nothing that an earlier session left in its connection", async (t) => {
  const db = await open(t, { pool: 1 });
  const id = async () =>
    (await sql<{ id: number }>`select connection_id() as id`.execute(db)).rows[0]?.id;
  const before = await id();
  await db.connection().execute(async (held) => {
    await sql`set @secret = 7, session sql_mode = 'ANSI_QUOTES', time_zone = '+05:00'`.execute(
      held,
    );
    await sql`create temporary table mine (n int)`.execute(held);
    await sql`select get_lock('mine', 0)`.execute(held);
    await sql`begin`.execute(held);
    await held
      .insertInto("note")
      .values({ n: 1 } as never)
      .execute();
  });
  const { rows } = await sql<Record<string, unknown>>`select @secret as secret, @@time_zone as zone,
    @@collation_database as collation, @@sql_mode like '%ANSI%' as ansi, is_used_lock('mine') as locked`.execute(
    db,
  );
  const collation = "utf8mb4_nopad_bin";
  t.strictSame(rows, [{ secret: null, zone: "+00:00", collation, ansi: 0, locked: null }]);
  await t.rejects(sql`select * from mine`.execute(db), { code: "ER_NO_SUCH_TABLE" });
  t.strictSame(await db.selectFrom("note").select("n").execute(), [], "rolled back");
  await db
    .insertInto("note")
    .values({ n: 2 } as never)
    .execute();
  await db.deleteFrom("note").where("n", "=", 2).execute();
  t.equal(await id(), before, "it is still the same connection");
});

t.test("errors of the moment are told apart from wrong statements", async (t) => {
  const db = await open(t);
  const away = async (work: Promise<unknown>) =>
    isDatabaseAway(
      await work.then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
  const says = (number: number, text: string) =>
    away(
      sql`signal sqlstate '45000' set mysql_errno = ${sql.lit(number)}, message_text = ${sql.lit(text)}`.execute(
        db,
      ),
    );
  const readOnly = db.transaction().setAccessMode("read only");
  t.equal(
    await away(
      readOnly.execute((held) =>
        held
          .insertInto("note")
          .values({ n: 1 } as never)
          .execute(),
      ),
    ),
    true,
    "a read-only transaction",
  );
  t.equal(await says(1290, "running with the --read-only option"), true);
  t.equal(await says(1290, "running with the --secure-file-priv option"), false);
  t.equal(await says(1026, 'Error writing file (Errcode: 28 "No space left on device")'), true);
  t.equal(await says(1030, 'Got error 28 "No space left on device" from storage engine'), true);
  t.equal(await says(1030, 'Got error 168 "Unknown" from storage engine'), false);
  for (const number of [1021, 1114, 1205, 1213, 1317, 1836, 1927, 1969, 3024]) {
    t.equal(await says(number, "x"), true, `${number}`);
  }
  t.equal(await away(sql`selct 1`.execute(db)), false);
  t.equal(await away(sql`insert into note (id) values (1), (1)`.execute(db)), false);
});

/**
 * Starts a proxy that forwards to `port`. After a call of `at(text)`, the proxy cuts the connection
 * as soon as it has forwarded a statement that contains `text`.
 */
async function proxy(t: Testing, port: number) {
  let word: string | undefined;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const side of [client, upstream]) side.on("error", () => undefined);
    upstream.pipe(client);
    client.on("data", (chunk: Buffer) => {
      upstream.write(chunk);
      if (word === undefined || !chunk.includes(word)) return;
      upstream.unpipe(client);
      client.destroy();
    });
    client.on("close", () => upstream.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    at: (text: string | undefined) => {
      word = text;
    },
  };
}
