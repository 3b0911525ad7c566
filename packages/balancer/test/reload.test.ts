// A reload under load: servers that stay are not affected, removed servers may finish their requests, and new servers
// are checked before they get requests.

import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { Agent, request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import {
  CHECKED_OFTEN,
  CHECKED_ONCE,
  get,
  givenOrigin,
  rawClient,
  statusOf,
  until,
} from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";
import { givenHolding } from "./given-holding.ts";
import {
  type Backend,
  freePort,
  givenCrowd,
  givenReloadable,
  type Section,
  section,
} from "./given-reloadable.ts";

const FIRST = { balance: { algorithm: "first" } } as const;

t.test(
  "200 requests in flight over nine reloads on two threads: none fails, all servers serve",
  async (t) => {
    const slow = (_: unknown, response: { end(text: string): void }) =>
      void setTimeout(() => response.end("ok"), 5);
    await using a = await givenOrigin(slow);
    await using b = await givenOrigin(slow);
    await using c = await givenOrigin(slow);
    const bind = `127.0.0.1:${await freePort()}`;
    const frontends = { front: { bind, routes: [{ backend: "web" }] } };
    // The servers and the clients run in this process and keep it busy, so checks get long timeouts.
    const check = { interval: "5s", timeout: "5s", fall: 10 } as const;
    const at = (ports: Readonly<Record<string, number>>, backend: Partial<Backend> = {}) =>
      section(ports, { check, ...backend }, { threads: 2, frontends });
    const two = { a: a.port, b: b.port };
    const three = { ...two, c: c.port };
    await using balancer = await givenReloadable(
      at(two, { balance: { algorithm: "round-robin" } }),
    );
    const crowd = givenCrowd(Number(bind.split(":")[1]), 200);
    const steps: readonly Section[] = [
      at(two, { balance: { algorithm: "least-conn" } }),
      at(three, { balance: { algorithm: "least-conn" } }),
      at(three, { balance: { algorithm: "round-robin" } }),
      at({ b: b.port, c: c.port }),
      at({ a: c.port, b: b.port }), // a name that existed before, with another address
      at(two, { maxIdle: 1, timeouts: { idle: "1s" } }),
      at(two, { queue: { limit: 5000, timeout: "1m" }, servers: limited(two, 20) }),
      at(three, {
        servers: { ...limited(three, 0), a: { address: `127.0.0.1:${a.port}`, weight: 9 } },
      }),
      at(two),
    ];
    for (const step of steps) {
      const before = crowd.answered;
      t.ok(crowd.inFlight >= 199, "the requests are in flight when the reload begins");
      t.same((await balancer.reload(step)).ok, true);
      await until(() => crowd.answered > before + 300);
    }
    await crowd.leave();
    t.same(crowd.failures, []);
    for (const origin of [a, b, c]) t.ok(origin.requests.length > 100);
    const web = () => balancer.plane.status().backends[0];
    const idle = () => web()?.servers.every(({ inFlight }) => inFlight === 0);
    await until(() => idle() === true && (web()?.requests ?? 0) >= crowd.answered);
    t.equal(web()?.requests, crowd.answered, "the backend's counters are kept over all reloads");
  },
);

function limited(ports: Readonly<Record<string, number>>, maxConnections: number) {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => {
      return [name, { address: `127.0.0.1:${port}`, maxConnections }];
    }),
  );
}

t.test(
  "tunnels and slow answers survive on servers that stay, and get `drain` on removed ones",
  async (t) => {
    const upgrade = (origin: { server: import("node:http").Server }) =>
      origin.server.on("upgrade", (_, socket) => {
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        );
        socket.on("data", (chunk: Buffer) => socket.write(chunk));
        socket.on("error", () => undefined);
        tunnels.defer(() => socket.destroy());
      });
    const held: (() => void)[] = [];
    await using stays = await givenOrigin(
      (_, response) => void held.push(() => response.end("slow")),
    );
    await using leaves = await givenOrigin(
      (_, response) => void held.push(() => response.end("slow")),
    );
    using tunnels = new DisposableStack(); // disposed of before the origins, because an origin waits until its sockets are closed
    for (const origin of [stays, leaves]) upgrade(origin);
    const both = { stays: stays.port, leaves: leaves.port };
    const rest = { drain: "3s" } as const;
    await using balancer = await givenReloadable(
      section(both, { balance: { algorithm: "round-robin" } }, rest),
    );
    const port = balancer.plane.ports.front ?? 0;
    const hand = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    using one = await rawClient(port);
    using two = await rawClient(port);
    using slow = await rawClient(port);
    for (const client of [one, two]) {
      client.send(hand);
      await client.received(/101 Switching[\s\S]*\r\n\r\n$/);
    }
    slow.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => held.length === 1);
    t.ok((await balancer.reload(section({ stays: stays.port }, {}, rest))).ok);
    for (const [index, client] of [one, two].entries()) {
      client.send(`before ${index}`);
      await client.received(new RegExp(`before ${index}`));
    }
    held[0]?.();
    await slow.received(/200 OK[\s\S]*slow$/);
    const left = () => [one, two].filter(({ socket }) => !socket.readableEnded);
    await until(() => left().length < 2);
    const open = left();
    t.equal(open.length, 1, "the tunnel to the removed server ended with the drain");
    open[0]?.send("after");
    await open[0]?.received(/after/);
    t.equal(stays.requests.length + leaves.requests.length, 1);
  },
);

