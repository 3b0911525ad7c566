// Tests the requests and answers that are forwarded, as the server and the client see them.
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import {
  get,
  givenBalancer,
  givenOrigin,
  givenRawOrigin,
  rawClient,
  roundTrip,
  statusOf,
  until,
} from "./given.ts";

t.test("round robin alternates over several connections and within one", async (t) => {
  await using a = await givenOrigin((_, response) => response.end("a"));
  await using b = await givenOrigin((_, response) => response.end("b"));
  await using balancer = await givenBalancer([a.port, b.port], {
    balance: { algorithm: "round-robin" },
  });
  let order = "";
  for (let i = 0; i < 6; i++) order += (await get(balancer.port)).slice(-1);
  t.match(order, /^(ab){3}|(ba){3}$/);
});

t.test("pipelined requests are answered in order", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    const slow = request.url === "/1" ? 80 : 0;
    setTimeout(() => response.end(`<${request.url}>`), slow);
  });
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  client.send(["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  t.match(await client.received(/<\/3>/), /<\/1>[\s\S]*<\/2>[\s\S]*<\/3>/);
  t.notMatch(await client.received(/./), /Connection: close/);
});

t.test("hop-by-hop fields are removed both ways, then the proxy's fields are added", async (t) => {
  await using origin = await givenOrigin((_, response) => {
    response.setHeader("Connection", "X-Internal");
    response.setHeader("X-Internal", "secret");
    response.setHeader("Set-Cookie", ["a=1", "b=2"]);
    response.end();
  });
  await using balancer = await givenBalancer([origin.port]);
  const answer = await roundTrip(
    balancer.port,
    "GET /p HTTP/1.1\r\nHost: www.foobar.com\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\n" +
      "X-Forwarded-For: 6.6.6.6\r\nX-CASE: kept\r\nCookie: a=1\r\n\r\n",
  );
  t.notMatch(answer, /secret/i);
  t.match(answer, /Set-Cookie: a=1\r\nSet-Cookie: b=2/);
  const [request] = origin.requests;
  t.equal(request?.headers["x-secret"], undefined);
  t.equal(
    request?.headers["x-forwarded-for"],
    "127.0.0.1",
    "an address that the client made up is dropped",
  );
  t.equal(request?.headers["x-forwarded-proto"], "http");
  t.equal(request?.headers.host, "www.foobar.com");
  t.match(request?.headers.via, /^1\.1 tandem-test-[0-9a-f]{6}$/);
  t.match(request?.headers["x-request-id"], /^[\w-]{12,}$/);
  t.ok(request?.rawHeaders.includes("X-CASE"));
});

t.test("a path is forwarded and logged as written, routes match its normal form", async (t) => {
  await using origin = await givenOrigin((request, response) => response.end(request.url));
  const routes = [{ match: { path: "/hash/*" }, backend: "web" }];
  await using balancer = await givenBalancer([origin.port], {}, { routes });
  const written = ["/hash/http://x/y", "//hash//%7e%2f", "/%68ash/caf%c3%A9?a=%2f//.."];
  for (const path of written) t.match(await get(balancer.port, path), `\r\n\r\n${path}`);
  t.match(
    await get(balancer.port, "/x//%2e./hash/./z"),
    /404/,
    "an empty segment counts as a segment",
  );
  t.match(await get(balancer.port, "/x/%2e./hash/.//z"), /\r\n\r\n\/hash\/\/z$/);
  const lines = await balancer.log(5);
  for (const [index, path] of written.entries()) t.match(lines[index], `"GET ${path} HTTP/1.1"`);
  t.match(lines[4], '"GET /hash//z HTTP/1.1"');
});

t.test("dot segments are refused if so configured", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  const limits = { dotSegments: "refuse" } as const;
  await using balancer = await givenBalancer([origin.port], {}, { limits });
  t.equal(statusOf(await get(balancer.port, "/a/%2E%2e/b")), 400);
  t.equal(statusOf(await get(balancer.port, "/a//b..%7e?/../")), 200);
  t.match((await balancer.log(2))[0], /400.*PR--.*dot segments/);
});

