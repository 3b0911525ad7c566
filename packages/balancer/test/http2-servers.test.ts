// HTTP/2 to servers, through the whole balancer. The servers are node:http2.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import http2 from "node:http2";
import { systemLookups } from "@tandem/transport";
import t from "tap";
import { get, givenBalancer, rawClient, roundTrip, until } from "./given.ts";
import { givenCertificates, givenTlsOrigin } from "./given-certificates.ts";
import { type Answers, askH2, givenH2Origin, openH2 } from "./given-h2.ts";

const H2 = { proto: "h2" } as const;

t.test(
  "requests of HTTP/1.1 clients share one connection; heads are those of HTTP/2",
  async (t) => {
    const heads: http2.IncomingHttpHeaders[] = [];
    await using origin = await givenH2Origin((stream, headers) => {
      heads.push(headers);
      stream.respond({ ":status": 200, "x-path": headers[":path"] });
      stream.end("hello");
    });
    await using balancer = await givenBalancer([origin.port], H2);
    const checked = origin.opened();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => get(balancer.port, `/${i}`, "Cookie: a=1; b=2\r\n")),
    );
    for (const [i, answer] of answers.entries()) {
      t.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
      t.ok(answer.includes(`x-path: /${i}\r\n`) || answer.includes(`X-Path: /${i}\r\n`), answer);
      t.ok(answer.includes("hello"));
    }
    t.equal(origin.opened() - checked, 1, "one connection for all");
    t.match(heads[0], {
      ":method": "GET",
      ":scheme": "http",
      ":authority": "x",
      cookie: "a=1; b=2",
    });
    t.match(heads[0]?.["x-forwarded-for"], "127.0.0.1");
    t.match(heads[0]?.via, /^1\.1 /);
    for (const name of ["connection", "host", "transfer-encoding"]) t.notOk(heads[0]?.[name], name);
  },
);

t.test("bodies both ways, from HTTP/1.1 and HTTP/2 clients", async (t) => {
  await using origin = await givenH2Origin((stream, headers) => {
    stream.respond({ ":status": 200, "x-method": headers[":method"] });
    stream.pipe(stream);
  });
  for (const proto of ["h1", "h2"] as const) {
    await using balancer = await givenBalancer([origin.port], H2, { proto });
    const sizes = [0, 1, 1_000, 70_000, 300_000, 1_500_000];
    if (proto === "h2") {
      const session = openH2(balancer.port);
      const all = await Promise.all(
        sizes.map((size) =>
          askH2(session, { ":method": "POST", ":path": `/${size}` }, "x".repeat(size)),
        ),
      );
      t.same(
        all.map(({ body }) => body.length),
        sizes,
      );
      const head = await askH2(session, { ":method": "HEAD", ":path": "/" });
      t.match(head, { head: { ":status": 200, "x-method": "HEAD" }, body: "" });
      session.destroy();
    } else {
      const all = await Promise.all(
        sizes.map(async (size) => {
          const answer = await fetch(`http://127.0.0.1:${balancer.port}/${size}`, {
            method: "POST",
            body: "x".repeat(size),
          });
          return (await answer.text()).length;
        }),
      );
      t.same(all, sizes);
      const chunked = await roundTrip(
        balancer.port,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      );
      t.match(chunked, /\r\nabc\r\n/);
    }
  }
});

t.test("interim answers, trailers both ways, te: trailers", async (t) => {
  const seen: http2.IncomingHttpHeaders[] = [];
  await using origin = await givenH2Origin((stream, headers) => {
    seen.push(headers);
    stream.additionalHeaders({ ":status": 103, link: "</style.css>; rel=preload" });
    stream.on("trailers", (trailers) => seen.push(trailers));
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.on("end", () => stream.end("done"));
    stream.resume();
  });
  await using balancer = await givenBalancer([origin.port], H2, { proto: "h2" });
  const session = openH2(balancer.port);
  const stream = session.request(
    { ":method": "POST", te: "trailers", trailer: "x-sum" },
    { waitForTrailers: true },
  );
  const interim: number[] = [];
  stream.on("headers", (head) => interim.push(Number(head[":status"])));
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "42" }));
  stream.end("body");
  stream.resume();
  const [trailers] = await once(stream, "trailers");
  t.match(trailers, { "grpc-status": "0" });
  t.same(interim, [103]);
  t.match(seen, [{ te: "trailers" }, { "x-sum": "42" }]);
  session.destroy();
});

