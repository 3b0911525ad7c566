// Tests the answers that a client gets, and the lines that are logged, when servers fail or break the protocol.
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import {
  CHECKED_OFTEN,
  CHECKED_ONCE,
  get,
  givenBalancer,
  givenOrigin,
  givenRawOrigin,
  rawClient,
  roundTrip,
  statusOf,
  until,
} from "./given.ts";

/** Returns a port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}

t.test("no server up: 503 with Retry-After, and the log says SC", async (t) => {
  await using balancer = await givenBalancer([await closedPort()]);
  const answer = await get(balancer.port);
  t.equal(statusOf(answer), 503);
  t.match(answer, /Retry-After: 2/);
  t.match(answer, /Proxy-Status: tandem-test-[0-9a-f]{6}; error=destination_unavailable/);
  const [line] = await balancer.log(1);
  t.match(line, /web\/<NOSRV> .* 503 .* SC-- .*cause="no server of backend web is up"/);
});

t.test("a server that died after its last check: the request goes to another", async (t) => {
  await using first = await givenOrigin((_, response) => response.end("first"));
  await using second = await givenOrigin((_, response) => response.end("second"));
  await using balancer = await givenBalancer([first.port, second.port], {
    check: CHECKED_ONCE,
    balance: { algorithm: "round-robin" },
  });
  await first.kill();
  for (let i = 0; i < 6; i++) {
    const posted = i % 2 === 0;
    const answer = posted
      ? await roundTrip(
          balancer.port,
          "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody",
        )
      : await get(balancer.port);
    t.match(
      answer,
      /^HTTP\/1.1 200 OK\r\n[\s\S]*second$/,
      posted ? "the POST had not been sent" : "GET",
    );
  }
  const lines = await balancer.log(6);
  t.ok(
    lines.some((line) => / web\/s2 .*\/\+1 /.test(line)),
    "the log shows the redispatch",
  );
});

t.test("a server killed with requests in flight: GETs are answered by another", async (t) => {
  await using dying = await givenOrigin(() => undefined);
  await using healthy = await givenOrigin((_, response) => response.end("healthy"));
  await using balancer = await givenBalancer([dying.port, healthy.port], {
    check: CHECKED_ONCE,
    balance: { algorithm: "round-robin" },
  });
  const answers = Array.from({ length: 8 }, () => get(balancer.port));
  await until(() => dying.requests.length === 4);
  await dying.kill();
  for (const answer of await Promise.all(answers)) t.match(answer, /200 OK[\s\S]*healthy$/);
});

t.test("retries are limited, so that they cannot overload the remaining servers", async (t) => {
  // All 30 requests are in flight at one of 3 servers when that server dies. At most a third of them, 10, may be
  // retried at the same time. The other 20 get a 502.
  await using dying = await givenOrigin(() => undefined);
  await using slow = await givenOrigin(
    (_, response) => void setTimeout(() => response.end("slow"), 300),
  );
  await using balancer = await givenBalancer([], {
    check: CHECKED_ONCE,
    servers: {
      dying: { address: `127.0.0.1:${dying.port}` },
      s2: { address: `127.0.0.1:${slow.port}`, backup: true },
      s3: { address: `127.0.0.1:${slow.port}`, backup: true },
    },
  });
  const answers = Array.from({ length: 30 }, () => get(balancer.port));
  await until(() => dying.requests.length === 30);
  await dying.kill();
  const statuses = (await Promise.all(answers)).map(statusOf);
  t.equal(statuses.filter((status) => status === 200).length, 10);
  t.equal(statuses.filter((status) => status === 502).length, 20);
  const refused = (await balancer.log(30)).filter((line) =>
    /too many requests are being retried/.test(line),
  );
  t.equal(refused.length, 20);
});

t.test("a POST whose server dies before it answers is never sent twice", async (t) => {
  await using dying = await givenRawOrigin((socket) => socket.destroy());
  await using other = await givenOrigin((_, response) => response.end("other"));
  await using balancer = await givenBalancer([dying.port, other.port], {
    check: CHECKED_ONCE,
    balance: { algorithm: "round-robin" },
  });
  const request = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
  const statuses = [
    statusOf(await roundTrip(balancer.port, request)),
    statusOf(await roundTrip(balancer.port, request)),
  ];
  t.same(statuses.sort(), [200, 502]);
  t.equal(other.requests.length, 1);
  t.ok((await balancer.log(2)).some((line) => / 502 .* SH-- /.test(line)));
});

t.test("a PUT whose server dies is sent again if its body was kept", async (t) => {
  await using dying = await givenRawOrigin((socket, head) => {
    if (head.includes("END")) socket.destroy();
  });
  await using other = await givenOrigin((request, response) => void request.pipe(response));
  const order = { dying: { address: `127.0.0.1:${dying.port}` } };
  const backup = { other: { address: `127.0.0.1:${other.port}`, backup: true } };
  await using balancer = await givenBalancer([], {
    servers: { ...order, ...backup },
    check: CHECKED_ONCE,
    replay: "1KiB",
  });
  const put = async (body: string, framing: string) => {
    const head = `PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${framing}\r\n\r\n`;
    return roundTrip(balancer.port, head + body);
  };
  const small = "the body END";
  t.match(
    await put(small, `Content-Length: ${small.length}`),
    /200 OK[\s\S]*the body END/,
    "counted",
  );
  const chunks = `c\r\n${small}\r\n0\r\n\r\n`;
  t.match(await put(chunks, "Transfer-Encoding: chunked"), /the body END\r\n0\r\n\r\n$/, "chunked");
  const large = "x".repeat(2000) + small;
  t.equal(
    statusOf(await put(large, `Content-Length: ${large.length}`)),
    502,
    "the body is too large to keep",
  );
  t.equal(other.requests.length, 2);
});

t.test("a kept connection is closed before the server's Keep-Alive timeout", async (t) => {
  let connections = 0;
  await using origin = await givenRawOrigin((socket) => {
    connections += 1;
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1, max=9\r\n\r\nok");
  });
  await using balancer = await givenBalancer([origin.port]);
  for (let i = 0; i < 3; i++) t.equal(statusOf(await get(balancer.port)), 200);
  t.equal(
    balancer.plane.status().backends[0]?.reuses,
    0,
    "a timeout of one second leaves no time for reuse",
  );
  t.equal(connections, 3);
});

t.test("a server that hangs: 504 after `timeouts.server`", async (t) => {
  await using hanging = await givenOrigin(() => undefined);
  await using balancer = await givenBalancer([hanging.port], { timeouts: { server: "200ms" } });
  t.equal(statusOf(await get(balancer.port)), 504);
  t.match((await balancer.log(1))[0], / 504 .* sH-- .*gave no answer within 200 ms/);
  const [web] = balancer.plane.status().backends;
  t.match(
    web,
    { responseErrors: 1, servers: [{ responseErrors: 1 }] },
    "response errors are counted as in HAProxy",
  );
});

t.test("timeouts.server ignores a slow upload, but not a server that does not read", async (t) => {
  await using origin = await givenOrigin((request, response) => void request.pipe(response));
  await using balancer = await givenBalancer([origin.port], { timeouts: { server: "1s" } });
  using client = await rawClient(balancer.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n");
  for (const letter of "hello") {
    await sleep(300); // the whole upload takes 1.5 s
    client.send(letter);
  }
  t.match(await client.closed(), /200 OK[\s\S]*h[\s\S]*e[\s\S]*l[\s\S]*l[\s\S]*o/);
  await using deaf = await givenRawOrigin((socket) => void socket.pause());
  await using before = await givenBalancer([deaf.port], { timeouts: { server: "200ms" } });
  using uploader = await rawClient(before.port);
  uploader.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n");
  uploader.send("x".repeat(20_000_000));
  t.equal(statusOf(await uploader.received(/\r\n\r\n/)), 504);
});

t.test("a server that dies within an answer: the client's answer is truncated too", async (t) => {
  await using counted = await givenRawOrigin((socket) => {
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  await using chunked = await givenRawOrigin((socket) => {
    socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  });
  for (const origin of [counted, chunked]) {
    await using balancer = await givenBalancer([origin.port]);
    const answer = await get(balancer.port);
    t.match(answer, /half/);
    t.notMatch(answer, /\r\n0\r\n\r\n/, "the answer has no last chunk");
    t.match((await balancer.log(1))[0], / 200 .* SD-- /);
  }
});

t.test("a malformed answer: the client gets 502 and none of its bytes", async (t) => {
  const broken = [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nsecret",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nsecret",
    "HTTP/1.1 200 OK\nContent-Length: 6\n\nsecret",
    "SSH-2.0-secret\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\nZZ\r\n",
    `${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(65)}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret`,
  ];
  for (const bytes of broken) {
    await using origin = await givenRawOrigin((socket) => void socket.write(bytes));
    await using balancer = await givenBalancer([origin.port]);
    const answer = await get(balancer.port);
    const final = answer.replace(/^(HTTP\/1\.1 103 Early Hints\r\n\r\n){0,64}/, "");
    t.equal(statusOf(final), 502, JSON.stringify(bytes.slice(0, 80)));
    t.notMatch(answer, /secret/);
    t.match((await balancer.log(1))[0], / 502 .* PH-- /);
  }
});

t.test("bytes after an answer are never read as the next answer", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" +
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
    );
  });
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(request + request + request);
  const answer = await client.received(/(ok[\s\S]*){3}/);
  t.notMatch(answer, /poison/);
});

t.test("a kept connection that its server closes is replaced, unseen by the client", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    setImmediate(() => socket.destroy());
  });
  await using balancer = await givenBalancer([origin.port]);
  for (let i = 0; i < 20; i++) t.equal(statusOf(await get(balancer.port)), 200);
});

t.test("a full server: requests wait in order; beyond the queue's limit 503", async (t) => {
  const waiting: (() => void)[] = [];
  await using origin = await givenOrigin((_, response) => {
    waiting.push(() => response.end("done"));
  });
  await using balancer = await givenBalancer([], {
    servers: { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } },
    queue: { limit: 1, timeout: "5s" },
  });
  const first = get(balancer.port);
  await until(() => waiting.length === 1);
  const second = get(balancer.port);
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  t.equal(statusOf(await get(balancer.port)), 503, "the queue is full");
  waiting[0]?.();
  await until(() => waiting.length === 2);
  waiting[1]?.();
  t.equal(statusOf(await first), 200);
  t.equal(statusOf(await second), 200);
});

t.test(
  "a request that waits too long gets 503; a client that leaves frees its place",
  async (t) => {
    await using origin = await givenOrigin(() => undefined);
    await using balancer = await givenBalancer([], {
      servers: { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } },
      queue: { limit: 1, timeout: "3s" },
    });
    using busy = await rawClient(balancer.port);
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => origin.requests.length === 1);
    using leaver = await rawClient(balancer.port);
    leaver.send("GET /left HTTP/1.1\r\nHost: x\r\n\r\n");
    const queued = () => balancer.plane.status().backends[0]?.queued;
    await until(() => queued() === 1);
    leaver.socket.destroy();
    await until(() => queued() === 0);
    const answer = await get(balancer.port);
    t.equal(statusOf(answer), 503);
    const lines = await balancer.log(2);
    t.ok(
      lines.some((line) => / -1 .* CQ-- /.test(line)),
      "the leaver",
    );
    t.ok(
      lines.some((line) => / 503 .* sQ-- /.test(line)),
      "the request that waited",
    );
  },
);

t.test("a request that waits for a second try counts for neither server", async (t) => {
  await using dying = await givenOrigin(() => undefined);
  await using full = await givenOrigin(() => undefined);
  await using balancer = await givenBalancer([], {
    servers: {
      dying: { address: `127.0.0.1:${dying.port}` },
      full: { address: `127.0.0.1:${full.port}`, maxConnections: 1 },
    },
    balance: { algorithm: "first" },
    check: CHECKED_ONCE,
    queue: { timeout: "200ms" },
  });
  using busy = await rawClient(balancer.port);
  using other = await rawClient(balancer.port);
  busy.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => dying.requests.length === 1);
  dying.server.closeAllConnections(); // the first request is retried at the server `full`, which then has no room for another
  await until(() => full.requests.length === 1);
  other.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => dying.requests.length === 2);
  dying.server.closeAllConnections();
  t.match(
    await other.received(/503/),
    /503/,
    "the request waited for the full server until its time was over",
  );
  const servers = balancer.plane.status().backends[0]?.servers ?? [];
  t.same(
    servers.map(({ name, inFlight }) => [name, inFlight]),
    [
      ["dying", 0],
      ["full", 1],
    ],
  );
});

t.test("health: down after `fall`, no request goes there, up after `rise`", async (t) => {
  await using stable = await givenOrigin((_, response) => response.end("stable"));
  const flaky = await givenOrigin((_, response) => response.end("flaky"));
  await using balancer = await givenBalancer([stable.port, flaky.port], {
    balance: { algorithm: "round-robin" },
    check: CHECKED_OFTEN,
  });
  await flaky.kill();
  await until(async () => {
    const answers = [await get(balancer.port), await get(balancer.port)];
    return answers.every((answer) => answer.endsWith("stable"));
  });
  await using back = await givenOrigin((_, response) => response.end("back"), flaky.port);
  await until(async () => (await get(balancer.port)).endsWith("back"));
  t.ok(back.requests.length > 0);
});

t.test(
  "a data thread dies: the others serve, it is replaced, its requests in flight are subtracted",
  async (t) => {
    await using origin = await givenOrigin((request, response) => {
      if (request.url !== "/hang") response.end("ok");
    });
    const port = await closedPort();
    await using balancer = await givenBalancer(
      [origin.port],
      { balance: { algorithm: "least-conn" } },
      { bind: `127.0.0.1:${port}` },
      2,
    );
    const hanging = await Promise.all(Array.from({ length: 8 }, () => rawClient(port)));
    for (const client of hanging) client.send("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => origin.requests.length === 8);
    await balancer.plane.killThread(0);
    await balancer.plane.killThread(1);
    await until(async () => statusOf(await get(port).catch(() => "")) === 200);
    t.equal(balancer.plane.status().threads.deaths, 2);
    await until(() => balancer.plane.status().backends[0]?.servers[0]?.inFlight === 0);
    for (const client of hanging) client[Symbol.dispose]();
  },
);