t.test("behind a trusted proxy the client is the one that this proxy names", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  await using balancer = await givenBalancer([origin.port], {}, { trustedProxies: ["127.0.0.1"] });
  const claimed = "X-Forwarded-For: 198.51.100.1\r\nX-Request-Id: claimed\r\n";
  await get(
    balancer.port,
    "/",
    `${claimed}X-Forwarded-For: 203.0.113.7:5\r\nX-Request-Id: given\r\n`,
  );
  t.match((await balancer.log(1))[0], /^203\.0\.113\.7:0 .* id=given$/);
  t.equal(origin.requests[0]?.headers["x-request-id"], "given");
});

t.test("bodies with a length and in chunks pass unchanged both ways", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    if (request.headers["content-length"] !== undefined) {
      response.setHeader("Content-Length", request.headers["content-length"]);
    }
    request.pipe(response);
  });
  await using balancer = await givenBalancer([origin.port]);
  const url = `http://127.0.0.1:${balancer.port}/`;
  const body = Buffer.alloc(3_000_000, "0123456789abcdef");
  const counted = await fetch(url, { method: "POST", body });
  t.ok(body.equals(Buffer.from(await counted.arrayBuffer())), "counted");
  const stream = ReadableStream.from([body.subarray(0, 1000), body.subarray(1000)]);
  const chunked = await fetch(url, { method: "PUT", body: stream, duplex: "half" });
  t.ok(body.equals(Buffer.from(await chunked.arrayBuffer())), "chunked");
});

t.test("read buffers are reused, and no answer has bytes of another", async (t) => {
  const size = 600_000;
  await using origin = await givenOrigin((request, response) => {
    const body = Buffer.alloc(size, `<${request.url}>`);
    if (request.url?.endsWith("c"))
      for (let i = 0; i < 6; i++)
        response.write(body.subarray((i * size) / 6, ((i + 1) * size) / 6));
    response.end(request.url?.endsWith("c") ? "" : body);
  });
  await using balancer = await givenBalancer([origin.port]);
  const read = async (path: string, slow: boolean) => {
    using client = await rawClient(balancer.port);
    client.send(`GET ${path} HTTP/1.0\r\n\r\n`);
    for (let pause = 0; slow && pause < 10; pause++) {
      client.socket.pause();
      await sleep(15);
      client.socket.resume();
      await sleep(2);
    }
    const answer = await client.closed();
    return answer.slice(answer.indexOf("\r\n\r\n") + 4);
  };
  for (let round = 0; round < 3; round++) {
    const paths = Array.from({ length: 16 }, (_, n) => `/${round}-${n}${n % 2 === 0 ? "c" : ""}`);
    const bodies = await Promise.all(paths.map((path, n) => read(path, n % 3 === 0)));
    const mixed = paths.filter(
      (path, n) => bodies[n] !== Buffer.alloc(size, `<${path}>`).toString(),
    );
    t.same(mixed, []);
  }
});

t.test("HEAD, 204, 304: no body, and the Content-Length is passed on", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, status === 200 || status === 304 ? { "Content-Length": "5" } : {});
    response.end(request.method === "GET" && status === 200 ? "hello" : undefined);
  });
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  client.send(
    "HEAD /200 HTTP/1.1\r\nHost: x\r\n\r\nGET /204 HTTP/1.1\r\nHost: x\r\n\r\n" +
      "GET /304 HTTP/1.1\r\nHost: x\r\n\r\nGET /200 HTTP/1.1\r\nHost: x\r\n\r\n",
  );
  const answer = await client.received(/hello/);
  t.equal(answer.split("Content-Length: 5").length - 1, 3);
  t.equal(answer.split("hello").length - 1, 1);
});