t.test("trailers behind a body of announced length reach a client of HTTP/2 only", async (t) => {
  await using origin = await givenH2Origin((stream) => {
    stream.respond({ ":status": 200, "content-length": 4 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "7" }));
    stream.end("body");
  });
  await using two = await givenBalancer([origin.port], H2, { proto: "h2" });
  const session = openH2(two.port);
  t.match(await askH2(session), { body: "body", trailers: { "x-sum": "7" } });
  session.destroy();
  await using one = await givenBalancer([origin.port], H2);
  const answer = await get(one.port);
  t.match(answer, /content-length: 4\r\n/i);
  t.match(answer, /\r\n\r\nbody$/);
});

t.test("Expect: 100-continue is answered by the server", async (t) => {
  await using origin = await givenH2Origin((stream, headers) => {
    if (headers.expect === "100-continue") stream.additionalHeaders({ ":status": 100 });
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  await using balancer = await givenBalancer([origin.port], H2);
  using client = await rawClient(balancer.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  await client.received(/^HTTP\/1\.1 100 Continue\r\n/);
  client.send("late");
  t.match(await client.received(/late/), /HTTP\/1\.1 200 OK/);
});

t.test(
  "a full connection: another is opened, by the server's limit and by maxStreams",
  async (t) => {
    for (const [settings, backend] of [
      [{ maxConcurrentStreams: 2 }, H2],
      [{}, { ...H2, maxStreams: 2 }],
    ] as const) {
      const held: http2.ServerHttp2Stream[] = [];
      await using origin = await givenH2Origin((stream) => held.push(stream), settings);
      await using balancer = await givenBalancer([origin.port], { ...backend, check: false });
      const answers = Array.from({ length: 5 }, (_, i) => get(balancer.port, `/${i}`));
      await until(() => held.length === 5);
      t.equal(origin.sessions.size, 3, "two, two and one");
      for (const stream of held) {
        stream.respond({ ":status": 200 });
        stream.end("ok");
      }
      for (const answer of await Promise.all(answers)) t.match(answer, /^HTTP\/1\.1 200/);
      const again = get(balancer.port, "/again");
      await until(() => held.length === 6);
      held[5]?.respond({ ":status": 200 });
      held[5]?.end("ok");
      t.match(await again, /^HTTP\/1\.1 200/);
      t.equal(origin.opened(), 3);
    }
  },
);

t.test("a client that leaves: its stream is cancelled, the connection goes on", async (t) => {
  const codes: number[] = [];
  await using origin = await givenH2Origin((stream, headers) => {
    if (headers[":path"] !== "/slow") {
      stream.respond({ ":status": 200 });
      stream.end("fast");
      return;
    }
    stream.on("close", () => codes.push(stream.rstCode ?? -1));
  });
  await using balancer = await givenBalancer([origin.port], { ...H2, check: false });
  using client = await rawClient(balancer.port);
  client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => origin.paths.length === 1);
  client.socket.resetAndDestroy();
  await until(() => codes.length === 1);
  t.same(codes, [http2.constants.NGHTTP2_CANCEL]);
  t.match(await get(balancer.port, "/fast"), /fast/);
  t.equal(origin.opened(), 1);
});

t.test("a client that does not read holds up no other answer of the same connection", async (t) => {
  const big = Buffer.alloc(4 * 1024 * 1024, "a");
  await using origin = await givenH2Origin((stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(headers[":path"] === "/big" ? big : "small");
  });
  await using balancer = await givenBalancer([origin.port], { ...H2, check: false });
  const stack = new DisposableStack();
  const slow = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const client = stack.use(await rawClient(balancer.port));
      client.socket.pause();
      client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
      return client;
    }),
  );
  await until(() => origin.paths.length === 20);
  for (let i = 0; i < 10; i++) t.match(await get(balancer.port, "/small"), /small/);
  t.equal(origin.opened(), 1);
  const [first] = slow;
  let bytes = 0;
  first?.socket.removeAllListeners("data");
  first?.socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  first?.socket.resume();
  await until(() => bytes > big.length);
  stack.dispose();
});

