// The balancer inside another program: what createBalancer promises in docs/library.md.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import t from "tap";
import {
  type Balancer,
  type BalancerOptions,
  ConfigError,
  createBalancer,
  type Embedding,
  type IncomingRequest,
  type ProgramFault,
} from "../src/index.ts";
import { get, givenOrigin, rawClient, roundTrip, statusOf, until } from "./given.ts";

const CHECK = { interval: "400ms", timeout: "400ms", rise: 1, fall: 2 };

/** Options for one frontend before backends of one server each, named like the keys of `ports`. */
function options(ports: Readonly<Record<string, number>>): BalancerOptions {
  const [first = ""] = Object.keys(ports);
  const backends = Object.entries(ports).map(([name, port]) => [
    name,
    { servers: { s1: { address: `127.0.0.1:${port}` } }, check: CHECK },
  ]);
  return {
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: first }] } },
    backends: Object.fromEntries(backends),
  };
}

/** A started balancer with its faults and access records gathered. */
async function given(port: number | Readonly<Record<string, number>>, embedding: Embedding = {}) {
  const balancer = createBalancer(
    options(typeof port === "number" ? { app: port } : port),
    embedding,
  );
  const faults: ProgramFault[] = [];
  const endings: string[] = [];
  balancer.on("hookError", (fault) => void faults.push(fault));
  balancer.on("exchange", ({ method, target, status, termination }) => {
    endings.push(`${method} ${target} ${status} ${termination}`);
  });
  await balancer.start();
  return {
    balancer,
    port: balancer.port(),
    faults,
    endings,
    [Symbol.asyncDispose]: () => balancer.close(),
  };
}

const hello = () => givenOrigin((_, response) => response.end("hello"));

t.test("wrong options throw at once, in the words of tandem check", async (t) => {
  const reason = (wrong: unknown, embedding: Embedding = {}): string => {
    try {
      createBalancer(wrong as BalancerOptions, embedding);
    } catch (error) {
      if (error instanceof Error) return `${error.name}: ${error.message}`;
    }
    return "nothing was thrown";
  };
  const right = options({ app: 1 });
  const typo = { ...right, backend: {} };
  t.match(reason(typo), /^ConfigError: [\s\S]*unknown key 'backend'[\s\S]*mean 'backends'/);
  const elsewhere = { bind: "127.0.0.1:0", routes: [{ backend: "ap" }] };
  const route = { ...right, frontends: { front: elsewhere } };
  t.match(
    reason(route),
    /balancer\.frontends\.front\.routes\[0\]\.backend: found 'ap'[\s\S]*"backend": "ap"\n[\s\S]*did you mean 'app'/,
  );
  t.match(reason({ ...right, drain: 10 }), /drain[\s\S]*expected a duration/);
  t.match(reason({ ...right, threads: 2 }), /balancer\.threads: a library runs in the thread/);
  t.match(reason({ ...right, admin: { bind: "127.0.0.1:0" } }), /use status\(\)/);
  for (const nothing of [undefined, null, 5])
    t.match(reason(nothing), /^(ConfigError|TypeError): /);
  t.match(reason(right, { box: "a b" }), /expected a name/);
  t.match(reason(right, { hookTimeoutMs: 0 }), /expected milliseconds above 0/);
  const literal = { ...right, drain: `\${HOME}` };
  t.match(reason(literal), /found '\$+\{HOME\}'.* expected a duration/, "no variable is looked up");
  t.ok(t.throws(() => createBalancer(typo as BalancerOptions)) instanceof ConfigError);
});

t.test("a port in use is an error, and leaves nothing open", async (t) => {
  await using origin = await hello();
  await using first = await given(origin.port);
  const { frontends, backends } = options({ app: origin.port });
  const front = { bind: `127.0.0.1:${first.port}`, routes: [{ backend: "app" }] };
  const second = createBalancer({ frontends: { ...frontends, other: front }, backends });
  await t.rejects(second.start(), /another process does/);
  t.throws(() => second.port("front"), /await start/);
  await t.rejects(second.start(), /started once/);
  t.equal(statusOf(await get(first.port)), 200, "the first is not disturbed");
  const early = createBalancer(options({ app: origin.port }));
  const starting = early.start();
  await early.close();
  await t.rejects(starting, /closed while it started/);
});

