// Tests SQLite in its threads. A slow query or another process's lock must delay no other request. Waiting is limited,
// a thread that dies is replaced, and numbers are the same as on MySQL.
import { subscribe } from "node:diagnostics_channel";
import { request } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { systemClock, type Timer } from "@tandem/transport";
import { CompiledQuery, type Kysely, sql } from "kysely";
import t, { type Test } from "tap";
import { Client, workFor } from "../src/client.ts";
import { Lease } from "../src/database/sqlite/lease.ts";
import type { Result } from "../src/database/sqlite/protocol.ts";
import { SqliteSession } from "../src/database/sqlite/session.ts";
import {
  type Application,
  type Database,
  isDatabaseAway,
  isOutcomeUnknown,
  openDatabase,
} from "../src/index.ts";
import { eventually, startHost } from "./support/index.ts";

interface Tables {
  note: { id: bigint | number; n: bigint | number | null; data: Uint8Array | null };
}

const workers: Worker[] = [];
subscribe("worker_threads", (message) => {
  workers.push((message as { worker: Worker }).worker);
});

const folder = t.testdir();
const TABLE = "create table note (id integer primary key autoincrement, n integer, data blob)";
/** The beginning of a query that takes longer than an ordinary read, even when the machine is busy. */
const COUNT = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 5000000)";

async function open(
  t: Test,
  name: string,
  timeout = 0,
): Promise<{ db: Kysely<Tables>; file: string; database: Database<Tables> }> {
  const file = join(folder, `${name}.db`);
  // The table is created through another connection, because the timeout of the tested database may be too short for
  // that on a busy machine.
  using made = new DatabaseSync(file);
  made.exec(TABLE);
  const config = { url: `sqlite:${file}`, pool: 4, connectTimeout: 1000 };
  const database = await openDatabase<Tables>(config, { queryTimeoutMs: timeout });
  t.teardown(() => database.close());
  return { db: database.kysely, file, database };
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => t.fail("it succeeded"),
    (error: unknown) => error,
  );

t.test(
  "while another process writes, readers continue, and a writer waits for a limited time",
  async (t) => {
    const { db, file } = await open(t, "locked", 2000);
    await db
      .insertInto("note")
      .values({ n: 1 } as never)
      .execute();
    const other = new DatabaseSync(file);
    other.exec("begin immediate; update note set n = 2");
    const order: string[] = [];
    const write = failure(
      db
        .insertInto("note")
        .values({ n: 3 } as never)
        .execute(),
    ).finally(() => order.push("write"));
    t.strictSame(await db.selectFrom("note").select("n").execute(), [{ n: 1 }]);
    order.push("read");
    const error = await write;
    t.match([isDatabaseAway(error), isOutcomeUnknown(error)], [true, false], `${error}`);
    const begun = await failure(db.transaction().execute(async () => t.fail("it began")));
    t.match([isDatabaseAway(begun), isOutcomeUnknown(begun)], [true, false]);
    other.exec("rollback");
    other.close();
    await db
      .insertInto("note")
      .values({ n: 4 } as never)
      .execute();
    const kept = await db.selectFrom("note").select("n").orderBy("id").execute();
    t.strictSame(kept, [{ n: 1 }, { n: 4 }], "the refused change was not made later");
  },
);

