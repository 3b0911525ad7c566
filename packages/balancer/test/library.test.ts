// The balancer inside another program: its options, life cycle, events and servers, as in docs/library.md.
import { spawn } from "node:child_process";
import { once } from "node:events";
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
} from "../src/index.ts";
import { CHECKED_OFTEN, get, givenOrigin, rawClient, statusOf, until } from "./given.ts";
import { givenEmbedded, hello, options } from "./given-embedded.ts";

t.test("wrong options throw at once, with the messages of tandem check", async (t) => {
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
  t.match(
    reason(right, { requets: () => undefined } as never),
    /'requets'; did you mean 'request'/,
  );
  t.match(
    reason(right, { onAnything: () => undefined } as never),
    /expected one of request, route/,
  );
  t.match(reason(right, { response: 5 } as never), /response hook: found number, expected a func/);
  t.match(reason(right, { hookTimeoutMs: 0 }), /expected milliseconds above 0/);
  const literal = { ...right, drain: `\${HOME}` };
  t.match(
    reason(literal),
    /found '\$+\{HOME\}'.* expected a duration/,
    "environment variables are not substituted",
  );
  t.ok(t.throws(() => createBalancer(typo as BalancerOptions)) instanceof ConfigError);
});

t.test("a port in use is an error, and nothing stays open", async (t) => {
  await using origin = await hello();
  await using first = await givenEmbedded(origin.port);
  const { frontends, backends } = options({ app: origin.port });
  const front = { bind: `127.0.0.1:${first.port}`, routes: [{ backend: "app" }] };
  const second = createBalancer({ frontends: { ...frontends, other: front }, backends });
  await t.rejects(second.start(), { message: /listens there already/, code: "EADDRINUSE" });
  t.throws(() => second.port("front"), /await start/);
  await t.rejects(second.start(), /started once/);
  t.equal(statusOf(await get(first.port)), 200, "the first balancer is not disturbed");
  const early = createBalancer(options({ app: origin.port }));
  const starting = early.start();
  await early.close();
  await t.rejects(starting, /closed while it started/);
});

t.test("without hooks requests are forwarded, counted and reported", async (t) => {
  await using origin = await hello();
  await using embedded = await givenEmbedded(origin.port);
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

t.test("two balancers in a row do not mistake each other for a loop", async (t) => {
  await using origin = await hello();
  await using inner = await givenEmbedded(origin.port);
  await using outer = await givenEmbedded(inner.port);
  t.match(await get(outer.port), /hello$/);
});

t.test("event listeners that throw do not affect requests", async (t) => {
  await using origin = await hello();
  await using embedded = await givenEmbedded(origin.port);
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

t.test("a fault without a listener becomes a warning of the process", async (t) => {
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

t.test("an event reports when a server goes down or comes up", async (t) => {
  const origin = await hello();
  await using balancer = await createBalancer(options({ app: origin.port }, CHECKED_OFTEN)).start();
  const down = once(balancer, "serverDown");
  await origin.kill();
  t.match(await down, [{ backend: "app", server: "s1", up: false, check: "L4CON" }]);
  t.equal(balancer.status().health, "down");
  const up = once(balancer, "serverUp");
  await using again = await givenOrigin((_, response) => response.end("hello"), origin.port);
  t.match(await up, [{ backend: "app", server: "s1", up: true }]);
  t.match(await get(balancer.port()), /hello$/);
  t.equal(again.requests.length, 1);
});

t.test("a server can be set to drain, maint and ready, and get another weight", async (t) => {
  await using a = await givenOrigin((_, response) => response.end("a"));
  await using b = await givenOrigin((_, response) => response.end("b"));
  const servers = { a: { address: `127.0.0.1:${a.port}` }, b: { address: `127.0.0.1:${b.port}` } };
  await using balancer: Balancer = await createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { servers, check: CHECKED_OFTEN, balance: { algorithm: "round-robin" } } },
  }).start();
  const served = async (requests: number) => {
    let by = "";
    for (let i = 0; i < requests; i++) by += (await get(balancer.port())).slice(-1);
    return [...by].sort().join("");
  };
  t.equal(await served(4), "aabb");
  balancer.setServer("app", "a", { state: "drain" });
  t.equal(await served(3), "bbb");
  await sleep(900); // two checks pass and do not change the state that `setServer` has set
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
  t.equal(
    balancer.status().backends[0]?.servers[1]?.state,
    "down",
    "after ready the checks decide",
  );
  t.throws(() => balancer.setServer("app", "c", {}), /no server "c". There are: "a", "b"/);
  t.throws(() => balancer.setServer("web", "a", {}), /no backend "web"/);
  t.throws(() => balancer.setServer("app", "a", { weight: 300 }), /from 0 to 256/);
  const odd = { state: "up" } as unknown as { state: "ready" };
  t.throws(() => balancer.setServer("app", "a", odd), /expected "ready"/);
});

t.test("an event reports refused connections", async (t) => {
  await using origin = await hello();
  const { backends } = options({ app: origin.port });
  const [routes, bind] = [[{ backend: "app" }], "127.0.0.1:0"];
  const tls = { certificates: [await selfSigned(t.testdir())] };
  await using balancer = await createBalancer({
    frontends: { front: { bind, maxConnections: 1, routes }, secure: { bind, routes, tls } },
    backends,
  }).start();
  t.match(balancer.url("secure"), /^https:/);
  t.throws(() => balancer.url(), /Which frontend\? There are: "front", "secure"/);
  const failed = once(balancer, "refused");
  using plain = await rawClient(balancer.port("secure"));
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  t.match(await failed, [{ frontend: "secure", client: "127.0.0.1", why: /\w/ }]);
  using first = await rawClient(balancer.port("front"));
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await first.received(/hello/);
  const refused = once(balancer, "refused");
  using second = await rawClient(balancer.port("front"));
  t.match(await refused, [
    { frontend: "front", client: "127.0.0.1", why: /^1 connections are open/ },
  ]);
  await second.closed();
});

t.test("a drain answers running requests, accepts no others, ends at its deadline", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    if (request.url === "/slow") setTimeout(() => response.end("late"), 100);
  });
  await using embedded = await givenEmbedded(origin.port);
  using slow = await rawClient(embedded.port);
  slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  using never = await rawClient(embedded.port);
  never.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => origin.requests.length === 2);
  const startedAt = performance.now();
  const drained = embedded.balancer.drain(3_000);
  await until(() =>
    rawClient(embedded.port).then(
      (late) => {
        late[Symbol.dispose]();
        return false;
      },
      ({ code }) => code === "ECONNREFUSED",
    ),
  );
  t.match(await slow.closed(), /Connection: close[\s\S]*late$/);
  await drained;
  t.ok(performance.now() - startedAt >= 2_995, "the drain waited for the other request");
  await never.closed();
  t.same(embedded.endings.toSorted(), ["GET /never -1 KH--", "GET /slow 200 ----"]);
  await embedded.balancer.drain(); // a second drain after the end has no effect
});