t.test("a server of HTTP/1.1 where HTTP/2 is configured: a clear error", async (t) => {
  const server = createServer((_, response) => response.end("h1")).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  await using balancer = await givenBalancer([port], { ...H2, check: false });
  t.match(await get(balancer.port, "/"), /^HTTP\/1\.1 502 /);
  t.match((await balancer.log(1))[0], /SC-- .*where HTTP\/2 was expected/);
});

t.test(
  "the server announces its end: what runs is finished, what comes goes elsewhere",
  async (t) => {
    const held: http2.ServerHttp2Stream[] = [];
    await using origin = await givenH2Origin((stream) => held.push(stream));
    await using balancer = await givenBalancer([origin.port], { ...H2, check: false });
    const first = get(balancer.port, "/first");
    await until(() => held.length === 1);
    for (const session of origin.sessions) session.close();
    const second = get(balancer.port, "/second");
    await until(() => held.length === 2);
    t.not(held[0]?.session, held[1]?.session);
    for (const stream of held) {
      stream.respond({ ":status": 200 });
      stream.end("bye");
    }
    t.match(await first, /bye/);
    t.match(await second, /bye/);
    await until(() => origin.sessions.size === 1);
  },
);

t.test("ALPN: the server chooses; without an agreement the error is clear", async (t) => {
  await using certificates = await givenCertificates();
  const own = await certificates.server("s1");
  const answer: Answers = (stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(String(headers[":scheme"]));
  };
  const spoken = (version: string) => (_: unknown, response: ServerResponse) =>
    response.end(version);
  await using h2 = await givenH2Origin(answer, {}, own);
  await using h1 = await givenTlsOrigin(certificates, "s1", spoken("1.1"));
  const to = (port: number, alpn?: readonly ("h2" | "http/1.1")[]) => ({
    servers: { s1: { address: `127.0.0.1:${port}` } },
    check: false as const,
    retries: 0,
    tls: { ...certificates.internal, ...(alpn && { alpn: [...alpn] }) },
  });
  const both = ["h2", "http/1.1"] as const;
  const backends = {
    chosen: to(h2.port, both),
    alone: to(h2.port, ["h2"]),
    proto: { ...to(h2.port), proto: "h2" as const },
    older: to(h1.port, both),
    unasked: to(h1.port),
    refused: to(h1.port, ["h2"]),
    disagreed: { ...to(h1.port), proto: "h2" as const },
  };
  const routes = Object.keys(backends).map((backend) => ({
    match: { path: `/${backend}` },
    backend,
  }));
  const lookups = systemLookups;
  const { port } = h2;
  await using balancer = await givenBalancer(
    ...([[port], { check: false }, { routes }, 1, lookups, backends] as const),
  );
  for (const name of ["chosen", "alone", "proto"])
    t.match(await get(balancer.port, `/${name}`), /\nhttps\r/, name);
  for (const name of ["older", "unasked"]) {
    const all = Array.from({ length: 5 }, () => get(balancer.port, `/${name}`));
    for (const answer of await Promise.all(all)) t.match(answer, /1\.1$/m, name);
  }
  for (const name of ["refused", "disagreed"])
    t.match(await get(balancer.port, `/${name}`), /^HTTP\/1\.1 502 /, name);
  const lines = await balancer.log(15);
  for (const line of lines.slice(13)) t.match(line, /SC-- .*(ALPN|tls\.alpn)/);
});
