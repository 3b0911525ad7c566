// How the balancer knows whether a server may get requests: from the configuration, from failed connections, and from
// checks. A check must accept an answer exactly when the same answer to a visitor's request is accepted.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { promisify } from "node:util";
import { createAuthority, issue } from "@tandem/cluster";
import t from "tap";
import { statusPage } from "../src/admin/status-page.ts";
import { type BalancerOptions, createBalancer } from "../src/index.ts";
import { get, givenOrigin, statusOf, until } from "./given.ts";

type Backend = BalancerOptions["backends"][string];

/**
 * Returns a balancer with one frontend before servers on these ports; all settings that are not given have their
 * defaults.
 */
async function before(ports: readonly number[], backend: Partial<Backend> = {}) {
  const servers = ports.map((port, index) => [`s${index + 1}`, { address: `127.0.0.1:${port}` }]);
  const balancer = createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { servers: Object.fromEntries(servers), ...backend } },
  });
  await balancer.start();
  const server = (index: number) => balancer.status().backends[0]?.servers[index];
  return {
    get: async () => statusOf(await get(balancer.port())),
    server,
    page: () => statusPage(balancer.status()),
    becomes: (index: number, state: string) => until(() => server(index)?.state === state),
    [Symbol.asyncDispose]: () => balancer.close(),
  };
}

/** An ordinary application that only has a page at `/`. */
const onlyRoot: RequestListener = ({ url }, response) => {
  response.statusCode = url === "/" ? 200 : 404;
  response.end();
};

/**
 * Starts a server without the page /healthz that health checks ask for. (The servers of `givenOrigin` have this page.)
 */
async function givenApplication(port = 0) {
  const origin = await givenOrigin(onlyRoot, port);
  const [answer] = origin.server.listeners("request") as RequestListener[];
  if (answer !== undefined) origin.server.off("request", answer);
  origin.server.on("request", (request, response) => {
    origin.requests.push(request);
    onlyRoot(request, response);
  });
  return origin;
}

/** Returns a port on which no process listens. */
async function closedPort(): Promise<number> {
  await using origin = await givenApplication();
  return origin.port;
}

t.test("a server without checks is not shown as up, a server with checks is", async (t) => {
  await using origin = await givenApplication();
  for (const check of [undefined, false] as const) {
    await using balancer = await before([origin.port], check === undefined ? {} : { check });
    const unchecked = { checked: false, why: "not checked: the backend has no check" };
    t.match(balancer.server(0), { state: "up", check: unchecked });
    t.match(balancer.page(), /NO CHECK<.*not checked: the backend has no check/s);
  }
  await using checked = await before([origin.port], { check: "tcp" });
  t.match(checked.server(0), { state: "up", check: { checked: true, why: "" } });
  t.notMatch(checked.page(), "NO CHECK");
  await using failed = await before([await closedPort()]);
  await failed.get();
  await failed.becomes(0, "down");
  t.match(
    failed.server(0),
    { check: { checked: true, status: "L4CON" } },
    "the failed connection counts as a check",
  );
});

t.test("without `check` an application that only has / works", async (t) => {
  await using app = await givenApplication();
  await using balancer = await before([app.port]);
  t.equal(await balancer.get(), 200);
  t.match(balancer.server(0), { state: "up", check: { status: "UNK", failures: 0 } });
  t.same(
    app.requests.map(({ url }) => url),
    ["/"],
    "the server gets only the visitors' requests",
  );
});

t.test(
  "failed connections: a server that refuses is avoided, and comes back by itself",
  async (t) => {
    await using app = await givenApplication();
    const port = await closedPort();
    await using balancer = await before([port, app.port], {
      balance: { algorithm: "round-robin" },
    });
    for (let i = 0; i < 4; i++)
      t.equal(await balancer.get(), 200, "the request is sent to another server at once");
    await balancer.becomes(0, "down");
    t.match(balancer.server(0), { check: { status: "L4CON", why: /ECONNREFUSED/, downs: 1 } });
    const errors = balancer.server(0)?.connectErrors;
    for (let i = 0; i < 4; i++) t.equal(await balancer.get(), 200);
    t.equal(balancer.server(0)?.connectErrors, errors, "that server gets no requests any more");
    await using again = await givenApplication(port);
    await balancer.becomes(0, "up");
    await balancer.get();
    await balancer.get();
    t.equal(again.requests.length, 1);
  },
);

t.test("failed connections: the only server is tried with every request", async (t) => {
  const port = await closedPort();
  await using balancer = await before([port]);
  t.equal(await balancer.get(), 502);
  await balancer.becomes(0, "down");
  t.equal(
    await balancer.get(),
    502,
    "not a 503, because the only server is tried although it is down",
  );
  await using _ = await givenApplication(port);
  t.equal(await balancer.get(), 200, "the server gets requests again at once");
});

t.test("failed connections: a server that accepts and answers badly stays up", async (t) => {
  await using bad = await givenOrigin((request) => request.socket.destroy());
  await using balancer = await before([bad.port]);
  for (let i = 0; i < 3; i++) t.equal(await balancer.get(), 502);
  t.equal(balancer.server(0)?.state, "up");
});