t.test("after close nothing keeps the process alive", async (t) => {
  await using origin = await hello();
  const certificate = await selfSigned(t.testdir());
  // When `close` is called, these are open: a kept connection to a server, a client in its TLS handshake, a request
  // that the server does not answer, a hook that never settles, and a running check.
  const program = `
    import { connect } from "node:net";
    import { once } from "node:events";
    import { createServer } from "node:net";
    import { createBalancer } from ${JSON.stringify(import.meta.resolve("../src/index.ts"))};
    const mute = createServer(() => {}).listen(0, "127.0.0.1");
    await once(mute, "listening");
    mute.unref();
    const routes = [{ match: { path: "/mute" }, backend: "mute" }, { backend: "app" }];
    const tls = { certificates: [${JSON.stringify(certificate)}] };
    const http = { path: "/healthz" };
    const check = { http, interval: "30s", timeout: "30s" };
    const balancer = createBalancer({
      frontends: { plain: { bind: "127.0.0.1:0", routes }, tls: { bind: "127.0.0.1:0", routes, tls } },
      backends: {
        app: { servers: { a: { address: "127.0.0.1:${origin.port}" } } },
        mute: { servers: { m: { address: "127.0.0.1:" + mute.address().port } }, check: { http, interval: "1s", timeout: "200ms" } },
        slow: { servers: { m: { address: "127.0.0.1:" + mute.address().port } }, check: { http, interval: "300ms", timeout: "300ms" } },
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
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { PATH, HOME, NODE_COMPILE_CACHE },
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  t.same(await once(child, "close"), [0, null], output);
  const [, closed, left] = /^hello ([\d.]+)\nleft ([\d.]+)\n$/.exec(output) ?? [];
  t.ok(Number(left) - Number(closed) < 10_000, `the process exited by itself: ${output}`);
});

async function selfSigned(
  folder: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-newkey", "rsa:2048"];
  const openssl = spawn("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert]);
  const [code] = await once(openssl, "exit");
  if (code !== 0) throw new Error(`openssl made no certificate: ${code}`);
  return { cert, key };
}
