// What a pool hands out is as one that was just opened, whatever it has been through.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { DEFAULT_LIMITS } from "@tandem/http";
import { Deadlines, Names, ReadBuffers, systemClock, turnClock } from "@tandem/transport";
import t from "tap";
import { Pool } from "./pool.ts";
import type { Pending } from "./reservation.ts";
import type { ServerConnection } from "./server-connection.ts";

/** A pool before a server that never says anything, on a clock that the test moves. */
async function givenPool() {
  const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(server, "listening");
  let now = 1_000;
  const clock = { ...systemClock, now: () => now };
  const deadlines = new Deadlines(clock);
  const pool = new Pool({
    ...{ name: "s1", address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port } },
    ...{ tls: undefined, connectMs: 5_000, idleMs: 60_000, maxIdle: 10, answers: DEFAULT_LIMITS },
    ...{ counters: new Float64Array(64), clock, deadlines, names: new Names() },
    buffers: new ReadBuffers(turnClock(clock)),
  });
  const asked = (ask: (listener: Parameters<Pool["connect"]>[0]) => Pending) =>
    new Promise<ServerConnection>((connected, reject) => {
      ask({ connected, connectFailed: ({ why }) => reject(new Error(why)) });
    });
  return {
    pool,
    deadlines,
    pass: (ms: number) => {
      now += ms;
    },
    opened: () => asked((listener) => pool.connect(listener)),
    requested: () => asked((listener) => pool.request(listener)),
    async [Symbol.asyncDispose]() {
      deadlines.stop();
      pool.stop();
      server.close();
      await once(server, "close");
    },
  };
}

t.test("one that was held back reads on for the next exchange", async (t) => {
  await using given = await givenPool();
  const connection = await given.opened();
  t.ok(connection.fresh);
  connection.hold();
  t.notOk(connection.fresh);
  connection.release();
  t.ok(connection.fresh);
  t.equal(await given.requested(), connection);
});

t.test("one that cannot be made as new is never handed out", async (t) => {
  await using given = await givenPool();
  const spoil: readonly ((connection: ServerConnection) => void)[] = [
    (connection) => {
      connection.halfOpen = true;
    },
    (connection) => connection.socket.end(),
    (connection) => connection.session.receive(Buffer.from("unasked")),
    (connection) => connection.hold(), // after it was taken back
  ];
  for (const spoilt of spoil) {
    const connection = await given.opened();
    connection.release();
    spoilt(connection);
    t.not(await given.requested(), connection, String(spoilt));
    t.ok(connection.socket.destroyed);
  }
});

t.test("one that was asked for and not used is as old as it was", async (t) => {
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
  t.equal(given.pool.acquire(1_000), undefined, "the other one 1300 ms ago");
  t.equal(given.pool.acquire(2_000), old);
});