t.test("an HTTP/1.0 client gets a body that ends with the connection", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  });
  await using balancer = await givenBalancer([origin.port]);
  const answer = await roundTrip(balancer.port, "GET / HTTP/1.0\r\n\r\n");
  await using strict = await givenOrigin((_, response) => response.end("abc"));
  await using before = await givenBalancer([strict.port]);
  const strictAnswer = await roundTrip(before.port, "GET / HTTP/1.0\r\n\r\n");
  t.match(strictAnswer, /200 OK[\s\S]*abc$/, "a server that requires Host accepts the request");
  t.match(answer, /\r\n\r\nabc$/);
  t.notMatch(answer, /chunked/i);
});

t.test("an HTTP/1.0 client can distinguish a truncated body from a complete one", async (t) => {
  await using origin = await givenRawOrigin((socket, head) => {
    const bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    if (head.startsWith("GET /whole")) socket.write(`${bytes}0\r\n\r\n`);
    else socket.end(bytes);
  });
  await using balancer = await givenBalancer([origin.port]);
  for (const [path, code] of [
    ["/whole", undefined],
    ["/half", "ECONNRESET"],
  ] as const) {
    using client = await rawClient(balancer.port);
    let ending: string | undefined;
    client.socket.on("error", (error: NodeJS.ErrnoException) => {
      ending = error.code;
    });
    client.send(`GET ${path} HTTP/1.0\r\n\r\n`);
    t.match(await client.closed(), /\r\n\r\nhalf$/, path);
    t.equal(ending, code, path);
  }
  t.match((await balancer.log(2))[1], / 200 .* SD-- /);
});

t.test("Expect: 100-continue is answered by the server", async (t) => {
  await using origin = await givenOrigin((request, response) => void request.pipe(response));
  origin.server.on("checkContinue", (request, response) => {
    if (request.headers["x-refuse"] !== undefined) {
      response.writeHead(417).end();
      return;
    }
    response.writeContinue();
    request.pipe(response);
  });
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  const head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n";
  client.send(`${head}\r\n`);
  await client.received(/^HTTP\/1\.1 100 Continue\r\n/);
  client.send("body");
  t.match(await client.received(/body/), /100 Continue[\s\S]*200 OK[\s\S]*body/);
  t.equal(statusOf(await roundTrip(balancer.port, `${head}X-Refuse: 1\r\n\r\n`)), 417);
});

t.test("an early answer during an upload reaches the client", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
  });
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  for (let i = 0; i < 10; i++) {
    client.send("x".repeat(1000));
    await sleep(5);
  }
  t.match(await client.closed(), /^HTTP\/1\.1 413 [\s\S]*big$/);
});

t.test("a client that half-closes after its request gets its answer", async (t) => {
  await using origin = await givenOrigin(
    (_, response) => void setTimeout(() => response.end("late"), 80),
  );
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  client.socket.end("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  t.match(await client.closed(), /200 OK[\s\S]*late$/);
});

t.test("an upgrade makes a tunnel; when one side closes, the other is closed too", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("not upgraded"));
  let closed = 0;
  const upgraded: Duplex[] = [];
  origin.server.on("upgrade", (_request, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n!",
    );
    socket.on("data", (chunk: Buffer) => socket.write(chunk));
    upgraded.push(socket);
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      closed += 1;
    });
    socket.on("error", () => undefined);
  });
  await using balancer = await givenBalancer([origin.port]);
  for (const leave of ["destroy", "resetAndDestroy"] as const) {
    using client = await rawClient(balancer.port);
    client.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await client.received(/^HTTP\/1\.1 101 [\s\S]*Upgrade: websocket[\s\S]*\r\n\r\n!/);
    client.send("ping");
    await client.received(/ping$/);
    const before = closed;
    client.socket[leave]();
    await until(() => closed === before + 1);
  }
  using left = await rawClient(balancer.port);
  left.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await left.received(/!$/);
  for (const socket of upgraded) socket.destroy();
  await left.closed();
  left.socket.end(); // the balancer has ended its side; this ends the client's side
  t.equal((await balancer.log(3)).filter((line) => / 101 .* ---- /.test(line)).length, 3);
});

