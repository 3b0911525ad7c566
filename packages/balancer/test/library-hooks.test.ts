// Tests the hooks of an embedding program: how hooks may change requests and answers, and what happens when a hook
// fails (docs/library.md#hooks).
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import type { Embedding, IncomingRequest } from "../src/index.ts";
import { get, givenOrigin, rawClient, roundTrip, statusOf, until } from "./given.ts";
import { givenEmbedded, hello } from "./given-embedded.ts";

t.test("a hook that throws ends its request with a 500, and the fault is reported", async (t) => {
  await using origin = await hello();
  const boom = () => {
    throw new Error("boom");
  };
  const toPath = (path: string) => (request: IncomingRequest) => {
    request.path = path;
    return undefined;
  };
  const failing: readonly [string, Embedding, RegExp][] = [
    ["request", { request: boom }, /boom/],
    ["request", { request: async () => boom() }, /boom/],
    ["request", { request: () => Promise.reject("text") }, /text/],
    ["request", { request: () => ({ status: 99 }) }, /from 200 to 599, found 99/],
    ["request", { request: () => ({ status: 200, fields: { "a b": "c" } }) }, /Not a field name/],
    [
      "request",
      { request: () => ({ status: 200, body: 5 as unknown as string }) },
      /text or bytes/,
    ],
    ["request", { request: ({ fields }) => fields.set("X", "a\r\nEvil: b") }, /no field line/],
    [
      "request",
      { request: ({ fields }) => fields.remove("Content-Length") },
      /balancer's to write/,
    ],
    ["request", { request: ({ fields }) => fields.set("host", "a b") }, /host or host:port/],
    ["request", { request: ({ fields }) => fields.remove("Host") }, /host or host:port/],
    ["request", { request: ({ fields }) => fields.add("Host", "two") }, /one Host/],
    ["request", { request: toPath("http://evil/") }, /Not a path/],
    ["request", { request: toPath("/a\r\nb") }, /Not a path/],
    ["request", { request: () => new Promise(() => {}), hookTimeoutMs: 30 }, /longer than 30 ms/],
    ["route", { route: boom }, /boom/],
    ["route", { route: () => "elsewhere" }, /no backend "elsewhere"; there are: "app"/],
    ["route", { route: async () => boom() }, /boom/],
    ["response", { response: boom }, /boom/],
    ["response", { response: async () => boom() }, /has to be done at once/],
    [
      "response",
      { response: ({ fields }) => fields.set("Connection", "x") },
      /balancer's to write/,
    ],
  ] as readonly [string, Embedding, RegExp][];
  for (const [hook, embedding, message] of failing) {
    await using embedded = await givenEmbedded(origin.port, embedding);
    const answer = await get(embedded.port, "/x");
    t.equal(statusOf(answer), 500, `${hook} ${message}`);
    t.match(answer, /proxy_internal_error/);
    t.notMatch(answer, /boom/, "the client does not see the message");
    t.equal(embedded.faults.length, 1);
    t.equal(embedded.faults[0]?.hook, hook);
    t.match(embedded.faults[0]?.error.message, message);
    t.equal(embedded.faults[0]?.request?.method, "GET");
    t.equal(embedded.endings[0], `GET /x 500 ${hook === "response" ? "IH--" : "IR--"}`);
  }
  t.ok(origin.requests.length === 3, "only the last three requests reached the server");
});

t.test("a hook's fault affects one request only, not the connection", async (t) => {
  await using origin = await hello();
  await using embedded = await givenEmbedded(origin.port, {
    response: ({ fields }, { path }) => {
      if (path === "/bad") throw new Error("boom");
      fields.set("X-Seen", path);
    },
  });
  using client = await rawClient(embedded.port);
  const paths = ["/1", "/bad", "/2"];
  client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  const answer = await client.received(/X-Seen: \/2[\s\S]*hello/);
  t.match(answer, /X-Seen: \/1[\s\S]*HTTP\/1\.1 500 [\s\S]*X-Seen: \/2/);
});

