// What a server of HTTP/2 may do to requests: refuse them, go away, reset them, die, say too little or too much.
import t from "tap";
import { get, givenBalancer, givenOrigin, rawClient, until } from "./given.ts";
import { END_STREAM, givenFrameServer, type Peer, TYPE } from "./given-frames.ts";

const H2 = { proto: "h2", check: false } as const;
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;
const CANCEL = 8;
const ENHANCE_YOUR_CALM = 11;
const MAX_CONCURRENT_STREAMS = 3;

/** Returns so many PING frames. */
function pings(count: number): Buffer {
  return Buffer.alloc(count * 17, "\0\0\x08\x06\0\0\0\0\0" + "12345678", "latin1");
}

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
    const s1 = balancer.plane.status().backends[0]?.servers[0];
    t.match(s1?.h2, { totalConnections: 2, openConnections: Number });
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

t.test(
  "a fault of the connection: GETs are sent again, a POST fails, the log says why",
  async (t) => {
    const faults: readonly (readonly [(peer: Peer, id: number) => void, RegExp])[] = [
      [(peer, id) => peer.send(TYPE.headers, 0x5, id, Buffer.from([0x0f])), /header block/],
      [
        (peer, id) => peer.send(TYPE.data, END_STREAM, id, Buffer.alloc(20_000)),
        /frame of 20000 bytes/,
      ],
      [(peer, id) => peer.send(TYPE.push, 4, id, Buffer.from([0, 0, 0, 2, 0x82])), /PUSH_PROMISE/],
      [(peer) => peer.send(TYPE.windowUpdate, 0, 0, Buffer.alloc(4)), /WINDOW_UPDATE/],
      [(peer) => peer.socket.write(pings(40_000)), /PING frames without work/],
    ];
    for (const [fault, why] of faults) {
      await using server = await givenFrameServer((peer, { type, id }) => {
        if (type === TYPE.headers && peer !== server.peers[0]) peer.answer(id, "served");
      });
      await using other = await givenFrameServer((peer, { type, id }) => {
        if (type === TYPE.headers) peer.answer(id, "served");
      });
      await using balancer = await givenBalancer([server.port, other.port], {
        ...H2,
        retries: 3,
        balance: { algorithm: "first" },
      });
      const gets = [get(balancer.port, "/a"), get(balancer.port, "/b")];
      const posted = post(balancer.port, "/c");
      await until(() => server.peers[0]?.requests().length === 3);
      const [peer] = server.peers;
      if (peer !== undefined) fault(peer, 1);
      for (const answer of await Promise.all(gets))
        t.match(answer, /^HTTP\/1\.1 200 [\s\S]*served/);
      t.equal((await posted).status, 502);
      const lines = await balancer.log(3);
      const failed = lines.filter((line) => / PH-- .*Tandem closed the connection/.test(line));
      t.equal(failed.length, 1);
      t.match(failed[0], why);
      t.equal(lines.filter((line) => / ---- /.test(line)).length, 2);
    }
  },
);

t.test("a fault of the connection within an answer: it is cut, and the log says why", async (t) => {
  await using server = await givenFrameServer((peer, { type, id }) => {
    if (type === TYPE.headers) peer.answer(id, "half", true);
  });
  await using balancer = await givenBalancer([server.port], H2);
  using cut = await rawClient(balancer.port);
  cut.send("GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
  await cut.received(/half/);
  server.peers[0]?.send(TYPE.windowUpdate, 0, 0, Buffer.alloc(4));
  t.notMatch(await cut.closed(), /\r\n0\r\n\r\n$/, "without its last chunk");
  t.match((await balancer.log(1))[0], / SD-- .*Tandem closed the connection: .*WINDOW_UPDATE/);
});

t.test(
  "a fault of one stream is its own: the GET beside it goes on, and it is not tried again",
  async (t) => {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type === TYPE.headers && peer.requests().length === 2) {
        peer.send(TYPE.data, END_STREAM, 1, "no head");
        peer.answer(id, "beside");
      }
    });
    await using balancer = await givenBalancer([server.port], { ...H2, retries: 3 });
    const faulty = get(balancer.port, "/faulty");
    await until(() => server.peers[0]?.requests().length === 1);
    t.match(await get(balancer.port, "/beside"), /beside/);
    t.match(await faulty, /^HTTP\/1\.1 502 /);
    t.match((await balancer.log(2)).join("\n"), / PH-- .*before the head/);
    t.equal(server.peers.length, 1);
  },
);