t.test("a quiet tunnel outlives the timeouts of requests", async (t) => {
  await using origin = await givenOrigin(() => undefined);
  origin.server.on("upgrade", (_request, socket) => {
    socket.on("error", () => undefined);
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    socket.on("end", () => socket.end());
    setTimeout(() => socket.write("first"), 50);
    setTimeout(() => socket.end("second"), 2500);
  });
  await using balancer = await givenBalancer(
    [origin.port],
    { timeouts: { server: "1s" } },
    { timeouts: { client: "1s", tunnel: "1m" } },
  );
  using client = await rawClient(balancer.port);
  client.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
  t.match(await client.received(/second/), /101 [\s\S]*firstsecond$/);
  t.match(await client.closed(), /second$/);
});

t.test(
  "a head that arrives too slowly: 408; a connection without a request is closed silently",
  async (t) => {
    await using origin = await givenOrigin((_, response) => response.end());
    await using balancer = await givenBalancer(
      [origin.port],
      {},
      { timeouts: { httpRequest: "1s" } },
    );
    t.equal(statusOf(await roundTrip(balancer.port, "GET / HTTP/1.1\r\nHo")), 408);
    t.equal(await roundTrip(balancer.port, ""), "");
    t.match((await balancer.log(1))[0], / 408 .* cR-- /);
  },
);

t.test(
  "drain: running requests are finished with Connection: close, then nothing is left",
  async (t) => {
    await using origin = await givenOrigin(
      (_, response) => void setTimeout(() => response.end("kept"), 150),
    );
    await using balancer = await givenBalancer([origin.port]);
    using idle = await rawClient(balancer.port);
    const running = roundTrip(balancer.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => origin.requests.length === 1);
    await balancer.plane.drain(2_000);
    t.match(await running, /Connection: close[\s\S]*kept$/);
    t.equal(await idle.closed(), "");
    await t.rejects(rawClient(balancer.port), { code: "ECONNREFUSED" });
  },
);

t.test("a malformed body: 400 for the client, in the log and in the counters", async (t) => {
  await using origin = await givenOrigin((request) => void request.resume());
  await using balancer = await givenBalancer([origin.port]);
  const head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  t.equal(statusOf(await roundTrip(balancer.port, `${head}ZZ\r\n`)), 400);
  t.match((await balancer.log(1))[0], / 400 .* PH-- .*the request body is malformed/);
  t.equal(balancer.plane.status().frontends[0]?.responses["4xx"], 1);
});

t.test(
  "Max-Forwards of OPTIONS is decremented, and 0 is answered here (RFC 9110 §7.6.2)",
  async (t) => {
    await using origin = await givenOrigin((_, response) => response.end("hello"));
    await using balancer = await givenBalancer([origin.port]);
    const ask = (method: string, lines: string): Promise<string> =>
      roundTrip(
        balancer.port,
        `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n\r\n`,
      );
    for (const none of ["0", "00", "0".repeat(12)]) {
      const answer = await ask("OPTIONS", `Max-Forwards: ${none}`);
      t.match(answer, /^HTTP\/1\.1 204 [\s\S]*\r\nAllow: GET, HEAD, [\s\S]*OPTIONS\r\n/, none);
    }
    t.equal(origin.requests.length, 0, "none of them is forwarded");
    t.equal((await balancer.log(3)).filter((line) => / 204 [\s\S]* LR-- /.test(line)).length, 3);
    const passed = [
      ["OPTIONS", "5", "4"],
      ["OPTIONS", "1", "0"],
      // Max-Forwards is forwarded minus one, but at most as the largest value that the balancer
      // supports, 999999999 (RFC 9110 §7.6.2).
      ["OPTIONS", "10000000000", "999999999"],
      ["OPTIONS", "-1", "-1"],
      ["OPTIONS", "many", "many"],
      ["GET", "0", "0"],
    ] as const;
    for (const [method, sent, got] of passed) {
      await ask(method, `Max-Forwards: ${sent}`);
      t.equal(origin.requests.at(-1)?.headers["max-forwards"], got, `${method} ${sent}`);
    }
    t.equal(origin.requests.length, passed.length);
  },
);