t.test("the request hook edits the request that the server gets", async (t) => {
  await using origin = await hello();
  await using embedded = await givenEmbedded(origin.port, {
    async request(request) {
      await sleep(5);
      t.match(request, { method: "POST", host: "www.foobar.com", frontend: "front" });
      t.match(request.client, { address: "127.0.0.1", scheme: "http", trusted: false });
      request.path = `/v2${request.path}`;
      request.fields.set("Host", "internal:1");
      request.fields.remove("COOKIE");
      request.fields.add("X-User", "42");
      t.ok([...request.fields].some(([name, value]) => name === "X-CASE" && value === "kept"));
      return undefined;
    },
  });
  const answer = await roundTrip(
    embedded.port,
    "POST /a/../b?q HTTP/1.1\r\nHost: www.foobar.com\r\nX-CASE: kept\r\nCookie: a=1\r\n" +
      "Content-Length: 5\r\nConnection: close\r\n\r\nhello",
  );
  t.match(answer, /hello$/);
  const [seen] = origin.requests;
  t.equal(seen?.url, "/v2/b?q");
  t.match(seen?.headers, {
    host: "internal:1",
    "x-user": "42",
    "x-case": "kept",
    "x-forwarded-host": "www.foobar.com",
    "content-length": "5",
  });
  t.equal(seen?.headers.cookie, undefined);
  t.same(embedded.endings, ["POST /v2/b?q 200 ----"]);
});

t.test("a client cannot delete, overrule or double a field that a hook sets", async (t) => {
  const bodies: string[] = [];
  await using origin = await givenOrigin((request, response) => {
    request.resume().on("end", () => {
      bodies.push(JSON.stringify(request.trailers));
      response.end("hello");
    });
  });
  await using embedded = await givenEmbedded(origin.port, {
    request({ fields }) {
      fields.set("X-User", "alice");
      fields.set("Host", "app.internal");
      fields.remove("X-Role");
      return undefined;
    },
  });
  const named = "Connection: close, x-user, x-mine";
  await roundTrip(
    embedded.port,
    `GET / HTTP/1.1\r\nHost: a\r\n${named}\r\nX-User: root\r\nX-Mine: 1\r\n\r\n`,
  );
  t.match(origin.requests[0]?.headers, { "x-user": "alice", "x-mine": undefined });
  await roundTrip(
    embedded.port,
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Role: guest\r\nTrailer: X-User, X-Role, X-Sum\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n0\r\nX-User: root\r\nX-Role: admin\r\nX-Sum: 7\r\n\r\n",
  );
  t.equal(origin.requests[1]?.headers["x-user"], "alice");
  t.same(
    bodies,
    ["{}", '{"x-sum":"7"}'],
    "a trailer of a field that the hook decided about is dropped",
  );
  await roundTrip(embedded.port, "GET / HTTP/1.0\r\n\r\n");
  const { rawHeaders = [] } = origin.requests[2] ?? {};
  t.same(
    rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === "host"),
    ["app.internal"],
    "one Host",
  );
});