t.test(
  "a server that takes no request on any connection: a bounded number of attempts",
  async (t) => {
    const begins: readonly ((peer: Peer) => void)[] = [
      (peer) => peer.settings({ [MAX_CONCURRENT_STREAMS]: 0 }),
      (peer) => {
        peer.settings({});
        peer.goaway(0);
      },
    ];
    for (const begin of begins) {
      await using server = await givenFrameServer(() => undefined, begin);
      await using balancer = await givenBalancer([server.port], { ...H2, retries: 3 });
      t.match(await get(balancer.port), /^HTTP\/1\.1 502 /);
      t.match((await balancer.log(1))[0], / SC-- .*(takes no request|settings)/);
      t.ok(server.peers.length <= 4, `${server.peers.length} connections`);
    }
  },
);

t.test("a server's PINGs, and its updates for a body that is read in small pieces", async (t) => {
  const small = 512;
  await using server = await givenFrameServer((peer, { type, flags, id, payload }) => {
    if (type === TYPE.headers && peer.requests().length === 1) return;
    if (type === TYPE.headers) peer.socket.write(pings(2000));
    if (type !== TYPE.data) return;
    for (let read = 0; read < payload.length; read += small) {
      const bytes = Buffer.from([0, 0, 0, 0]);
      bytes.writeUInt16BE(Math.min(small, payload.length - read), 2);
      for (const stream of [0, id]) peer.send(TYPE.windowUpdate, 0, stream, bytes);
    }
    if ((flags & END_STREAM) !== 0) for (const one of [1, id]) peer.answer(one, "whole");
  });
  await using balancer = await givenBalancer([server.port], H2);
  const beside = get(balancer.port, "/beside");
  await until(() => server.peers[0]?.requests().length === 1);
  // 32,768 updates: without those that are covered by bytes, they are beyond what the server may send.
  const body = "x".repeat(8 * 1024 * 1024);
  t.equal(await (await post(balancer.port, "/upload", body)).text(), "whole");
  t.match(await beside, /whole$/m, "the request beside it goes on");
  t.equal(server.peers.length, 1);
});

t.test(
  "a flood of PINGs costs the server its connection, and the next request gets another",
  async (t) => {
    let floods = true;
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type !== TYPE.headers) return;
      if (floods) peer.socket.write(pings(40_000));
      else peer.answer(id, "calm");
    });
    await using balancer = await givenBalancer([server.port], H2);
    t.match(await get(balancer.port), /^HTTP\/1\.1 502 /);
    t.match(
      (await balancer.log(1))[0],
      / PH-- .*Tandem closed the connection: Too many PING frames without work/,
    );
    const goaway = server.peers[0]?.frames.find(({ type }) => type === TYPE.goaway);
    t.equal(goaway?.payload.readUInt32BE(4), ENHANCE_YOUR_CALM);
    floods = false;
    t.match(await get(balancer.port), /calm/);
  },
);

t.test("many clients that cancel do not cost others the connection", async (t) => {
  const held: number[] = [];
  await using server = await givenFrameServer((_, { type, id }) => {
    if (type === TYPE.headers) held.push(id);
  });
  await using balancer = await givenBalancer([server.port], H2);
  const stays = get(balancer.port, "/stays");
  await until(() => held.length === 1);
  const [peer] = server.peers;
  const resets = (): number => peer?.frames.filter(({ type }) => type === TYPE.reset).length ?? 0;
  for (let round = 1; round <= 4; round++) {
    const clients = await Promise.all(Array.from({ length: 80 }, () => rawClient(balancer.port)));
    for (const client of clients) client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => held.length === 1 + 80 * round);
    for (const client of clients) client.socket.resetAndDestroy();
    await until(() => resets() === 80 * round);
  }
  for (const id of held.slice(1)) peer?.answer(id, "late", true);
  peer?.answer(1, "still here");
  t.match(await stays, /still here/);
  t.equal(server.peers.length, 1);
});

t.test("malformed answers and frames: 502, and the log says why", async (t) => {
  const faults: readonly (readonly [(peer: Peer, id: number) => void, RegExp])[] = [
    [(peer, id) => peer.send(TYPE.data, END_STREAM, id, "no head"), /before the head/],
    [(peer, id) => peer.send(TYPE.headers, 0x5, id, Buffer.from([0x0f])), /header block/],
    [(peer) => peer.send(TYPE.push, 4, 1, Buffer.from([0, 0, 0, 2, 0x82])), /PUSH_PROMISE/],
    [(peer) => peer.send(TYPE.windowUpdate, 0, 0, Buffer.alloc(4)), /WINDOW_UPDATE/],
    [(peer, id) => peer.send(TYPE.headers, 0x4, id, Buffer.from([0x08, 3, 49, 48, 49])), /no 101/],
  ];
  let next = 0;
  await using server = await givenFrameServer((peer, { type, id }) => {
    if (type === TYPE.headers) faults[next++]?.[0](peer, id);
  });
  await using balancer = await givenBalancer([server.port], H2);
  for (const [index, [, why]] of faults.entries()) {
    t.equal((await post(balancer.port)).status, 502); // a GET may be tried again
    t.match((await balancer.log(index + 1))[index], why);
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
