// Requests that are never forwarded because they are malformed, too large, or not accepted by their route.

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
    // The bytes after a CONNECT may be meant for a tunnel, so they are not read as a request.
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

t.test("a Content-Length above the limit is refused, and the log names the request", async (t) => {
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
  "a chunked body that exceeds the limit and ends in the same read is refused too",
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
      "the request is cut off at the server",
    );
  },
);

t.test("a client that leaves within a head is logged", async (t) => {
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
  t.match(await balancer.log(2), [/ CR-- /, / 200 /], "a client that sends nothing is not logged");
});

t.test("an encoded character that the route refuses is named in the log", async (t) => {
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
    "the path is forwarded as written",
  );
  t.equal(statusOf(await get(balancer.port, "/strict/a%2Fb")), 400);
  t.match(
    await get(balancer.port, "/strict/%00"),
    /%00$/,
    "a list in the configuration replaces the default",
  );
  t.equal(statusOf(await get(balancer.port, "/a%00b")), 400);
  const lines = await balancer.log(4);
  t.match(lines[1], / 400 .* PR-- .*"GET \/strict\/a%2Fb .* cause=".*%2F.*refuseEncoded.*"/);
  t.match(lines[3], / cause=".*%00.*"/);
  t.equal(origin.requests.length, 2);
});

/** Returns a head of exactly `bytes` bytes, its empty line included, with `count` fields. */
function headOf(start: string, bytes: number, fields: readonly string[], count: number): string {
  const lines = [start, ...fields];
  while (lines.length < count) lines.push(`X-${lines.length}: 1`);
  const rest = bytes - `${lines.join("\r\n")}\r\nX-Last: \r\n\r\n`.length;
  return `${[...lines, `X-Last: ${"a".repeat(rest)}`].join("\r\n")}\r\n\r\n`;
}

t.test("the largest accepted head is accepted by the next tier too", async (t) => {
  let forwarded = "";
  await using origin = await givenRawOrigin((socket, bytes) => {
    forwarded += bytes;
    if (bytes.endsWith("\r\n\r\n")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const [most, room] = [32_768 + 2, 8192]; // the limit on a head does not include the empty line, which has 2 bytes
  const fields = ["Host: www.foobar.com", "Connection: close"];
  const status = async (port: number, bytes: number, count: number) =>
    statusOf(await roundTrip(port, headOf("GET / HTTP/1.1", bytes, fields, count)));
  await using outer = await givenBalancer([origin.port]);
  t.equal(await status(outer.port, most, 128), 200);
  t.ok(forwarded.length > most && forwarded.length <= most + room, `${forwarded.length} bytes`);
  t.ok(
    forwarded.split("\r\n").length - 3 <= 128 + 16,
    "the request line and the two line ends do not count as fields",
  );
  t.equal(await status(outer.port, most + 1, 128), 431);
  t.equal(await status(outer.port, most, 129), 431);
  await using inner = await givenBalancer([origin.port], {}, { trustedProxies: ["127.0.0.1"] });
  t.equal(await status(inner.port, most + room, 128 + 16), 200);
  t.equal(await status(inner.port, most + room + 1, 128), 431);
  t.equal(await status(inner.port, most, 128 + 17), 431);
});

t.test("the limits of answers are those of the backend", async (t) => {
  let answer = "";
  await using origin = await givenRawOrigin((socket) => socket.write(answer));
  const limits = { statusLine: "64B", head: "1KiB", fields: 5 };
  await using balancer = await givenBalancer([origin.port], { limits });
  const fields = ["Content-Length: 0"];
  const cases: readonly (readonly [number, string])[] = [
    [200, headOf("HTTP/1.1 200 OK", 1026, fields, 5)],
    [502, headOf("HTTP/1.1 200 OK", 1027, fields, 5)],
    [502, headOf("HTTP/1.1 200 OK", 1026, fields, 6)],
    [200, headOf(`HTTP/1.1 200 ${"a".repeat(51)}`, 1026, fields, 5)],
    [502, headOf(`HTTP/1.1 200 ${"a".repeat(52)}`, 1026, fields, 5)],
  ];
  for (const [status, bytes] of cases) {
    answer = bytes;
    t.equal(statusOf(await get(balancer.port)), status, bytes.slice(0, 30));
  }
});