t.test("the request hook answers instead of a server, with the right framing", async (t) => {
  await using origin = await hello();
  await using embedded = await givenEmbedded(origin.port, {
    request({ path }) {
      if (path === "/login")
        return { status: 302, fields: { Location: "/in", "Set-Cookie": ["a", "b"] } };
      if (path === "/bytes") return { status: 200, body: new Uint8Array([104, 105]) };
      if (path === "/205") return { status: 205, body: "none" };
      return { status: 401, body: "Grüße" };
    },
  });
  using client = await rawClient(embedded.port);
  const requests = ["GET /login", "HEAD /text", "GET /205", "GET /bytes"];
  client.send(requests.map((line) => `${line} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  const answer = await client.received(/hi$/);
  t.match(
    answer,
    /^HTTP\/1\.1 302 Found\r\nLocation: \/in\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nDate: /,
  );
  t.match(answer, /HTTP\/1\.1 401 Unauthorized\r\n[^\0]*?Content-Length: 7\r\n\r\nHTTP\/1\.1 205/);
  t.match(await get(embedded.port, "/text"), /text\/plain; charset=utf-8[\s\S]*GrÃ¼Ã/);
  const upload = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart";
  t.match(await roundTrip(embedded.port, upload), /401[\s\S]*Connection: close/);
  t.same(origin.requests, []);
  t.equal(embedded.endings[0], "GET /login 302 LR--");
});

t.test("the route hook chooses the backend; undefined leaves it to the routes", async (t) => {
  await using a = await givenOrigin((_, response) => response.end("from a"));
  await using b = await givenOrigin((_, response) => response.end("from b"));
  await using embedded = await givenEmbedded(
    { a: a.port, b: b.port },
    {
      route: ({ fields, path }) =>
        fields.get("X-CANARY") === "1" ? "b" : path === "/slow" ? sleep(5, "b") : undefined,
    },
  );
  t.match(await get(embedded.port), /from a$/);
  t.match(await get(embedded.port, "/", "x-canary: 1\r\n"), /from b$/);
  t.match(await get(embedded.port, "/slow"), /from b$/);
});

t.test("the response hook edits answers and error pages, and knows the request", async (t) => {
  await using origin = await givenOrigin((_, response) => {
    response.setHeader("X-Powered-By", "secret");
    response.end("hello");
  });
  await using embedded = await givenEmbedded(
    { app: origin.port, dead: 9 },
    {
      route: ({ path }) => (path === "/dead" ? "dead" : undefined),
      response({ status, fields }, request) {
        fields.remove("X-Powered-By");
        fields.set("X-Told", `${status} ${request.method} ${request.path}`);
      },
    },
  );
  const good = await get(embedded.port, "/a");
  t.match(good, /X-Told: 200 GET \/a\r\n/);
  t.notMatch(good, /secret/);
  t.match(await get(embedded.port, "/dead"), /^HTTP\/1\.1 503[\s\S]*X-Told: 503 GET \/dead\r\n/);
  await using failing = await givenEmbedded(9, {
    response() {
      throw new Error("boom");
    },
  });
  t.equal(statusOf(await get(failing.port)), 503, "an error page keeps its status");
  t.equal(failing.faults.length, 1);
});

t.test("a client that leaves while a hook runs is one ending and no fault", async (t) => {
  await using origin = await hello();
  const thinking: (() => void)[] = [];
  await using embedded = await givenEmbedded(origin.port, {
    async request() {
      const { promise, resolve } = Promise.withResolvers<void>();
      thinking.push(resolve);
      await promise;
      return undefined;
    },
  });
  for (const leave of ["destroy", "end"] as const) {
    using client = await rawClient(embedded.port);
    client.send(`GET /${leave} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until(() => thinking.length > embedded.endings.length);
    client.socket[leave]();
    await until(() => embedded.endings.at(-1) === `GET /${leave} -1 CQ--`);
  }
  for (const done of thinking) done();
  await sleep(100);
  t.same(origin.requests, [], "the request was not forwarded");
  t.same(embedded.faults, []);
  t.equal(embedded.endings.length, 2);
});

t.test("a WebSocket upgrade passes through the hooks, then bytes flow both ways", async (t) => {
  await using origin = await hello();
  origin.server.on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    socket.on("data", (chunk: Buffer) => socket.write(`<${chunk}>`));
    socket.on("end", () => socket.destroy());
  });
  const wanted: (string | undefined)[] = [];
  await using embedded = await givenEmbedded(origin.port, {
    async request({ upgrade }) {
      wanted.push(upgrade);
      return undefined;
    },
    response: ({ status, fields }) => fields.set("X-Status", String(status)),
  });
  using client = await rawClient(embedded.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n");
  await client.received(/101 Switching[\s\S]*X-Status: 101[\s\S]*\r\n\r\n/);
  client.send("ping");
  await client.received(/<ping>$/);
  t.same(wanted, ["websocket"]);
  await embedded.balancer.close();
  await client.closed();
});
