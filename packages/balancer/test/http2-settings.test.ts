// What a server of HTTP/2 says about its connection: settings, windows, PING; and when an idle connection ends.
import { once } from "node:events";
import t from "tap";
import { get, givenBalancer, until } from "./given.ts";
import { END_STREAM, givenFrameServer, type Peer, TYPE } from "./given-frames.ts";

const H2 = { proto: "h2", check: false } as const;
const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;

const post = (port: number, path = "/", body = "body"): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body });

t.test("a server that sends no settings: 504 within the time for connecting", async (t) => {
  await using server = await givenFrameServer(
    () => undefined,
    () => undefined,
  );
  await using balancer = await givenBalancer([server.port], {
    ...H2,
    retries: 0,
    timeouts: { connect: "300ms" },
  });
  t.match(await get(balancer.port), /^HTTP\/1\.1 504 /);
  t.match((await balancer.log(1))[0], / sC-- .*settings/);
});

t.test("settings that come late are waited for, and count from the first request on", async (t) => {
  const waiting: Peer[] = [];
  const asked: [Peer, number][] = [];
  let late = true;
  await using server = await givenFrameServer(
    (peer, { type, id }) => {
      if (type === TYPE.headers) asked.push([peer, id]);
    },
    (peer) => {
      if (late) waiting.push(peer);
      else peer.settings({ [MAX_CONCURRENT_STREAMS]: 1 });
    },
  );
  await using balancer = await givenBalancer([server.port], {
    ...H2,
    timeouts: { connect: "30s" },
  });
  const answers = Array.from({ length: 3 }, () => get(balancer.port));
  await until(() => waiting.some(({ frames }) => frames.length > 0));
  t.equal(asked.length, 0, "no request before the settings");
  late = false;
  for (const peer of waiting) peer.settings({ [MAX_CONCURRENT_STREAMS]: 1 });
  await until(() => asked.length === 3);
  t.equal(new Set(asked.map(([peer]) => peer)).size, 3, "one on each connection");
  for (const [peer, id] of asked) peer.answer(id, "one");
  for (const answer of await Promise.all(answers)) t.match(answer, /one/);
});

t.test("a lowered limit of streams holds for the next requests", async (t) => {
  const ids: [Peer, number][] = [];
  await using server = await givenFrameServer((peer, { type, id, flags }) => {
    if (type === TYPE.headers) ids.push([peer, id]);
    if (type === TYPE.ping && (flags & 1) !== 0) acknowledged = true;
  });
  let acknowledged = false;
  await using balancer = await givenBalancer([server.port], H2);
  const first = get(balancer.port);
  await until(() => ids.length === 1);
  const [peer] = server.peers;
  peer?.settings({ [MAX_CONCURRENT_STREAMS]: 1 });
  peer?.send(TYPE.ping, 0, 0, "12345678");
  await until(() => acknowledged);
  const second = get(balancer.port);
  await until(() => ids.length === 2);
  t.equal(server.peers.length, 2);
  for (const [at, id] of ids) at.answer(id, "done");
  t.match(await first, /done/);
  t.match(await second, /done/);
});

t.test("the server's windows hold back an upload, and it goes on when they widen", async (t) => {
  let bytes = 0;
  await using server = await givenFrameServer(
    (peer, { type, id, flags, payload }) => {
      if (type !== TYPE.data) return;
      bytes += payload.length;
      if ((flags & END_STREAM) !== 0) peer.answer(id, `got ${bytes}`);
      else if (bytes >= 100) widen(peer, id);
    },
    (peer) => peer.settings({ [INITIAL_WINDOW_SIZE]: 100 }),
  );
  let held = true;
  const widen = (peer: Peer, id: number): void => {
    if (held) return;
    for (const stream of [0, id])
      peer.send(TYPE.windowUpdate, 0, stream, Buffer.from([0, 1, 0, 0]));
  };
  await using balancer = await givenBalancer([server.port], H2);
  const answer = post(balancer.port, "/", "x".repeat(200_000));
  await until(() => bytes === 100);
  const [small] = server.peers;
  if (small === undefined) throw new Error("no connection");
  held = false;
  widen(small, 1);
  t.equal(await (await answer).text(), "got 200000");
});

t.test("an idle connection is closed after `idle`, with GOAWAY", async (t) => {
  await using server = await givenFrameServer((peer, { type, id }) => {
    if (type === TYPE.headers) peer.answer(id, "x");
  });
  await using balancer = await givenBalancer([server.port], { ...H2, timeouts: { idle: "300ms" } });
  t.match(await get(balancer.port), /^HTTP\/1\.1 200 /);
  const socket = server.peers[0]?.socket;
  if (socket !== undefined && !socket.closed) await once(socket, "close");
  t.ok(server.peers[0]?.frames.some(({ type }) => type === TYPE.goaway));
});
