// What a server of HTTP/2 may do to requests: refuse them, go away, reset them, die, say too little or too much.
import { once } from "node:events";
import t from "tap";
import { get, givenBalancer, givenOrigin, rawClient, until } from "./given.ts";
import { END_STREAM, givenFrameServer, type Peer, TYPE } from "./given-frames.ts";

const H2 = { proto: "h2", check: false } as const;
const [NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL] = [0, 2, 7, 8];
const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;

const post = (port: number, path = "/", body = "body"): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body });

t.test(
  "GOAWAY: requests above its last stream are sent again, a POST too; others finish",
  async (t) => {
    const waiting: [Peer, number][] = [];
    await using server = await givenFrameServer((peer, { type, flags, id }) => {
      const ends = (flags & END_STREAM) !== 0;
      if (!ends || (type !== TYPE.headers && type !== TYPE.data)) return;
      if (peer === server.peers[0]) waiting.push([peer, id]);
      else peer.answer(id, "second");
    });
    await using balancer = await givenBalancer([server.port], H2);
    const first = get(balancer.port, "/first");
    await until(() => waiting.length === 1);
    const others = Array.from({ length: 10 }, () => post(balancer.port));
    await until(() => waiting.length === 11);
    const [peer] = server.peers;
    peer?.goaway(1);
    for (const answer of await Promise.all(others)) t.equal(await answer.text(), "second");
    peer?.answer(1, "first");
    t.match(await first, /first$/m);
    t.equal(server.peers.length, 2, "all of them on one new connection");
    const lines = await balancer.log(11);
    t.equal(lines.filter((line) => / ---- /.test(line)).length, 11);
  },
);

t.test("REFUSED_STREAM: a POST is sent again on another connection", async (t) => {
  await using server = await givenFrameServer((peer, { type, flags, id }) => {
    if (type === TYPE.headers && peer === server.peers[0]) peer.reset(id, REFUSED_STREAM);
    if (type === TYPE.data && (flags & END_STREAM) !== 0 && peer !== server.peers[0])
      peer.answer(id, "taken");
  });
  await using balancer = await givenBalancer([server.port], H2);
  const answer = await post(balancer.port);
  t.equal(await answer.text(), "taken");
});

t.test("a server that refuses everything: 503, after the configured attempts", async (t) => {
  let asked = 0;
  await using server = await givenFrameServer((peer, { type, id }) => {
    if (type !== TYPE.headers) return;
    asked += 1;
    peer.reset(id, REFUSED_STREAM);
  });
  await using balancer = await givenBalancer([server.port], { ...H2, retries: 3 });
  t.match(await get(balancer.port), /^HTTP\/1\.1 503 /);
  t.ok(asked >= 1 && asked <= 4, `${asked} attempts`);
  t.match((await balancer.log(1))[0], / SC-- .*refused the request unseen/);
});

t.test(
  "any other reset before the answer: a POST fails, a GET goes to the next server",
  async (t) => {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type === TYPE.headers) peer.reset(id, INTERNAL_ERROR);
    });
    await using alone = await givenBalancer([server.port], H2);
    t.equal((await post(alone.port)).status, 502);
    t.match((await alone.log(1))[0], / SH-- /);
    await using other = await givenFrameServer((peer, { type, id }) => {
      if (type === TYPE.headers) peer.answer(id, "other");
    });
    await using both = await givenBalancer([server.port, other.port], {
      ...H2,
      balance: { algorithm: "first" },
    });
    t.match(await get(both.port), /other/);
    t.equal((await post(both.port)).status, 502);
  },
);

t.test("RST_STREAM within the answer: the client sees that it was cut, others go on", async (t) => {
  const ids: number[] = [];
  await using server = await givenFrameServer((_, { type, id }) => {
    if (type === TYPE.headers) ids.push(id);
  });
  await using balancer = await givenBalancer([server.port], H2);
  using cut = await rawClient(balancer.port);
  cut.send("GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => ids.length === 1);
  const other = get(balancer.port, "/other");
  await until(() => ids.length === 2);
  const [peer] = server.peers;
  peer?.answer(1, "half", true);
  await cut.received(/half/);
  peer?.reset(1, INTERNAL_ERROR);
  t.notMatch(await cut.closed(), /\r\n0\r\n\r\n$/, "without its last chunk");
  peer?.answer(3, "whole");
  t.match(await other, /whole/);
  t.match((await balancer.log(2))[0], / SD-- /);
});

t.test(
  "RST_STREAM(NO_ERROR) behind a whole answer: the rest of the upload is not sent",
  async (t) => {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type !== TYPE.headers) return;
      peer.answer(id, "enough");
      peer.reset(id, NO_ERROR);
    });
    await using balancer = await givenBalancer([server.port], H2);
    using client = await rawClient(balancer.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegin");
    t.match(await client.received(/enough/), /^HTTP\/1\.1 200 /);
    t.match((await balancer.log(1))[0], / ---- /);
    t.match(await get(balancer.port), /enough/);
  },
);

