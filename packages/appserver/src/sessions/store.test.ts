import t from "tap";
import { ClientLeftError } from "../client.ts";
import { type SessionRecord, type SessionRecords, SessionStore } from "./store.ts";

const DAY = 86_400_000;
const began = 1_700_000_000_000;

/** Opens a session store that keeps its records in a map, with a clock that moves only when the test moves it. */
function open() {
  const kept = new Map<string, SessionRecord>();
  const said: string[] = [];
  const clock = { now: began, away: false, left: false, touched: 0 };
  const answer = async <T>(give: () => T): Promise<T> => {
    if (clock.left) throw new ClientLeftError();
    if (clock.away) throw new Error("the cable is cut");
    return give();
  };
  const live = (key: string, now: number) => {
    const record = kept.get(key);
    return record !== undefined && record.expires > now ? record : undefined;
  };
  const records: SessionRecords = {
    read: (key, now) => answer(() => live(key, now)),
    create: (key, record) => answer(() => void kept.set(key, record)),
    replace: (key, record) => answer(() => void (kept.has(key) && kept.set(key, record))),
    touch: (key, expires) =>
      answer(() => {
        clock.touched++;
        const record = kept.get(key);
        if (record !== undefined) kept.set(key, { ...record, expires });
      }),
    remove: (key) => answer(() => void kept.delete(key)),
    purge: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
  const log = (_facts: object, text: string) => void said.push(text);
  const store = new SessionStore({
    ...{ records, limits: { idle: 10 * DAY, maxAge: 30 * DAY } },
    clock: { wall: () => clock.now },
    logger: { error: log, info: log } as never,
  });
  return { store, clock, kept, said };
}

t.test("a session lives while it is used, but not beyond its greatest age", async (t) => {
  const { store, clock } = open();
  const session = { began, fields: '{"user":1}' };
  await store.create("used", session);
  await store.create("unused", session);
  for (clock.now = began; clock.now < began + 30 * DAY; clock.now += 9 * DAY)
    t.strictSame(await store.load("used"), session, `day ${(clock.now - began) / DAY}`);
  clock.now = began + 10 * DAY;
  t.equal(await store.load("unused"), undefined, "not used for the idle time");
  clock.now = began + 30 * DAY - 1;
  t.strictSame(await store.load("used"), session);
  clock.now = began + 30 * DAY;
  t.equal(await store.load("used"), undefined, "used, but too old");
});

t.test("not every page writes: a use is recorded after a tenth of the idle time", async (t) => {
  const { store, clock } = open();
  await store.create("id", { began, fields: "{}" });
  for (let i = 0; i < 9; i++) {
    clock.now += DAY / 10;
    await store.load("id");
  }
  t.equal(clock.touched, 0);
  clock.now += DAY / 10;
  await store.load("id");
  t.equal(clock.touched, 1);
});

t.test(
  "a missing answer of the store is an error, logged once, and never counts as an empty session",
  async (t) => {
    const { store, clock, said } = open();
    await store.create("id", { began, fields: "{}" });
    clock.away = true;
    for (const ask of [
      () => store.load("id"),
      () => store.create("x", { began, fields: "{}" }),
      () => store.replace("id", { began, fields: "{}" }),
      () => store.remove("id"),
    ])
      await t.rejects(ask() as Promise<unknown>, { code: "TANDEM_SESSION_STORE_AWAY" });
    clock.away = false;
    await store.load("id");
    t.match(said.join("\n"), /^session store away: .*\nsession store is back$/);
  },
);

t.test(
  "a client that leaves while it waits for the store does not count as a failure of the store",
  async (t) => {
    const { store, clock, said } = open();
    clock.left = true;
    await t.rejects(store.load("id"), new ClientLeftError());
    clock.left = false;
    await store.load("id");
    t.strictSame(said, []);
  },
);

t.test(
  "a session that is too large is refused, an invalid record is no session, and ids are not stored",
  async (t) => {
    const { store, kept } = open();
    const fields = JSON.stringify({ basket: "ü".repeat(40_000) });
    const refusal = /a session of 8\d{4} bytes is too large, 65535 fit; keep large things in the/;
    await t.rejects(store.create("id", { began, fields }), refusal);
    await t.rejects(store.replace("id", { began, fields }), refusal);
    await store.create("id", { began, fields: "{}" });
    const [key = ""] = kept.keys();
    t.match(key, /^[0-9a-f]{64}$/);
    for (const value of ["", "{", "[]", '{"cookie":{},"user":1}']) {
      kept.set(key, { value, expires: began + DAY });
      t.equal(await store.load("id"), undefined, value);
    }
  },
);