t.test(
  "a transaction waits for a writer before it reads, so that both changes are kept",
  async (t) => {
    const { db } = await open(t, "two");
    await db
      .insertInto("note")
      .values({ n: 0 } as never)
      .execute();
    const add = () =>
      db.transaction().execute(async (held) => {
        const { n } = await held.selectFrom("note").select("n").executeTakeFirstOrThrow();
        await held
          .updateTable("note")
          .set({ n: Number(n) + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, add));
    t.strictSame(await db.selectFrom("note").select("n").execute(), [{ n: 20 }]);
    const broken = db.transaction().execute(async (held) => {
      await held.updateTable("note").set({ n: 0 }).execute();
      throw new Error("changed my mind");
    });
    await t.rejects(broken, /changed my mind/);
    const readOnly = db.transaction().setAccessMode("read only");
    const refused = readOnly.execute((held) => held.updateTable("note").set({ n: 0 }).execute());
    t.match(await failure(refused), { errcode: 8 });
    t.strictSame(await db.selectFrom("note").select("n").execute(), [{ n: 20 }]);
  },
);

t.test("a thread that dies is replaced, and the outcome of its change is unknown", async (t) => {
  const from = workers.length;
  const { db } = await open(t, "dying");
  await db
    .insertInto("note")
    .values({ n: 1 } as never)
    .execute();
  await db.selectFrom("note").select("n").execute();
  for (const worker of workers.slice(from)) {
    // The thread now ends at the next question instead of answering.
    worker.postMessage = () => void worker.terminate();
  }
  const asked = failure(db.selectFrom("note").select("n").execute());
  const write = failure(
    db
      .insertInto("note")
      .values({ n: 9 } as never)
      .execute(),
  );
  const [question, change] = [await asked, await write];
  t.match([isDatabaseAway(question), isOutcomeUnknown(question)], [true, false], `${question}`);
  t.match([isDatabaseAway(change), isOutcomeUnknown(change)], [true, true], `${change}`);
  t.strictSame(await db.selectFrom("note").select("n").execute(), [{ n: 1 }]);
  await db
    .insertInto("note")
    .values({ n: 2 } as never)
    .execute();
  t.equal(workers.length - from, 4, "two threads died, and two replaced them");
});

t.test("a slow query blocks only its own thread", async (t) => {
  const { db } = await open(t, "slow");
  const read = () => db.selectFrom("note").select("n").execute();
  await Promise.all([read(), read()]);
  const order: string[] = [];
  const slow = sql.raw(`${COUNT} select count(*) as n from c`).execute(db);
  const done = slow.then(({ rows }) => order.push(JSON.stringify(rows)));
  await read().then(() => order.push("read"));
  await done;
  t.strictSame(order, ["read", '[{"n":5000000}]']);
});

t.test(
  "a statement that timed out keeps its place until it has ended, and its change may be kept",
  async (t) => {
    let answer = (_: Result): void => undefined;
    let back = 0;
    // A clock whose timers all run as soon as the test has nothing else to do. So every time limit is over at once.
    const after = (_ms: number, run: () => void): Timer => {
      const soon = setImmediate(run);
      return { cancel: () => clearImmediate(soon) };
    };
    const clock = { ...systemClock, after };
    const stuck = (): Promise<Lease> => {
      const thread = {
        inTransaction: false,
        ask: () => new Promise<Result>((resolve) => (answer = resolve)),
        close: async () => undefined,
      };
      return Promise.resolve(new Lease(thread, { timeoutMs: 1, clock }, () => void back++));
    };
    const session = () => new SqliteSession({ reader: stuck, writer: stuck });
    const question = await failure(session().executeQuery(CompiledQuery.raw("select 1")));
    t.match([isDatabaseAway(question), isOutcomeUnknown(question)], [true, false], `${question}`);
    const writing = session();
    const change = await failure(writing.executeQuery(CompiledQuery.raw("delete from note")));
    t.match([isDatabaseAway(change), isOutcomeUnknown(change)], [true, true], `${change}`);
    writing.release();
    t.equal(back, 0);
    answer({ rows: [] });
    await eventually("the place is free", async () => back === 1);
  },
);

t.test("waiting is bounded in number and time, and ends when the client leaves", async (t) => {
  const { db, file } = await open(t, "crowd", 1500);
  const other = new DatabaseSync(file);
  other.exec("begin immediate");
  const write = () =>
    db
      .insertInto("note")
      .values({ n: 1 } as never)
      .execute();
  const crowd = Array.from({ length: 210 }, () => failure(write()));
  const client = new Client();
  const left = workFor(client, () => failure(write()));
  const errors = await Promise.all(crowd.slice(-9));
  for (const error of errors) t.match(error, { message: /200 requests wait for a thread/ });
  client.leave();
  t.match(await left, { message: /200 requests wait/ });
  const ends = await Promise.all(crowd);
  for (const error of ends) if (!isDatabaseAway(error)) t.fail(`${error}`);
  // Only a statement that runs can have an unknown outcome, and one thread writes. It has one when the machine is so
  // busy that its thread does not report the timeout in time.
  const unknown = ends.filter(isOutcomeUnknown).length;
  t.ok(unknown <= 1, `${unknown} outcomes are unknown`);
  const [first, second] = [failure(write()), workFor(client, () => failure(write()))];
  t.match(await second, { statusCode: 499 }, "a request whose client has left does not wait");
  const staying = new Client();
  const third = workFor(staying, () => failure(write()));
  staying.leave();
  t.match(await third, { statusCode: 499 }, "nor one whose client leaves while it waits");
  t.ok(isDatabaseAway(await first));
  other.close();
  let written = false;
  await eventually("it writes again", async () => {
    written ||= await write().then(
      () => true,
      () => false,
    );
    return written;
  });
  const kept = (await db.selectFrom("note").select("n").execute()).length;
  t.ok(kept >= 1 && kept <= 2 + unknown, `${kept} notes are kept`);
});

t.test("integers are exact, bytes are bytes, and a new column is seen", async (t) => {
  const { db } = await open(t, "exact");
  const keys = [7, Number.MAX_SAFE_INTEGER, 2n ** 53n + 1n, 2n ** 63n - 2n];
  for (const id of keys) {
    const values = { id, n: null, data: null };
    const { insertId } = await db.insertInto("note").values(values).executeTakeFirstOrThrow();
    t.equal(insertId, BigInt(id));
    const row = await db.selectFrom("note").select("id").where("id", "=", id).executeTakeFirst();
    t.strictSame(row, { id });
  }
  const returned = await db
    .insertInto("note")
    .values({ n: 2n ** 60n } as never)
    .returning("n")
    .execute();
  t.strictSame(returned, [{ n: 2n ** 60n }]);
  const streamed: unknown[] = [];
  for await (const { id } of db.selectFrom("note").select("id").orderBy("id").stream(2))
    streamed.push(id);
  t.strictSame(streamed, [...keys, 2n ** 63n - 1n]);
  for await (const row of db.selectFrom("note").selectAll().stream()) {
    t.ok(row, "a reader can stop early");
    break;
  }
  const data = new Uint8Array(100_000).map((_, index) => index % 251);
  await db.updateTable("note").set({ data }).where("id", "=", 7).execute();
  const row = await db.selectFrom("note").selectAll().where("id", "=", 7).executeTakeFirst();
  t.ok(row?.data && Buffer.from(row.data).equals(Buffer.from(data)));
  await db.schema.alterTable("note").addColumn("more", "integer").execute();
  const wider = await db.selectFrom("note").selectAll().where("id", "=", 7).executeTakeFirst();
  t.has(wider, { more: null }, "with a statement that was prepared before");
});

t.test("the next session that writes finds nothing that the last one left", async (t) => {
  const { db } = await open(t, "traces");
  await db.connection().execute(async (held) => {
    await sql`pragma foreign_keys = off`.execute(held);
    await sql`create temporary table mine (n integer)`.execute(held);
    await sql`begin`.execute(held);
    await held
      .insertInto("note")
      .values({ n: 1 } as never)
      .execute();
    t.equal((await held.selectFrom("note").select("n").execute()).length, 1, "its own change");
  });
  await db
    .insertInto("note")
    .values({ n: 2 } as never)
    .execute();
  t.strictSame(await db.selectFrom("note").select("n").execute(), [{ n: 2 }]);
  const { rows } = await db.connection().execute(async (held) => {
    await held.updateTable("note").set({ n: 2 }).execute();
    return sql`select * from pragma_foreign_keys, temp.sqlite_master`.execute(held);
  });
  t.strictSame(rows, [], "no temporary table");
});

t.test("a request that waits for the database is dropped when its client leaves", async (t) => {
  let bodies = 0;
  const application: Application = {
    migrations: () => ({
      "0001_note": { up: async (db) => void (await sql.raw(TABLE).execute(db)) },
    }),
    async app(app, { database }) {
      const db = database as Kysely<Tables>;
      app.post("/notes", async ({ body }) => {
        bodies += 1;
        await db
          .insertInto("note")
          .values({ n: Number(body) } as never)
          .execute();
        return "stored";
      });
    },
  };
  const file = join(folder, "leaving.db");
  const database = { url: `sqlite:${file}` };
  const host = await startHost({ application, folder, appserver: { database } });
  t.teardown(() => host.stop());
  /**
   * Sends a body in two pieces. The appserver then runs the handler in an event of the socket, where
   * AsyncLocalStorage has lost the client of the request.
   */
  const post = (body: string) => {
    const headers = { "content-type": "text/plain" };
    const sent = request(`${host.url}/notes`, { method: "POST", headers });
    sent.write(body.slice(0, 1), () => sent.end(body.slice(1)));
    const status = new Promise<number>((resolve, reject) => {
      sent.on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      sent.on("error", reject);
    });
    status.catch(() => undefined);
    return { sent, status };
  };
  const other = new DatabaseSync(file);
  other.exec("begin immediate");
  const first = post("11");
  await eventually("the first is being handled", async () => bodies === 1);
  const leaving = post("22");
  await eventually("both are being handled", async () => bodies === 2);
  leaving.sent.destroy();
  await eventually("the access line", async () => host.accessLines.length === 1);
  t.match(host.accessLines[0], / 499 /);
  other.exec("rollback");
  t.equal(await first.status, 200);
  t.equal(await post("33").status, 200);
  const rows = other.prepare("select n from note order by id").all();
  other.close();
  t.strictSame(
    rows.map(({ n }) => n),
    [11, 33],
  );
});