t.test(
  "an answer before the upload is complete: the stream is cancelled, not the connection",
  async (t) => {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type === TYPE.headers) peer.answer(id, "early");
    });
    await using balancer = await givenBalancer([server.port], H2);
    using client = await rawClient(balancer.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegin");
    await client.received(/early/);
    await until(() => server.peers[0]?.frames.some(({ type }) => type === TYPE.reset) === true);
    const reset = server.peers[0]?.frames.find(({ type }) => type === TYPE.reset);
    t.equal(reset?.payload.readUInt32BE(0), CANCEL);
    t.match(await get(balancer.port), /early/);
    t.equal(server.peers.length, 1);
  },
);

t.test(
  "a connection that dies under 50 requests: each ends once, GETs are sent again",
  async (t) => {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type === TYPE.headers && peer !== server.peers[0]) peer.answer(id, "again");
    });
    await using balancer = await givenBalancer([server.port], H2);
    const gets = Array.from({ length: 25 }, () => get(balancer.port));
    const posts = Array.from({ length: 25 }, () => post(balancer.port));
    await until(() => server.peers[0]?.requests().length === 50);
    server.peers[0]?.socket.resetAndDestroy();
    for (const answer of await Promise.all(gets)) t.match(answer, /again/);
    for (const { status } of await Promise.all(posts)) t.equal(status, 502);
    t.equal((await balancer.log(50)).length, 50);
    t.equal(server.peers.length, 2, "one new connection for all that is sent again");
  },
);

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
  const begun: Peer[] = [];
  const ids: number[] = [];
  await using server = await givenFrameServer(
    (peer, { type, id }) => {
      if (type === TYPE.headers) {
        ids.push(id);
        peer.answer(id, "one");
      }
    },
    (peer) => begun.push(peer),
  );
  await using balancer = await givenBalancer([server.port], {
    ...H2,
    timeouts: { connect: "30s" },
  });
  const answers = Array.from({ length: 3 }, () => get(balancer.port));
  await until(() => begun.length === 1);
  begun[0]?.settings({ [MAX_CONCURRENT_STREAMS]: 1 });
  await until(() => begun.length >= 3);
  t.equal(ids.length, 1, "one stream at a time, and none before the settings");
  for (const peer of begun.slice(1)) peer.settings({ [MAX_CONCURRENT_STREAMS]: 1 });
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

t.test("malformed answers and frames: 502, and the log says why", async (t) => {
  const faults: readonly (readonly [(peer: Peer, id: number) => void, RegExp])[] = [
    [(peer, id) => peer.send(TYPE.data, END_STREAM, id, "no head"), /before the head/],
    [(peer, id) => peer.send(TYPE.headers, 0x5, id, Buffer.from([0x0f])), /header block/],
    [(peer) => peer.send(TYPE.push, 4, 1, Buffer.from([0, 0, 0, 2, 0x82])), /PUSH_PROMISE/],
    [(peer) => peer.send(TYPE.windowUpdate, 0, 0, Buffer.alloc(4)), /WINDOW_UPDATE/],
    [(peer, id) => peer.send(TYPE.headers, 0x4, id, Buffer.from([0x08, 3, 49, 48, 49])), /no 101/],
  ];
  for (const [fault, why] of faults) {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type === TYPE.headers) fault(peer, id);
    });
    await using balancer = await givenBalancer([server.port], H2);
    t.match(await get(balancer.port), /^HTTP\/1\.1 502 /);
    t.match((await balancer.log(1))[0], why);
  }
});

t.test("a silent server: 504, the stream is cancelled and the connection kept", async (t) => {
  await using server = await givenFrameServer(() => undefined);
  await using balancer = await givenBalancer([server.port], {
    ...H2,
    timeouts: { server: "200ms" },
  });
  t.match(await get(balancer.port), /^HTTP\/1\.1 504 /);
  await until(() => server.peers[0]?.frames.some(({ type }) => type === TYPE.reset) === true);
  t.match(await get(balancer.port), /^HTTP\/1\.1 504 /);
  t.equal(server.peers.length, 1);
});

t.test("hedging: the slower server's stream is cancelled", async (t) => {
  await using slow = await givenFrameServer(() => undefined);
  await using fast = await givenFrameServer((peer, { type, id }) => {
    if (type === TYPE.headers) peer.answer(id, "fast");
  });
  await using balancer = await givenBalancer([slow.port, fast.port], {
    ...H2,
    balance: { algorithm: "first" },
    hedge: { after: "50ms" },
  });
  t.match(await get(balancer.port), /fast/);
  await until(() => slow.peers[0]?.frames.some(({ type }) => type === TYPE.reset) === true);
  t.equal(slow.peers[0]?.socket.destroyed, false);
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

t.test("health checks speak HTTP/2, and a server of HTTP/1.1 does not pass them", async (t) => {
  const check = { http: { path: "/healthz" }, interval: "1h", timeout: "5s", rise: 1, fall: 1 };
  await using h2 = await givenFrameServer((peer, { type, id }) => {
    if (type === TYPE.headers) peer.answer(id, "h2");
  });
  await using h1 = await givenOrigin((_, response) => response.end("h1"));
  await using balancer = await givenBalancer([h1.port, h2.port], { proto: "h2", check });
  for (let i = 0; i < 4; i++) t.match(await get(balancer.port), /h2/);
  t.equal(h1.requests.length, 0);
});