t.test("without hooks requests go through, counted and told", async (t) => {
  await using origin = await hello();
  await using embedded = await given(origin.port);
  const { balancer, port, endings } = embedded;
  t.equal(await (await fetch(`${balancer.url()}/a?b=c`)).text(), "hello");
  t.match(await get(port, "/d"), /hello$/);
  t.same(endings, ["GET /a?b=c 200 ----", "GET /d 200 ----"]);
  const status = balancer.status();
  t.equal(status.health, "healthy");
  t.equal(status.backends[0]?.requests, 2);
  t.match(origin.requests[0]?.headers.via, /^1\.1 tandem-embedded-[0-9a-f]{8}$/);
  await get(port, "/", "Content-Length: 1\r\nContent-Length: 2\r\n");
  t.equal(endings.at(-1), "  400 PR--", "a malformed request is an ending too");
});

t.test("two in a row do not take each other for a loop", async (t) => {
  await using origin = await hello();
  await using inner = await given(origin.port);
  await using outer = await given(inner.port);
  t.match(await get(outer.port), /hello$/);
});

t.test("a hook that throws ends its request with a 500 and is told", async (t) => {
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
    await using embedded = await given(origin.port, embedding);
    const answer = await get(embedded.port, "/x");
    t.equal(statusOf(answer), 500, `${hook} ${message}`);
    t.match(answer, /proxy_internal_error/);
    t.notMatch(answer, /boom/, "the client is not told what");
    t.equal(embedded.faults.length, 1);
    t.equal(embedded.faults[0]?.hook, hook);
    t.match(embedded.faults[0]?.error.message, message);
    t.equal(embedded.faults[0]?.request?.method, "GET");
    t.equal(embedded.endings[0], `GET /x 500 ${hook === "response" ? "IH--" : "IR--"}`);
  }
  t.ok(origin.requests.length === 3, "only the last three got to the server");
});

