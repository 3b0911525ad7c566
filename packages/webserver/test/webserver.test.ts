// The webserver as a whole: which clients may connect, which requests are forwarded and with which fields, and how it
// starts and stops as a process.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, truncateSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { openUpstream } from "@tandem/balancer/backend";
import { parseConfig } from "@tandem/config";
import { Deadlines, systemClock } from "@tandem/transport";
import t, { type Test } from "tap";
import { certificates } from "./certificates.ts";
import { ask, parse, raw, start, until } from "./support.ts";

const CERTIFICATES = certificates();

function pem(name: string) {
  return { cert: CERTIFICATES[`${name}.crt`] ?? "", key: CERTIFICATES[`${name}.key`] ?? "" };
}

/** Starts an application server that records the requests it gets. */
async function application(t: Test) {
  const seen: IncomingHttpHeaders[] = [];
  const app = { seen, port: 0, says: {} };
  const server = createServer((incoming, response) => {
    if (incoming.url === "/readyz" && incoming.headers.via === undefined) {
      response.setHeader("content-type", "application/health+json").end(JSON.stringify(app.says));
      return;
    }
    if (incoming.url === "/healthz") {
      response.end("ok");
      return;
    }
    seen.push(incoming.headers);
    response.setHeader("x-served-by", "box1/app/7");
    response.end(`${incoming.method} ${incoming.url}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  app.port = (server.address() as AddressInfo).port;
  return app;
}

const LIVENESS = { http: { path: "/healthz" } };

function upstreamSection(port: number, check: object | false = LIVENESS) {
  return {
    servers: { box1: { address: `127.0.0.1:${port}` } },
    // At the start a single check decides the server's health. So each check gets 2 s, which is
    // enough even on a busy machine.
    check: check && { ...check, interval: "2s", timeout: "2s", rise: 1 },
  };
}

async function upstreamTo(t: Test, port: number, check?: object | false) {
  const webserver = { upstream: upstreamSection(port, check) };
  const config = parseConfig(JSON.stringify({ site: "test", webserver }), "test.yaml", {});
  const backend = config.webserver?.upstream;
  if (backend === undefined) throw new Error("the configuration has no upstream");
  const { telemetry } = await start(t, {});
  const deadlines = new Deadlines(systemClock);
  t.teardown(() => deadlines.stop());
  const environment = { box: "box1", clock: systemClock, deadlines, logger: telemetry.logger };
  return openUpstream("app", backend, environment);
}

t.test("requests that are not for a file go to the application", async (t) => {
  const app = await application(t);
  const root = t.testdir({ "app.css": "body{}" });
  const section = { locations: [{ path: "/assets/", root }], servedBy: true };
  const { port, lines, telemetry } = await start(t, section, await upstreamTo(t, app.port));
  const spoofed = { "X-Forwarded-For": "1.2.3.4", "X-Request-ID": "mine", "X-Real-IP": "1.2.3.4" };
  const answer = await ask(port, "/posts?page=2", spoofed);
  t.equal(answer.status, 200);
  t.equal(answer.body.toString(), "GET /posts?page=2");
  t.equal(answer.fields.get("x-served-by"), `box1/web/${process.pid}, box1/app/7`);
  t.equal(app.seen[0]?.["x-forwarded-for"], "127.0.0.1", "an untrusted address is replaced");
  t.equal(app.seen[0]?.["x-real-ip"], undefined);
  t.not(app.seen[0]?.["x-request-id"], "mine");
  t.match(lines[0], / web app\/box1 .* 200 .*"GET \/posts\?page=2 HTTP\/1\.1" id=[\w-]{12,}$/);
  t.equal((await ask(port, "/assets/app.css")).body.toString(), "body{}");
  t.equal((await ask(port, "/assets/nope")).status, 404, "not forwarded");
  t.equal(app.seen.length, 1);
  t.equal((await ask(port, "/x", {}, "TRACE")).status, 405);
  t.equal((await ask(port, "/healthz")).body.toString(), "ok\n", "the webserver answers itself");
  t.equal(lines.length, 4, "that request is not logged");
  const metrics = await telemetry.registry.metrics();
  t.match(metrics, /haproxy_frontend_http_requests_total\{proxy="web"\} 5\n/);
  t.match(metrics, /haproxy_frontend_http_responses_total\{proxy="web",code="2xx"\} 3\n/);
  t.match(metrics, /haproxy_frontend_http_responses_total\{proxy="web",code="4xx"\} 2\n/);
  t.match(metrics, /haproxy_frontend_bytes_(in|out)_total\{proxy="web"\} [1-9]\d+\n/);
});

t.test("behind a trusted balancer: target and client address are kept", async (t) => {
  const app = await application(t);
  const section = { trustedProxies: ["127.0.0.1"], locations: [{ path: "/assets/", root: "." }] };
  const { port, lines } = await start(t, section, await upstreamTo(t, app.port));
  const chain = { "X-Forwarded-For": "198.51.100.1, [2001:DB8::7]:4711" };
  const answer = await ask(port, "//img/http://x/%7e%2f", chain);
  t.equal(answer.body.toString(), "GET //img/http://x/%7e%2f");
  t.match(lines[0], /^2001:db8::7:0 .*"GET \/\/img\/http:\/\/x\/%7e%2f HTTP\/1\.1"/);
  t.equal(app.seen[0]?.["x-forwarded-for"], "198.51.100.1, [2001:DB8::7]:4711, 127.0.0.1");
  await ask(port, "/assets//nope", chain);
  t.match(lines[1], /^2001:db8::7:0 .*"GET \/assets\/\/nope HTTP/);
});

t.test("the load is reported on request, and in answers when configured", async (t) => {
  const app = await application(t);
  const quiet = await start(t, {}, await upstreamTo(t, app.port));
  t.equal((await ask(quiet.port, "/posts")).fields.get("endpoint-load-metrics"), undefined);
  const load = "/.well-known/tandem/load";
  const told = await ask(quiet.port, load);
  t.equal(told.status, 204);
  t.match(
    told.fields.get("endpoint-load-metrics"),
    /^TEXT application_utilization=.*named_metrics\.in_flight=0,named_metrics\.latency_ms=[\d.]+$/,
  );
  t.equal(quiet.lines.length, 1, "requests for the load are not logged");
  const client = { Via: "1.1 tandem-box1", "X-Forwarded-For": "192.0.2.1" };
  t.equal(
    (await ask(quiet.port, load, client)).body.toString(),
    `GET ${load}`,
    "the application's",
  );
  const root = t.testdir({ "app.css": "body{}" });
  const section = { locations: [{ path: "/assets/", root }], loadReport: true };
  const { port } = await start(t, section, await upstreamTo(t, app.port));
  for (const path of ["/posts", "/assets/app.css", "/assets/none"])
    t.match(
      (await ask(port, path)).fields.get("endpoint-load-metrics"),
      /^TEXT .*in_flight=1/,
      path,
    );
});

t.test("the readiness is reported with the state of the application servers", async (t) => {
  const app = await application(t);
  const report = async (port: number) => JSON.parse((await ask(port, "/readyz")).body.toString());
  const files = await start(t, {});
  t.match(await report(files.port), { status: "pass", serviceId: /^box1\/web\/\d+$/ });
  const whole = await start(t, {}, await upstreamTo(t, app.port));
  t.equal((await ask(whole.port, "/readyz")).fields.get("content-type"), "application/health+json");
  t.match(await report(whole.port), {
    ...{ status: "pass", output: "" },
    checks: { application: [{ componentId: "box1", status: "pass", assumed: undefined }] },
  });
  const unchecked = await start(t, {}, await upstreamTo(t, app.port, false));
  t.match(
    await report(unchecked.port),
    {
      ...{ status: "pass", output: "" },
      checks: {
        application: [{ status: "pass", assumed: true, output: /^no check .*add check/ }],
      },
    },
    "it serves, and does not claim a state that it has not checked",
  );
  await ask(unchecked.port, "/posts");
  const seen = async () => (await report(unchecked.port)).checks.application[0];
  const end = performance.now() + 60_000;
  while ((await seen()).assumed === true && performance.now() < end) await setImmediate();
  t.match(await seen(), { status: "pass", output: "" });
  app.says = {
    status: "warn",
    checks: { database: [{ componentId: "db", status: "fail", output: "gone" }] },
  };
  const behind = await upstreamTo(t, app.port, { http: { path: "/readyz" } });
  const ailing = await start(t, {}, behind);
  t.match(await report(ailing.port), {
    status: "warn",
    checks: {
      application: [{ componentId: "box1", status: "warn" }],
      database: [{ componentId: "db", status: "fail", output: "gone", seenBy: "box1" }],
    },
  });
  const none = await start(t, {}, await upstreamTo(t, 1));
  const { status } = await ask(none.port, "/readyz");
  t.equal(status, 200, "it still serves files, so it stays usable as a degraded server");
  t.match(await report(none.port), {
    ...{ status: "warn", output: /^no application server can do all of its work \(box1: L4CON / },
    checks: { application: [{ componentId: "box1", status: "fail", output: /ECONNREFUSED/ }] },
  });
  const client = { "X-Forwarded-For": "192.0.2.1" };
  t.equal((await ask(whole.port, "/readyz", client)).body.toString(), "GET /readyz");
  t.equal(whole.lines.length, 1, "only the request of a client is logged");
  const idle = connect(whole.port, "127.0.0.1");
  await once(idle, "connect");
  void whole.webserver.drain(60_000);
  const leaving = await ask(whole.port, "/readyz");
  t.equal(leaving.status, 503);
  t.match(JSON.parse(leaving.body.toString()), { status: "fail", draining: true });
});

t.test("without an application server files are still served and pages are 503", async (t) => {
  const root = t.testdir({ "app.css": "body{}" });
  const upstream = await upstreamTo(t, 1);
  const section = { locations: [{ path: "/assets/", root }], servedBy: true };
  const { port, lines } = await start(t, section, upstream);
  t.equal((await ask(port, "/assets/app.css")).status, 200);
  const answer = await ask(port, "/posts");
  t.match(String(answer.status), /^50[23]$/);
  t.match(lines[1], / web app\/.* 50[23] /);
});

t.test("during a drain a late connection gets an answer with Connection: close", async (t) => {
  const root = t.testdir({ "large.bin": "", ...CERTIFICATES });
  truncateSync(join(root, "large.bin"), 50 * 1024 * 1024);
  const tls = tlsSection(root);
  const { port, webserver } = await start(t, { locations: [{ path: "/", root }], tls });
  const options = { host: "127.0.0.1", port, servername: "box1", ca: CERTIFICATES["ca.crt"] };
  const download = connectTls({ ...options, ...pem("box1") });
  download.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(download, "readable");
  const late = connect(port, "127.0.0.1");
  await once(late, "connect");
  // When this request has ended, the webserver has also accepted the earlier connection `late`.
  await ask(port, "/").catch(() => undefined);
  const drained = webserver.drain(10_000);
  const socket = connectTls({ ...options, ...pem("box1"), socket: late });
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  const { status, fields, body } = parse(await buffer(socket));
  t.equal(status, 503);
  t.equal(body.toString(), "draining\n");
  t.equal(fields.get("connection"), "close");
  download.resume();
  await drained;
});

function tlsSection(folder: string) {
  const file = (name: string) => join(folder, name);
  return { ca: file("ca.crt"), cert: file("box1.crt"), key: file("box1.key") };
}

interface Process {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly code: Promise<number | null>;
}

const EXECUTABLE = fileURLToPath(new URL("../bin/tandem-webserver.ts", import.meta.url));

function run(t: Test, ...args: readonly string[]): Process {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE };
  const child = spawn(process.execPath, [EXECUTABLE, ...args], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = once(child, "close").then(([exit]) => exit as number | null);
  t.teardown(() => child.kill("SIGKILL"));
  return { child, output: () => output, code };
}

t.test("a start that fails says why", async (t) => {
  const cluster = { boxes: { box1: {} } };
  const file = (content: object) => JSON.stringify({ site: "test", cluster, ...content });
  const folder = t.testdir({
    "bad.yaml": file({ webserver: { bind: "127.0.0.1:0", locatons: [] } }),
    "none.yaml": file({}),
    "control.yaml": file({
      webserver: {
        bind: "127.0.0.1:0",
        locations: [{ path: "/", root: ".", cacheControl: "a\r\nb: c" }],
      },
    }),
    "unbound.yaml": file({ webserver: {} }),
    "root.yaml": file({
      webserver: { bind: "127.0.0.1:0", locations: [{ path: "/", root: join("no", "where") }] },
    }),
    "spa.yaml": file({
      webserver: {
        bind: "127.0.0.1:0",
        locations: [{ path: "/", root: ".", spa: "/no.html" }],
      },
    }),
  });
  const cases: readonly [string, number, RegExp][] = [
    ["control.yaml", 1, /locations\[0\]\.cacheControl/],
    ["bad.yaml", 2, /locatons/],
    ["none.yaml", 1, /no 'webserver' section/],
    ["root.yaml", 1, /webserver\.locations\[0\]\.root: .*no\/where is no folder/],
    ["spa.yaml", 1, /webserver\.locations\[0\]\.spa: .*\/no\.html is no file; name the/],
  ];
  for (const [name, code, message] of cases) {
    const started = run(t, "--config", join(folder, name), "--box", "box1");
    t.equal(await started.code, code, name);
    t.match(started.output(), message);
  }
  const unbound = run(t, "--config", join(folder, "unbound.yaml"), "--box", "box1");
  t.not(await unbound.code, 0);
  t.match(unbound.output(), /bind/);
  const help = run(t, "--help");
  t.equal(await help.code, 0);
  t.match(help.output(), /Example:/);
});

interface Get {
  readonly client?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request with the certificate of `client`, or without one. */
async function get(port: number, { client, path = "/", headers = {} }: Get) {
  const outgoing = request({
    ...{ host: "127.0.0.1", port, path, headers, servername: "box1", agent: false },
    ...{ ca: CERTIFICATES["ca.crt"], ...(client === undefined ? {} : pem(client)) },
  });
  outgoing.end();
  const [response] = await once(outgoing, "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

t.test("as a process: mutual TLS, forwarding, logs, SIGTERM", async (t) => {
  const app = await application(t);
  const folder = t.testdirName;
  const config = {
    site: "test",
    webserver: {
      tls: tlsSection(folder),
      locations: [{ path: "/assets/", root: join(folder, "static") }],
      upstream: upstreamSection(app.port),
      trustedProxies: ["127.0.0.1"],
      servedBy: true,
    },
    cluster: { boxes: { box1: { webserver: { bind: "127.0.0.1:0" } } } },
    telemetry: { log: { directory: join(folder, "logs"), accessFormat: "json" } },
  };
  const files = { static: { "app.css": "body{}" }, logs: {} };
  t.testdir({ ...CERTIFICATES, ...files, "tandem.yaml": JSON.stringify(config) });
  const file = join(folder, "tandem.yaml");
  const log = (suffix: string) =>
    readFileSync(join(folder, "logs", `webserver-box1${suffix}`), "utf8");
  const { child, code, output } = run(t, "--config", file, "--box", "box1");
  const ready = () => {
    try {
      return /"addresses":\["https:\/\/127\.0\.0\.1:(\d+)"\]/.exec(log(".log"));
    } catch {
      return null;
    }
  };
  await until(`ready; it said: ${output()}`, () => ready() !== null);
  const port = Number(ready()?.[1]);

  await t.rejects(get(port, {}), "a client without a certificate gets no answer");
  await t.rejects(
    get(port, { client: "stranger" }),
    "neither does a client with a certificate of another authority",
  );
  t.equal(
    (await raw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toString("latin1").includes("HTTP"),
    false,
  );

  const headers = {
    "x-request-id": "abc-1",
    "x-forwarded-for": "9.9.9.9",
    "x-forwarded-proto": "https",
  };
  const page = await get(port, { client: "box1", path: "/posts", headers });
  t.equal(page.body, "GET /posts");
  t.equal(page.headers["x-served-by"], `box1/web/${child.pid}, box1/app/7`);
  t.equal(
    app.seen.at(-1)?.["x-forwarded-for"],
    "9.9.9.9, 127.0.0.1",
    "a trusted peer's word stands",
  );
  t.equal(app.seen.at(-1)?.["x-request-id"], "abc-1");
  t.equal((await get(port, { client: "box1", path: "/assets/app.css", headers })).body, "body{}");
  t.equal((await get(port, { client: "box1", path: "/healthz" })).body, "ok\n");

  child.kill("SIGTERM");
  t.equal(await code, 0);
  const lines = log(".access.log")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.match(lines, [
    { backend: "app", server: "box1", status: 200, target: "/posts", id: "abc-1", tls: true },
    { backend: "web", server: "<STATIC>", status: 200, target: "/assets/app.css", id: "abc-1" },
  ]);
  t.match(
    log(".log"),
    /"reason":"client-certificate","client":"127\.0\.0\.1","msg":"connection refused: /,
  );
});
