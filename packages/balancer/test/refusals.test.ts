// What never gets to a server: requests that are malformed, too large, or that their route does not take.

import t from "tap";
import { get, givenBalancer, givenOrigin, rawClient, roundTrip, statusOf, until } from "./given.ts";

t.test("malformed requests are refused, logged, and never forwarded", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  await using balancer = await givenBalancer([origin.port]);
  const bad: readonly (readonly [number, string])[] = [
    [400, "GET / HTTP/1.1\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    [
      400,
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello"],
    [400, "GET / HTTP/1.1\nHost: x\n\n"],
    [400, "GET / HTTP/1.1\r\nHost: x\r\nConnection: host\r\n\r\n"],
    [414, `GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(40_000)}\r\n\r\n`],
    [501, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
    [400, "GET /\r\n"],
    [405, "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
    // What comes behind it may be meant for a tunnel.
    [405, "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\nPOST /x HTTP/1.1\r\nHost: x\r\n\r\n"],
  ];
  for (const [status, bytes] of bad) {
    t.equal(
      statusOf(await roundTrip(balancer.port, bytes)),
      status,
      JSON.stringify(bytes.slice(0, 60)),
    );
  }
  t.equal(origin.requests.length, 0);
  t.equal(
    (await balancer.log(bad.length)).filter((line) => / PR-- /.test(line)).length,
    bad.length,
  );
});

t.test("a body that is too large by its own word: the log says which request", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  await using balancer = await givenBalancer([origin.port], {}, { limits: { body: "10B" } });
  const post = "POST /upload?x HTTP/1.1\r\nHost: www.foobar.com\r\nContent-Length: 11\r\n\r\n";
  t.equal(statusOf(await roundTrip(balancer.port, post)), 413);
  const [line] = await balancer.log(1);
  t.match(
    line,
    / 413 .* PR-- .*"POST \/upload\?x HTTP\/1\.1".* cause="a body of 11 bytes, the limit is 10"/,
  );
  t.equal(origin.requests.length, 0);
});

t.test(
  "a chunked body that crosses the limit and ends in one read is too large as well",
  async (t) => {
    await using origin = await givenOrigin((_, response) => response.end());
    await using balancer = await givenBalancer([origin.port], {}, { limits: { body: "10B" } });
    const post = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await roundTrip(balancer.port, `${post}b\r\nhello world\r\n0\r\n\r\n`);
    t.match(answer, /^HTTP\/1\.1 413 [\s\S]*Connection: close/);
    t.match((await balancer.log(1))[0], / 413 .* PH-- | 413 .* PR-- /);
    await until(() => origin.requests.every(({ socket }) => socket.destroyed));
    t.notOk(
      origin.requests.some(({ complete }) => complete),
      "cut off at the server",
    );
  },
);

t.test("a client that leaves within a head is written down", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  await using balancer = await givenBalancer([origin.port]);
  using half = await rawClient(balancer.port);
  half.socket.end("GET / HTTP/1.1\r\nHo");
  t.equal(statusOf(await half.closed()), 400);
  const [line] = await balancer.log(1);
  t.match(line, / 400 .* CR-- .*"<BADREQ>".* cause="the connection ended within the head/);
  using silent = await rawClient(balancer.port);
  silent.socket.end();
  await silent.closed();
  t.equal(statusOf(await get(balancer.port)), 200);
  t.match(await balancer.log(2), [/ CR-- /, / 200 /], "who says nothing is not");
});

t.test("a character that the route does not take encoded: the log names it", async (t) => {
  await using origin = await givenOrigin((request, response) => response.end(request.url));
  await using balancer = await givenBalancer(
    [origin.port],
    {},
    {
      routes: [
        { match: { path: "/strict/*" }, backend: "web", refuseEncoded: ["%2f"] },
        { backend: "web" },
      ],
    },
  );
  t.match(
    await get(balancer.port, "/repos/a%2fb%5c"),
    /\/repos\/a%2fb%5c$/,
    "passed on as written",
  );
  t.equal(statusOf(await get(balancer.port, "/strict/a%2Fb")), 400);
  t.match(
    await get(balancer.port, "/strict/%00"),
    /%00$/,
    "what is written takes the default's place",
  );
  t.equal(statusOf(await get(balancer.port, "/a%00b")), 400);
  const lines = await balancer.log(4);
  t.match(lines[1], / 400 .* PR-- .*"GET \/strict\/a%2Fb .* cause=".*%2F.*refuseEncoded.*"/);
  t.match(lines[3], / cause=".*%00.*"/);
  t.equal(origin.requests.length, 2);
});