t.test("check: false: always up; check: tcp: up if it accepts a connection", async (t) => {
  await using app = await givenApplication();
  const port = await closedPort();
  const balance = { algorithm: "round-robin" } as const;
  await using never = await before([port, app.port], { balance, check: false });
  await using often = await before([port, app.port], {
    ...{ balance, check: { interval: "100ms", timeout: "80ms", rise: 1, fall: 1 } },
  });
  await using plain = await before([app.port], { check: "tcp" });
  t.match(plain.server(0), { state: "up", check: { status: "L4OK", code: 0 } });
  t.match(often.server(0), { state: "down", check: { status: "L4CON" } });
  t.match(often.server(1), { state: "up", check: { status: "L4OK" } });
  t.same(app.requests, [], "the check sends no request");
  await using _ = await givenApplication(port);
  await often.becomes(0, "up");
  t.match(never.server(0), { state: "up", check: { status: "UNK" } });
});

t.test("backups are used when no other server is up: the first of them, or all", async (t) => {
  const answered =
    (name: string): RequestListener =>
    (_, response) =>
      response.end(name);
  await using one = await givenOrigin(answered("one"));
  await using two = await givenOrigin(answered("two"));
  const gone = await closedPort();
  for (const allBackups of [false, true]) {
    const balancer = createBalancer({
      frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
      backends: {
        app: {
          balance: { algorithm: "round-robin" },
          allBackups,
          servers: {
            main: { address: `127.0.0.1:${gone}` },
            one: { address: `127.0.0.1:${one.port}`, backup: true },
            two: { address: `127.0.0.1:${two.port}`, backup: true },
          },
        },
      },
    });
    await balancer.start();
    const ask = async () => (await get(balancer.port())).slice(-3);
    t.equal(await ask(), "one", "before it is known that the main server is gone");
    await until(() => balancer.status().backends[0]?.servers[0]?.state === "down");
    const answers = new Set([await ask(), await ask(), await ask(), await ask()]);
    t.same([...answers].sort(), allBackups ? ["one", "two"] : ["one"]);
    await balancer.close();
  }
});

const line = "HTTP/1.1 200 OK\r\n";
const fields = (count: number) => Array.from({ length: count }, (_, i) => `F${i}: x\r\n`).join("");

/**
 * Answers that two parsers might judge differently. `good` = a check and a visitor's request must
 * both accept the answer; otherwise both must refuse it.
 */