t.test("one hook's fault is one request's: the connection and the next request live", async (t) => {
  await using origin = await hello();
  await using embedded = await given(origin.port, {
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

t.test("listeners that throw harm no request", async (t) => {
  await using origin = await hello();
  await using embedded = await given(origin.port);
  const { balancer, faults, port } = embedded;
  balancer.on("exchange", () => {
    throw new Error("sync");
  });
  balancer.prependListener("exchange", async () => {
    throw new Error("async");
  });
  t.match(await get(port), /hello$/);
  await until(() => faults.length === 2);
  t.same(faults.map(({ hook, error }) => `${hook} ${error.message}`).sort(), [
    "listener async",
    "listener sync",
  ]);
  const warned = once(process, "warning");
  balancer.on("hookError", () => {
    throw new Error("even this one");
  });
  t.match(await get(port), /hello$/);
  t.match(await warned, [/even this one/]);
});

t.test("a fault nobody listens for is a warning of the process", async (t) => {
  await using origin = await hello();
  await using balancer = await createBalancer(options({ app: origin.port }), {
    request: () => {
      throw new Error("unheard");
    },
  }).start();
  const warned = once(process, "warning");
  t.equal(statusOf(await get(balancer.port())), 500);
  t.match(await warned, [/unheard/]);
});

t.test("the request hook edits what the server gets", async (t) => {
  await using origin = await hello();
  await using embedded = await given(origin.port, {
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

t.test("the request hook answers in a server's place, framing and all", async (t) => {
  await using origin = await hello();
  await using embedded = await given(origin.port, {
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
  await using embedded = await given(
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
  await using embedded = await given(
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
});

t.test("a client that leaves while a hook thinks is one ending, and no fault", async (t) => {
  await using origin = await hello();
  let thinking = 0;
  await using embedded = await given(origin.port, {
    async request() {
      thinking += 1;
      await sleep(60);
      return undefined;
    },
  });
  for (const leave of ["destroy", "end"] as const) {
    using client = await rawClient(embedded.port);
    client.send(`GET /${leave} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until(() => thinking > embedded.endings.length);
    client.socket[leave]();
    await until(() => embedded.endings.at(-1) === `GET /${leave} -1 CQ--`);
  }
  await sleep(100); // the hooks are done by now
  t.same(origin.requests, [], "nothing was forwarded for nobody");
  t.same(embedded.faults, []);
  t.equal(embedded.endings.length, 2);
});

t.test("WebSocket's upgrade goes through the hooks and both ways", async (t) => {
  await using origin = await hello();
  origin.server.on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    socket.on("data", (chunk: Buffer) => socket.write(`<${chunk}>`));
    socket.on("end", () => socket.destroy());
  });
  const wanted: (string | undefined)[] = [];
  await using embedded = await given(origin.port, {
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

t.test("servers that fall and rise are told", async (t) => {
  const origin = await hello();
  await using embedded = await given(origin.port);
  const { balancer } = embedded;
  const down = once(balancer, "serverDown");
  await origin.kill();
  t.match(await down, [{ backend: "app", server: "s1", up: false, check: "L4CON" }]);
  t.equal(balancer.status().health, "down");
  const up = once(balancer, "serverUp");
  await using again = await givenOrigin((_, response) => response.end("hello"), origin.port);
  t.match(await up, [{ backend: "app", server: "s1", up: true }]);
  t.match(await get(embedded.port), /hello$/);
  t.equal(again.requests.length, 1);
});

t.test("a server can be drained, put to rest, weighted and readied", async (t) => {
  await using a = await givenOrigin((_, response) => response.end("a"));
  await using b = await givenOrigin((_, response) => response.end("b"));
  const servers = { a: { address: `127.0.0.1:${a.port}` }, b: { address: `127.0.0.1:${b.port}` } };
  await using balancer: Balancer = await createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { servers, check: CHECK } },
  }).start();
  const served = async (requests: number) => {
    let by = "";
    for (let i = 0; i < requests; i++) by += (await get(balancer.port())).slice(-1);
    return [...by].sort().join("");
  };
  t.equal(await served(4), "aabb");
  balancer.setServer("app", "a", { state: "drain" });
  t.equal(await served(3), "bbb");
  await sleep(900); // two checks pass and overrule nothing
  t.equal(await served(2), "bb");
  t.equal(balancer.status().backends[0]?.servers[0]?.state, "draining");
  balancer.setServer("app", "a", { state: "ready", weight: 3 });
  t.equal(await served(8), "aaaaaabb");
  balancer.setServer("app", "b", { weight: 0 });
  t.equal(await served(2), "aa");
  balancer.setServer("app", "a", { state: "maint" });
  t.equal(statusOf(await get(balancer.port())), 503);
  await b.kill();
  await until(() => balancer.status().backends[0]?.servers[1]?.check.status === "L4CON");
  balancer.setServer("app", "b", { state: "maint", weight: 1 });
  balancer.setServer("app", "b", { state: "ready" });
  t.equal(balancer.status().backends[0]?.servers[1]?.state, "down", "ready is the checks' word");
  t.throws(() => balancer.setServer("app", "c", {}), /no server "c". There are: "a", "b"/);
  t.throws(() => balancer.setServer("web", "a", {}), /no backend "web"/);
  t.throws(() => balancer.setServer("app", "a", { weight: 300 }), /from 0 to 256/);
  const odd = { state: "up" } as unknown as { state: "ready" };
  t.throws(() => balancer.setServer("app", "a", odd), /expected "ready"/);
});

t.test("connections that are not taken are told", async (t) => {
  await using origin = await hello();
  const { backends } = options({ app: origin.port });
  const routes = [{ backend: "app" }];
  await using balancer = await createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", maxConnections: 1, routes } },
    backends,
  }).start();
  using first = await rawClient(balancer.port());
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await first.received(/hello/);
  const refused = once(balancer, "refused");
  using second = await rawClient(balancer.port());
  t.match(await refused, [
    { frontend: "front", client: "127.0.0.1", why: /^1 connections are open/ },
  ]);
  await second.closed();
});

t.test("a drain answers what runs, takes nothing new, and ends at its deadline", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    if (request.url === "/slow") setTimeout(() => response.end("late"), 100);
  });
  await using embedded = await given(origin.port);
  using slow = await rawClient(embedded.port);
  slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  using never = await rawClient(embedded.port);
  never.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => origin.requests.length === 2);
  const startedAt = performance.now();
  const drained = embedded.balancer.drain(400);
  const refused = connect(embedded.port, "127.0.0.1");
  t.match(await once(refused, "error"), [{ code: "ECONNREFUSED" }]);
  t.match(await slow.closed(), /Connection: close[\s\S]*late$/);
  await drained;
  t.ok(performance.now() - startedAt >= 395, "it waited for the other");
  await never.closed();
  t.same(embedded.endings.toSorted(), ["GET /never -1 KH--", "GET /slow 200 ----"]);
  await embedded.balancer.drain(); // again, and after the end: nothing
});

t.test("after close nothing keeps the process alive", async (t) => {
  await using origin = await hello();
  const folder = t.testdir();
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-newkey", "rsa:2048"];
  const openssl = spawn("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert]);
  t.same(await once(openssl, "exit"), [0, null]);
  // Left behind on purpose: a kept server connection, a client in its TLS handshake, a request that
  // hangs at the server, a hook that never settles, and a check under way.
  const program = `
    import { connect } from "node:net";
    import { once } from "node:events";
    import { createServer } from "node:net";
    import { createBalancer } from ${JSON.stringify(import.meta.resolve("../src/index.ts"))};
    const mute = createServer(() => {}).listen(0, "127.0.0.1");
    await once(mute, "listening");
    mute.unref();
    const routes = [{ match: { path: "/mute" }, backend: "mute" }, { backend: "app" }];
    const tls = { certificates: [{ cert: ${JSON.stringify(cert)}, key: ${JSON.stringify(key)} }] };
    const check = { interval: "30s", timeout: "30s" };
    const balancer = createBalancer({
      frontends: { plain: { bind: "127.0.0.1:0", routes }, tls: { bind: "127.0.0.1:0", routes, tls } },
      backends: {
        app: { servers: { a: { address: "127.0.0.1:${origin.port}" } } },
        mute: { servers: { m: { address: "127.0.0.1:" + mute.address().port } }, check: { interval: "1s", timeout: "200ms" } },
        slow: { servers: { m: { address: "127.0.0.1:" + mute.address().port } }, check: { interval: "300ms", timeout: "300ms" } },
      },
    }, { request: ({ path }) => (path === "/hook" ? new Promise(() => {}) : undefined) });
    await balancer.start();
    balancer.setServer("mute", "m", { state: "drain" });
    const answer = await (await fetch(balancer.url("plain"))).text();
    const clients = ["plain", "plain", "tls"].map((name) => connect(balancer.port(name), "127.0.0.1"));
    for (const client of clients) { client.on("error", () => {}); client.unref(); await once(client, "connect"); }
    clients[0].write("GET /mute HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
    clients[1].write("GET /hook HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await balancer.close();
    await balancer.close();
    console.log(answer, performance.now());
    process.on("exit", () => console.log("left", performance.now()));
  `;
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { PATH, HOME },
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  t.same(await once(child, "exit"), [0, null], output);
  const [, closed, left] = /^hello ([\d.]+)\nleft ([\d.]+)\n$/.exec(output) ?? [];
  t.ok(Number(left) - Number(closed) < 1000, `it left by itself, at once: ${output}`);
});
