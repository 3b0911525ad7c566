// A connection that the pool hands out is as good as a newly opened one, whatever it has carried before.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import { DEFAULT_LIMITS } from "@tandem/http";
import { Deadlines, FRESH_MS, Names, ReadBuffers, systemClock, turnClock } from "@tandem/transport";
import t from "tap";
import { COUNTER, ROW } from "../memory/counters.ts";
import { H1Connection } from "./h1-connection.ts";
import { Pool } from "./pool.ts";
import { SERVER_PROTOCOLS } from "./protocols.ts";
import type { Pending } from "./reservation.ts";

/** Makes a pool for a server that never sends anything, on a clock that the test moves. */
async function givenPool() {
  const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(server, "listening");
  let now = 1_000;
  const clock = { ...systemClock, now: () => now };
  const deadlines = new Deadlines(clock);
  const counters = new Float64Array(ROW);
  const pool = new Pool({
    ...{ name: "s1", address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port } },
    ...{ tls: undefined, connectMs: 5_000, idleMs: 60_000, maxIdle: 10, answers: DEFAULT_LIMITS },
    ...{ counters, clock, deadlines, names: new Names() },
    protocol: SERVER_PROTOCOLS["http/1.1"],
    buffers: new ReadBuffers(turnClock(clock)),
  });
  const asked = (ask: (listener: Parameters<Pool["connect"]>[0]) => Pending) =>
    new Promise<H1Connection>((connected, reject) => {
      ask({
        connected: (stream) => {
          if (stream instanceof H1Connection) connected(stream);
        },
        connectFailed: ({ why }) => reject(new Error(why)),
      });
    });
  return {
    pool,
    deadlines,
    pass: (ms: number) => {
      now += ms;
    },
    opened: () => asked((listener) => pool.connect(listener)),
    requested: () => asked((listener) => pool.request(listener)),
    resumed: (connection: H1Connection) =>
      asked((listener) => pool.resume(connection, listener, FRESH_MS)),
    idle: () => counters[COUNTER.idle],
    async [Symbol.asyncDispose]() {
      deadlines.stop();
      pool.stop();
      server.close();
      await once(server, "close");
    },
  };
}

t.test("a connection that was paused reads again for its next exchange", async (t) => {
  await using given = await givenPool();
  const connection = await given.opened();
  t.ok(connection.fresh);
  connection.pause();
  t.notOk(connection.fresh);
  connection.release();
  t.ok(connection.fresh);
  t.equal(await given.requested(), connection);
});

t.test("a connection that cannot be renewed is never handed out", async (t) => {
  await using given = await givenPool();
  const spoil: readonly ((connection: H1Connection) => void)[] = [
    (connection) => connection.openTunnel(UNHEARD),
    (connection) => connection.endTunnel(),
    (connection) => connection.receiveShared(Buffer.from("unasked"), 7),
    (connection) => connection.pause(), // paused after the pool took it back
  ];
  for (const spoilt of spoil) {
    const connection = await given.opened();
    connection.release();
    spoilt(connection);
    t.not(await given.requested(), connection, String(spoilt));
    t.ok(connection.gone);
  }
});

t.test("a connection that was put back unused keeps its idle time", async (t) => {
  await using given = await givenPool();
  const [old, young] = [await given.opened(), await given.opened()];
  old.release();
  given.pass(500);
  const listener = { connected: () => t.fail("cancelled"), connectFailed: () => t.fail() };
  const pending = given.pool.request(listener);
  young.release();
  given.pass(800);
  pending.cancel();
  t.equal(given.pool.acquire(1_000), young, "used 800 ms ago");
  t.equal(given.pool.acquire(1_000), undefined, "the other connection was used 1300 ms ago");
  t.equal(given.pool.acquire(2_000), old);
});

t.test("a private connection is kept for its owner alone, however long it is idle", async (t) => {
  await using given = await givenPool();
  const [own, shared] = [await given.opened(), await given.opened()];
  own.owner = { gone: false };
  own.release();
  shared.release();
  t.equal(given.idle(), 2);
  t.equal(await given.requested(), shared);
  t.not(await given.requested(), own);
  given.pass(600_000);
  t.equal(await given.resumed(own), own, "beyond `idle`, and for what may not be repeated");
  t.equal(given.idle(), 0);
  own.release();
  const listener = { connected: () => t.fail("cancelled"), connectFailed: () => t.fail() };
  given.pool.resume(own, listener).cancel();
  t.equal(given.idle(), 1, "put back");
  t.equal(await given.resumed(own), own);
});

t.test("a private connection closes with its owner, its address and the pool", async (t) => {
  const ends: readonly ((given: Awaited<ReturnType<typeof givenPool>>, own: Own) => void)[] = [
    (_, own) => {
      own.owner.gone = true;
      own.connection.release();
    },
    (_, own) => {
      own.connection.limitIdle("timeout=1");
      own.connection.release();
    },
    (_, own) => {
      own.connection.outdated = true;
      own.connection.release();
    },
    ({ pool }, own) => {
      own.connection.release();
      pool.drain();
    },
    ({ pool }, own) => {
      own.connection.release();
      pool.stop();
    },
  ];
  for (const end of ends) {
    await using given = await givenPool();
    const connection = await given.opened();
    const owner = { gone: false };
    connection.owner = owner;
    end(given, { connection, owner });
    t.ok(connection.gone, String(end));
    while (!given.pool.empty) await setImmediate();
    t.equal(given.idle(), 0);
    t.not(await given.resumed(connection), connection, "resuming then gets another connection");
  }
});

const UNHEARD = { data() {}, drained() {}, ended() {} };

interface Own {
  readonly connection: H1Connection;
  readonly owner: { gone: boolean };
}