const ODD: Readonly<Record<string, readonly [good: boolean, answer: string]>> = {
  plain: [true, `${line}Content-Length: 2\r\n\r\nok`],
  chunked: [true, `${line}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
  "until the end": [true, `${line}\r\nok`],
  "HTTP/1.0": [true, "HTTP/1.0 200 OK\r\n\r\nok"],
  "no reason": [true, "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"],
  "204 with a length": [true, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"],
  "100 before 200": [true, `HTTP/1.1 100 Continue\r\n\r\n${line}Content-Length: 0\r\n\r\n`],
  "103 before 200": [
    true,
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${line}Content-Length: 0\r\n\r\n`,
  ],
  "a head of 20 KiB": [true, `${line}A: ${"x".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`],
  "a length twice the same": [true, `${line}Content-Length: 2, 2\r\n\r\nok`],
  "130 fields": [false, `${line}${fields(130)}Content-Length: 0\r\n\r\n`],
  "a head of 40 KiB": [false, `${line}A: ${"x".repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`],
  "Transfer-Encoding: identity": [false, `${line}Transfer-Encoding: identity\r\n\r\nok`],
  "a space after a chunk's size": [
    false,
    `${line}Transfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0\r\n\r\n`,
  ],
  "a bare line feed": [false, "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
  "two lengths": [false, `${line}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`],
  "a folded field": [false, `${line}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
  "a space before a colon": [false, `${line}A : b\r\nContent-Length: 0\r\n\r\n`],
  "101 unasked": [
    false,
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  ],
  "half a head": [false, `${line}Content-Le`],
  "half a body": [false, `${line}Content-Length: 5\r\n\r\nok`],
  "another protocol": [false, "SSH-2.0-OpenSSH_9.2\r\n"],
  "Connection that names Content-Length": [
    false,
    `${line}Connection: Content-Length\r\nContent-Length: 2\r\n\r\nok`,
  ],
};

const folder = mkdtempSync(join(tmpdir(), "tandem-checks-"));
t.teardown(() => rmSync(folder, { recursive: true }));

async function certificates() {
  const now = Date.now();
  const authority = await createAuthority("test", now);
  const box = await issue(authority, { name: "s1", names: ["s1"], use: "box" }, now);
  const paths = { ca: join(folder, "ca"), cert: join(folder, "crt"), key: join(folder, "key") };
  writeFileSync(paths.ca, authority.cert);
  writeFileSync(paths.cert, box.cert);
  writeFileSync(paths.key, box.key);
  return { box, paths };
}

/** Returns whether a visitor gets the complete answer of the server, and not an error page. */
async function whole(port: number): Promise<boolean> {
  const answer = (await get(port)).replace(/^(HTTP\/1\.1 1\d\d [\s\S]*?\r\n\r\n)+/, "");
  const [, length] = /content-length: (\d+)/i.exec(answer) ?? [];
  const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  return (
    [200, 204].includes(statusOf(answer)) &&
    (length === undefined || body.length === Number(length))
  );
}

t.test("a check and a visitor's request judge answers alike, with TLS too", async (t) => {
  const { box, paths } = await certificates();
  for (const tls of [false, true]) {
    let answer = "";
    const talk = (socket: Socket): void => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(answer, "latin1"));
    };
    const server = tls
      ? createTlsServer({ cert: box.cert, key: box.key }, talk)
      : createServer(talk);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    for (const [name, [good, bytes]] of Object.entries(ODD)) {
      answer = bytes;
      const balancer = createBalancer({
        frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
        backends: {
          app: {
            servers: { s1: { address: `127.0.0.1:${port}` } },
            balance: { panic: { keepOne: true } },
            check: { http: { path: "/" }, interval: "1h", timeout: "30s" },
            ...(tls && { tls: paths }),
          },
        },
      });
      await balancer.start();
      const { state, check } = balancer.status().backends[0]?.servers[0] ?? {};
      t.equal(state, good ? "up" : "down", `${name}: ${check?.status} ${check?.why}`);
      t.equal(await whole(balancer.port()), good, `${name}: a visitor`);
      await balancer.close();
    }
  }
});

t.test(
  "without free descriptors no server is blamed, and requests work when some are free",
  async (t) => {
    const script = join(folder, "exhausted.ts");
    writeFileSync(
      script,
      `import { once } from "node:events";
    import { closeSync, openSync } from "node:fs";
    import { createServer } from "node:http";
    import { connect } from "node:net";
    import { setTimeout as sleep } from "node:timers/promises";
    import { createBalancer } from ${JSON.stringify(import.meta.resolve("../src/index.ts"))};
    const serve = async () => {
      const server = createServer((_, response) => response.setHeader("Connection", "close").end());
      await once(server.listen(0, "127.0.0.1"), "listening");
      return { address: "127.0.0.1:" + server.address().port };
    };
    const servers = { a: await serve(), b: await serve() };
    const often = { interval: "50ms", timeout: "50ms", rise: 1, fall: 1 };
    const balancer = createBalancer({
      frontends: { front: { bind: "127.0.0.1:0", routes: [{ match: { path: "/t" }, backend: "tcp" }, { backend: "app" }] } },
      backends: { app: { servers }, tcp: { servers, check: often } },
    });
    const endings = [];
    balancer.on("exchange", ({ status, termination }) => endings.push(status + " " + termination));
    process.on("warning", ({ message }) => endings.push(message.replace(/EMFILE.*/, "EMFILE")));
    await balancer.start();
    const client = connect(balancer.port(), "127.0.0.1");
    let answers = "";
    client.on("data", (chunk) => { answers += chunk; });
    const ask = async () => {
      const before = endings.length;
      client.write("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
      while (!endings.slice(before).some((one) => /^\\d/.test(one))) await sleep(5);
    };
    await ask();
    const taken = [];
    const take = () => { try { for (;;) taken.push(openSync("/dev/null")); } catch {} };
    // A check that is already running frees its descriptor when it ends. So the test takes all free
    // descriptors again and again, until the balancer can make no check.
    for (let quiet = 0; quiet < 3; await sleep(60)) {
      take();
      if (endings.some((one) => one.includes("cannot be checked"))) quiet += 1;
    }
    for (let i = 0; i < 3; i++) await ask();
    const now = () => balancer.status().backends.map(({ servers }) => servers.map(({ state, check, connectErrors }) => [state, check.failures, connectErrors]));
    const during = now();
    for (const one of taken) closeSync(one);
    await ask();
    console.log(JSON.stringify({ endings, during, after: now() }));
    process.exit();`,
    );
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const { stdout } = await promisify(execFile)(
      "sh",
      ["-c", 'ulimit -n 64; exec "$0" "$1"', process.execPath, script],
      { env: { PATH, NODE_COMPILE_CACHE } },
    );
    const { endings, during, after } = JSON.parse(stdout);
    const well = ["up", 0, 0];
    t.same(during, [
      [well, well],
      [well, well],
    ]);
    t.same(after, during);
    const hindered =
      /^the servers of backend tcp cannot be checked, and stay as they are: .*\(EMFILE$/;
    const said = endings.filter((one: string) => !/^\d/.test(one));
    t.equal(said.length, 2, "each message comes once");
    t.match(said, [/this process may have 64 open/, hindered]);
    t.same(
      endings.filter((one: string) => /^\d/.test(one)),
      ["200 ----", "503 RC--", "503 RC--", "503 RC--", "200 ----"],
    );
  },
);
