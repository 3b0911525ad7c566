// HTTP/2 from clients, through the whole balancer to servers of HTTP/1.1. The client is node:http2.
import { once } from "node:events";
import http2 from "node:http2";
import t from "tap";
import { givenBalancer, givenOrigin, givenRawOrigin, until } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";
import { askH2, openH2 } from "./given-h2.ts";

t.test("many requests on one connection: bodies both ways, heads, the log", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    response.setHeader("X-Got", `${request.method} ${request.headers.via} ${request.headers.host}`);
    request.pipe(response);
  });
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  const session = openH2(balancer.port);
  const sizes = Array.from({ length: 40 }, (_, i) => i * 5_000);
  const answers = await Promise.all(
    sizes.map((size) =>
      askH2(session, { ":method": "POST", ":path": `/${size}` }, "x".repeat(size)),
    ),
  );
  for (const [i, { head, body, code }] of answers.entries()) {
    t.match(head, { ":status": 200 });
    t.equal(body.length, sizes[i]);
    t.equal(code, 0);
  }
  t.match(answers[1]?.head["x-got"], /^POST 2\.0 \S+ 127\.0\.0\.1:\d+$/);
  const head = await askH2(session, { ":method": "HEAD", ":path": "/head" });
  t.match(head, { head: { ":status": 200 }, body: "" });
  const bad = await askH2(session, { ":path": "/a b" });
  t.match(bad.head, { ":status": 400 });
  t.equal((await askH2(session, { ":path": "/" })).head[":status"], 200, "the connection goes on");
  session.close();
  const lines = await balancer.log(sizes.length + 3);
  t.ok(lines.some((line) => line.includes('"POST /5000 HTTP/2.0"') && line.includes(" 200 ")));
  t.ok(lines.some((line) => line.includes(" 400 ") && line.includes("PR--")));
});

t.test("trailers and interim answers reach the client", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n");
    socket.write("2\r\nok\r\n0\r\ngrpc-status: 0\r\n\r\n");
  });
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  const session = openH2(balancer.port);
  const stream = session.request({ te: "trailers" });
  const interim: number[] = [];
  stream.on("headers", (head) => interim.push(Number(head[":status"])));
  const [trailers] = await Promise.all([once(stream, "trailers"), stream.resume()]);
  t.match(trailers[0], { "grpc-status": "0" });
  t.same(interim, [103]);
  session.destroy();
});

t.test("a server that dies within its answer: the client sees that it was cut", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    setImmediate(() => socket.destroy());
  });
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  const session = openH2(balancer.port);
  const cut = await askH2(session);
  t.match(cut, { head: { ":status": 200 }, code: http2.constants.NGHTTP2_INTERNAL_ERROR });
  t.match((await balancer.log(1))[0], / SD-- /);
  t.equal(session.closed, false, "other streams go on");
  session.destroy();
});

t.test("a client that cancels one stream: its server is left, others are served", async (t) => {
  const gone: string[] = [];
  await using origin = await givenOrigin((request, response) => {
    if (request.url === "/fast") response.end("fast");
    else response.on("close", () => gone.push(request.url ?? ""));
  });
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  const session = openH2(balancer.port);
  const slow = session.request({ ":path": "/slow" });
  slow.on("error", () => undefined);
  await until(() => origin.requests.length === 1);
  slow.close(http2.constants.NGHTTP2_CANCEL);
  await until(() => gone.length === 1);
  t.match(await askH2(session, { ":path": "/fast" }), { body: "fast" });
  session.destroy();
});

t.test("a stop: streams are finished, and the client is told to go elsewhere", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    setTimeout(() => response.end(request.url), 300);
  });
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  const session = openH2(balancer.port);
  const answer = askH2(session, { ":path": "/late" });
  await until(() => origin.requests.length === 1);
  const told = once(session, "goaway");
  const closed = once(session, "close");
  const drained = balancer.plane.drain(10_000);
  t.match(await answer, { body: "/late" });
  await told;
  await closed;
  await drained;
});

t.test("over TLS the client chooses by ALPN", async (t) => {
  const certificates = await givenCertificates();
  t.teardown(() => certificates[Symbol.asyncDispose]());
  await using origin = await givenOrigin((_, response) => response.end("hello"));
  await using balancer = await givenBalancer(
    [origin.port],
    {},
    { tls: { certificates: [certificates.site], alpn: ["h2", "http/1.1"] } },
  );
  const session = openH2(balancer.port, { rejectUnauthorized: false }, "https");
  t.match(await askH2(session), { head: { ":status": 200 }, body: "hello" });
  t.equal(session.alpnProtocol, "h2");
  session.destroy();
});

t.test(
  "rapid reset: the client loses its connection, the log says why, others are served",
  async (t) => {
    await using origin = await givenOrigin((request, response) => {
      if (request.url === "/fine") response.end("fine");
    });
    await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
    const session = openH2(balancer.port);
    const ended = new Promise((resolve) => session.once("close", resolve));
    const codes: number[] = [];
    session.on("goaway", (code) => codes.push(code));
    const attack = (): void => {
      for (let i = 0; i < 50 && !session.closed && !session.destroyed; i++) {
        const stream = session.request({ ":path": "/attack" });
        stream.on("error", () => undefined);
        stream.close(http2.constants.NGHTTP2_CANCEL);
      }
      if (!session.closed && !session.destroyed) setImmediate(attack);
    };
    attack();
    await ended;
    t.same(codes, [http2.constants.NGHTTP2_ENHANCE_YOUR_CALM]);
    const other = openH2(balancer.port);
    t.match(await askH2(other, { ":path": "/fine" }), { body: "fine" });
    other.destroy();
    await until(async () => (await balancer.log(1)).some((line) => line.includes(" 400 ")));
  },
);