t.test("a new server gets nothing before its first check has passed", async (t) => {
  await using first = await givenOrigin((_, response) => response.end("first"));
  const dead = await freePort();
  const check = CHECKED_OFTEN;
  await using balancer = await givenReloadable(section({ s1: first.port }, { check }));
  const port = balancer.plane.ports.front ?? 0;
  t.ok((await balancer.reload(section({ s1: first.port, s2: dead }, { check }))).ok);
  for (let i = 0; i < 6; i++) t.match(await get(port), /first$/);
  const [s1, s2] = balancer.plane.status().backends[0]?.servers ?? [];
  t.match(s1, { state: "up", retries: 0 });
  t.match(s2, { state: "down", connects: 0 });
  await using late = await givenOrigin((_, response) => response.end("late"), dead);
  await until(async () => (await get(port)).endsWith("late"));
  t.ok(late.requests.length > 0);
});

t.test("health and counters of servers that stay are kept, whatever else changes", async (t) => {
  await using ok = await givenOrigin((_, response) => response.end("ok"));
  const dead = await freePort();
  await using balancer = await givenReloadable(section({ ok: ok.port, dead }));
  const port = balancer.plane.ports.front ?? 0;
  for (let i = 0; i < 3; i++) await get(port);
  const before = balancer.plane.status().backends[0]?.servers;
  t.match(before, [{ requests: 3 }, { state: "down" }]);
  await balancer.reload(
    section(
      { ok: ok.port, dead },
      { check: { ...CHECKED_ONCE, interval: "2h" }, balance: { algorithm: "least-conn" } },
    ),
  );
  const after = balancer.plane.status().backends[0];
  t.equal(after?.algorithm, "least-conn");
  t.match(after?.servers, [
    { requests: 3, state: "up", connects: before?.[0]?.connects },
    { state: "down", check: { status: "L4CON" } },
  ]);
  await get(port);
  t.equal(ok.requests.length, 4);
  const [kept] = balancer.plane.status().backends[0]?.servers ?? [];
  t.same(
    [kept?.connects, kept?.reuses],
    [1, 3],
    "the connection of before the reload is used again",
  );
  t.match(balancer.plane.status().backends[0]?.servers[0], { requests: 4 });
});

t.test("a reload during a reload: the last file is in force, each caller is told", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  // A new server that does not answer its first check delays the reload by the check's timeout, 80 ms.
  const mute = createServer().listen(0, "127.0.0.1");
  await once(mute, "listening");
  t.teardown(() => mute.close());
  const mutePort = (mute.address() as { port: number }).port;
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  await balancer.write(section({ s1: origin.port, mute: mutePort }, { check: CHECKED_OFTEN }));
  const first = balancer.plane.reload();
  await balancer.write(section({ s1: origin.port }, { balance: { algorithm: "least-conn" } }));
  const later = await Promise.all([balancer.plane.reload(), balancer.plane.reload(), first]);
  t.same(
    later.map(({ ok }) => ok),
    [true, true, true],
  );
  const [web] = balancer.plane.status().backends;
  t.match(web, { algorithm: "least-conn", servers: [{ name: "s1" }] });
  t.equal(web?.servers.length, 1);
});

t.test("a reload during a drain is refused; a drain during a reload takes effect", async (t) => {
  await using origin = await givenOrigin(() => undefined);
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  using client = await rawClient(balancer.plane.ports.front ?? 0);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => origin.requests.length === 1);
  const during = balancer.reload(
    section({ s1: origin.port }, { balance: { algorithm: "least-conn" } }),
  );
  const drained = balancer.plane.drain(200);
  t.match(await balancer.plane.reload(), { ok: false, words: ["the balancer is draining"] });
  await drained;
  t.type((await during).ok, "boolean", "the reload ends, with either outcome");
});

t.test("a thread that dies during a reload comes back with the new configuration", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const bind = `127.0.0.1:${await freePort()}`;
  const rest = { threads: 2, frontends: { front: { bind, routes: [{ backend: "web" }] } } };
  await using balancer = await givenReloadable(section({ s1: origin.port }, {}, rest));
  const killed = balancer.plane.killThread(0);
  const outcome = await balancer.reload(
    section(
      { s1: origin.port },
      {},
      {
        ...rest,
        frontends: { front: { bind, routes: [{ match: { path: "/only" }, backend: "web" }] } },
      },
    ),
  );
  await killed;
  t.ok(outcome.ok);
  await until(() => balancer.plane.status().threads.deaths === 1);
  const port = Number(bind.split(":")[1]);
  await until(async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => get(port, "/other").catch(() => "")),
    );
    return answers.every((answer) => statusOf(answer) === 404);
  });
  t.equal(statusOf(await get(port, "/only")), 200);
});

t.test("a server that is removed and comes back still counts its requests in flight", async (t) => {
  await using s1 = await givenHolding("s1");
  await using s2 = await givenHolding("s2");
  const rest = { balance: { algorithm: "first" } } as const;
  const limited = (weight: number): Section => {
    const server = { address: `127.0.0.1:${s1.port}`, maxConnections: 1, weight };
    const servers = { s1: server, s2: { address: `127.0.0.1:${s2.port}` } };
    return section({}, { ...rest, servers });
  };
  const without = section({ s2: s2.port }, rest);
  const backendless: Section = {
    ...section({}, rest),
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "other" }] } },
    backends: { other: { servers: { s2: { address: `127.0.0.1:${s2.port}` } } } },
  };
  for (const [how, out] of Object.entries({
    "the server": without,
    "its backend": backendless,
  })) {
    await using balancer = await givenReloadable(limited(1));
    const port = () => balancer.plane.ports.front ?? 0;
    const held = get(port(), "/hold");
    await until(() => s1.held.length === 1);
    t.ok((await balancer.reload(out)).ok);
    t.match(await get(port()), /s2$/);
    t.ok((await balancer.reload(out)).ok, "a second reload without the server");
    t.ok((await balancer.reload(limited(7))).ok);
    const now = () => balancer.plane.status().backends[0]?.servers[0];
    t.match(now(), { name: "s1", state: "up", inFlight: 1, userWeight: 7 }, how);
    t.match(await get(port()), /s2$/, "s1 is still full");
    s1.release();
    t.match(await held, /s1$/);
    await until(() => now()?.inFlight === 0);
    t.match(await get(port()), /s1$/);
  }
});

t.test(
  "requests that a server gets while the reload that removes it is prepared count too",
  async (t) => {
    await using s1 = await givenHolding("s1");
    await using s2 = await givenHolding("s2");
    const checks: ServerResponse[] = [];
    const slow = createHttpServer((_, response) => void checks.push(response));
    slow.listen(0, "127.0.0.1");
    await once(slow, "listening");
    const s3 = (slow.address() as AddressInfo).port;
    const with1 = section({}, { servers: limited({ s1: s1.port, s2: s2.port }, 1), ...FIRST });
    await using balancer = await givenReloadable(with1);
    const port = () => balancer.plane.ports.front ?? 0;
    const out = balancer.reload(section({ s2: s2.port, s3 }, FIRST));
    await until(() => checks.length === 1); // the reload waits for this check
    const held = get(port(), "/hold");
    await until(() => s1.held.length === 1);
    for (const check of checks) check.end();
    t.ok((await out).ok);
    t.ok((await balancer.reload(with1)).ok);
    t.match(balancer.plane.status().backends[0]?.servers[0], { name: "s1", inFlight: 1 });
    t.match(await get(port()), /s2$/, "s1 is still full");
    s1.release();
    t.match(await held, /s1$/);
    slow.close();
    slow.closeAllConnections();
  },
);

t.test("a reload that adds or removes HSTS affects open connections too", async (t) => {
  await using certificates = await givenCertificates();
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const at = (hsts: { maxAge?: string } | undefined): Section => {
    const tls = { certificates: [certificates.site], ...(hsts && { hsts }) };
    const front = { bind: "127.0.0.1:0", routes: [{ backend: "web" }], tls };
    return section({ s1: origin.port }, {}, { frontends: { front } });
  };
  await using balancer = await givenReloadable(at(undefined));
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: certificates.authority });
  const servername = "www.foobar.com";
  const said = async () => {
    const asked = request({ port: balancer.plane.ports.front, agent, servername }).end();
    const [answer]: IncomingMessage[] = await once(asked, "response");
    if (answer !== undefined) await text(answer);
    return [asked.reusedSocket, answer?.headers["strict-transport-security"]];
  };
  t.strictSame(await said(), [false, undefined]);
  t.ok((await balancer.reload(at({ maxAge: "1h" }))).ok);
  t.strictSame(await said(), [true, "max-age=3600"]);
  t.ok((await balancer.reload(at(undefined))).ok);
  t.strictSame(await said(), [true, undefined]);
  agent.destroy();
});
