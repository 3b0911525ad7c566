// A reload under load, and every way in which it can fail: nothing is lost, nothing is half done.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { createAuthority, issue } from "@tandem/cluster";
import type { ConfigInput } from "@tandem/config";
import t from "tap";
import { get, givenOrigin, rawClient, statusOf, until } from "./given.ts";
import { givenCrowd, givenReloadable } from "./given-reloadable.ts";

type Section = NonNullable<ConfigInput["balancer"]>;
type Backend = Section["backends"][string];

const CHECK = { interval: "100ms", timeout: "80ms", rise: 1, fall: 2 } as const;

/** One frontend on a free port before `ports`, changed as the test likes. */
function section(
  ports: Readonly<Record<string, number>>,
  backend: Partial<Backend> = {},
  rest: Partial<Section> = {},
): Section {
  const servers = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, { address: `127.0.0.1:${port}` }]),
  );
  return {
    threads: 1,
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
    backends: { web: { servers, check: CHECK, ...backend } },
    ...rest,
  };
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}

t.test(
  "200 requests in flight over nine reloads on two threads: none fails, all servers took part",
  async (t) => {
    const slow = (_: unknown, response: { end(text: string): void }) =>
      void setTimeout(() => response.end("ok"), 5);
    await using a = await givenOrigin(slow);
    await using b = await givenOrigin(slow);
    await using c = await givenOrigin(slow);
    const bind = `127.0.0.1:${await freePort()}`;
    const frontends = { front: { bind, routes: [{ backend: "web" }] } };
    // Servers and clients share this process: a check may have to wait.
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
      at({ a: c.port, b: b.port }), // another address under a name that was there
      at(two, { maxIdle: 1, timeouts: { idle: "1s" } }),
      at(two, { queue: { limit: 5000 }, servers: limited(two, 20) }),
      at(three, {
        servers: { ...limited(three, 0), a: { address: `127.0.0.1:${a.port}`, weight: 9 } },
      }),
      at(two),
    ];
    for (const step of steps) {
      const before = crowd.answered;
      t.ok(crowd.inFlight >= 199, "in flight when the reload begins");
      t.same((await balancer.reload(step)).ok, true);
      await until(() => crowd.answered > before + 300);
    }
    await crowd.leave();
    t.same(crowd.failures, []);
    for (const origin of [a, b, c]) t.ok(origin.requests.length > 100);
    const [web] = balancer.plane.status().backends;
    await until(
      () => balancer.plane.status().backends[0]?.servers.every((s) => s.inFlight === 0) === true,
    );
    t.equal(web?.requests, crowd.answered, "the backend's counters went through all reloads");
  },
);

function limited(ports: Readonly<Record<string, number>>, maxConnections: number) {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => {
      return [name, { address: `127.0.0.1:${port}`, maxConnections }];
    }),
  );
}

t.test("a file that is not right changes nothing, and the report says where", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("still"));
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  const before = balancer.plane.status().backends;
  const outcome = await balancer.reload("site: test\nbalancer:\n  threads: many\n");
  t.equal(outcome.ok, false);
  t.match(outcome.words.join("\n"), /tandem\.yaml:3:12 {2}balancer\.threads: found 'many'/);
  const gone = await balancer.reload("site: test\n");
  t.match(gone, { ok: false, words: ["the test's configuration has no balancer"] });
  t.match(await get(balancer.plane.ports.front ?? 0), /still$/);
  t.equal(balancer.plane.status().backends[0]?.name, before[0]?.name);
});

t.test("an address in use is refused, and what was opened beside it is closed again", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => other.close());
  const taken = (other.address() as { port: number }).port;
  const free = await freePort();
  const first = section({ s1: origin.port });
  await using balancer = await givenReloadable(first);
  const port = balancer.plane.ports.front ?? 0;
  const more = (bind: string) => ({ bind, routes: [{ backend: "web" }] });
  const outcome = await balancer.reload({
    ...first,
    frontends: {
      ...first.frontends,
      second: more(`127.0.0.1:${free}`),
      third: more(`127.0.0.1:${taken}`),
    },
  });
  t.match(outcome, {
    ok: false,
    words: [/cannot listen on 127\.0\.0\.1:\d+: another process does/],
  });
  t.equal(statusOf(await get(port)), 200, "the old listener");
  await t.rejects(once(connectTcp(free, "127.0.0.1"), "connect"), "the new one is closed again");
  const admin = await balancer.reload({ ...first, admin: { bind: `127.0.0.1:${taken}` } });
  t.match(admin, { ok: false, words: [/the admin page cannot listen on/] });
  const good = await balancer.reload({
    ...first,
    frontends: { ...first.frontends, second: more(`127.0.0.1:${free}`) },
    admin: { bind: "127.0.0.1:0" },
  });
  t.match(good, { ok: true, words: ["frontends.second added", "admin added"] });
  t.equal(statusOf(await get(free)), 200);
  t.equal(balancer.plane.addresses.length, 3);
  const back = await balancer.reload(first);
  t.match(back, { ok: true });
  await t.rejects(once(connectTcp(free, "127.0.0.1"), "connect"), "removed: it accepts no more");
  t.equal(balancer.plane.ports.front, port, "the listener that stayed was never closed");
});

t.test(
  "tunnels and slow answers on servers that stay survive; those that leave get `drain`",
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
    using tunnels = new DisposableStack(); // before the origins, which wait for their sockets
    for (const origin of [stays, leaves]) upgrade(origin);
    const both = { stays: stays.port, leaves: leaves.port };
    const rest = { drain: "300ms" } as const;
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
    let closed = 0;
    for (const client of [one, two]) client.socket.on("end", () => (closed += 1));
    await until(() => closed === 1);
    const open = [one, two].filter(({ socket }) => !socket.readableEnded);
    t.equal(open.length, 1, "the tunnel to the server that left ended with the drain");
    open[0]?.send("after");
    await open[0]?.received(/after/);
    t.equal(stays.requests.length + leaves.requests.length, 1);
  },
);

t.test("a new server gets nothing before its first check has passed", async (t) => {
  await using first = await givenOrigin((_, response) => response.end("first"));
  const dead = await freePort();
  await using balancer = await givenReloadable(section({ s1: first.port }));
  const port = balancer.plane.ports.front ?? 0;
  t.ok((await balancer.reload(section({ s1: first.port, s2: dead }))).ok);
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
      { check: { ...CHECK, interval: "1h" }, balance: { algorithm: "least-conn" } },
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
  t.same([kept?.connects, kept?.reuses], [1, 3], "over the reload on the connection of before");
  t.match(balancer.plane.status().backends[0]?.servers[0], { requests: 4 });
});

t.test("a reload while one runs: the last file holds, whoever asked hears of it", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  // A server that does not answer its first check holds the reload up for 80 ms.
  const mute = createServer().listen(0, "127.0.0.1");
  await once(mute, "listening");
  t.teardown(() => mute.close());
  const mutePort = (mute.address() as { port: number }).port;
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  await balancer.write(section({ s1: origin.port, mute: mutePort }));
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

t.test("a reload while draining is refused; a drain during a reload wins", async (t) => {
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
  t.type((await during).ok, "boolean", "it has an end, whichever");
});

t.test("a thread that dies while the others reload comes back as they are", async (t) => {
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

t.test("certificates are read again; one that is missing changes nothing", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-reload-tls-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const now = Date.now();
  const authority = await createAuthority("test", now);
  const write = async (name: string): Promise<void> => {
    const pair = await issue(authority, { name, names: [name], use: "site" }, now);
    writeFileSync(join(folder, "site.crt"), pair.cert);
    writeFileSync(join(folder, "site.key"), pair.key);
  };
  await write("old.example");
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const pair = { cert: join(folder, "site.crt"), key: join(folder, "site.key") };
  const first = section(
    { s1: origin.port },
    {},
    {
      frontends: {
        front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }], tls: { certificates: [pair] } },
      },
    },
  );
  await using balancer = await givenReloadable(first);
  const port = balancer.plane.ports.front ?? 0;
  const shown = async (servername?: string): Promise<unknown> => {
    const socket = connectTls({
      port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ...(servername && { servername }),
    });
    await once(socket, "secureConnect");
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN;
  };
  const kept = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(kept, "secureConnect");
  await write("new.example");
  t.same([await shown("x"), await shown()], ["old.example", "old.example"]);
  t.match(await balancer.reload(first), { ok: true });
  t.same([await shown("x"), await shown()], ["new.example", "new.example"]);
  copyFileSync(pair.key, `${pair.key}.away`);
  rmSync(pair.key);
  const outcome = await balancer.reload(first);
  t.match(outcome, { ok: false, words: [/tls\.certificates\[0\]\.key: cannot read .*site\.key/] });
  t.equal(await shown("x"), "new.example");
  kept.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const [answer] = await once(kept, "data");
  t.match(String(answer), /200 OK/, "a connection of before goes on");
  kept.destroy();
});

t.test("a reload called off while an algorithm loads leaves nothing behind", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-reload-slow-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const module = join(folder, "slow.ts");
  writeFileSync(
    module,
    "await new Promise((done) => setTimeout(done, 300));\nexport const createPicker = 1;\n",
  );
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  const during = balancer.reload(
    section({ s1: origin.port }, { balance: { algorithm: "module", module } }),
  );
  const drained = balancer.plane.drain(100);
  t.match(await during, { ok: false });
  await drained;
});

t.test("the executable: SIGHUP reloads, its supervisor hears what became of it", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const folder = mkdtempSync(join(tmpdir(), "tandem-reload-exe-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "tandem.yaml");
  const write = (backend: Partial<Backend>, log: object = {}) => {
    const balancer = section({ s1: origin.port }, backend);
    writeFileSync(file, JSON.stringify({ site: "test", balancer, telemetry: { log } }));
  };
  write({});
  const executable = join(import.meta.dirname, "../bin/tandem-balancer.ts");
  const child = spawn(process.execPath, [executable, "--config", file], {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  const [ready] = (await once(child, "message")) as [{ addresses: readonly string[] }];
  const hangUp = async (): Promise<unknown> => {
    child.kill("SIGHUP");
    return (await once(child, "message"))[0];
  };
  write({ balance: { algorithm: "least-time" } }, { level: "warn" });
  t.same(await hangUp(), {
    type: "reloaded",
    ok: true,
    words: ["backends.web.balance.algorithm: least-conn → least-time"],
    addresses: ready.addresses,
  });
  await until(() => /the 'telemetry' section has changed; that needs a restart/.test(output));
  writeFileSync(file, "site: test\n");
  t.match(await hangUp(), { ok: false, words: [/no 'balancer' section/] });
  rmSync(file);
  t.match(await hangUp(), { ok: false, words: [/tandem\.yaml:1:1 {2}no such file/, /.*/] });
  t.equal(await (await fetch(ready.addresses[0] ?? "")).text(), "ok");
  child.kill("SIGTERM");
  t.same(await once(child, "exit"), [0, null]);
});

t.test(
  "certificates towards the servers are read again; one that is missing changes nothing",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-reload-inner-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const now = Date.now();
    const authority = await createAuthority("test", now);
    const paths = {
      ca: join(folder, "ca.crt"),
      cert: join(folder, "b.crt"),
      key: join(folder, "b.key"),
    };
    writeFileSync(paths.ca, authority.cert);
    const write = async (name: string): Promise<void> => {
      const pair = await issue(authority, { name, names: [name], use: "box" }, now);
      writeFileSync(paths.cert, pair.cert);
      writeFileSync(paths.key, pair.key);
    };
    const own = await issue(authority, { name: "s1", names: ["s1"], use: "box" }, now);
    const peers: string[] = [];
    const server = createHttpsServer(
      { cert: own.cert, key: own.key, ca: authority.cert, requestCert: true },
      (request, response) => {
        const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject;
        if (request.url !== "/healthz") peers.push(String(CN));
        response.end("ok");
      },
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    t.teardown(() => void server.close().closeAllConnections());
    const { port } = server.address() as AddressInfo;
    await write("first");
    const inner = section(
      { s1: port },
      { tls: paths, check: { ...CHECK, interval: "1s", timeout: "1s" } },
    );
    await using balancer = await givenReloadable(inner);
    const front = balancer.plane.ports.front ?? 0;
    t.equal(statusOf(await get(front)), 200);
    await write("second");
    t.equal(statusOf(await get(front)), 200, "not yet");
    t.ok((await balancer.reload(inner)).ok);
    t.equal(statusOf(await get(front)), 200);
    t.same(peers, ["first", "first", "second"]);
    rmSync(paths.cert);
    t.match(await balancer.reload(inner), {
      ok: false,
      words: [/tls\.cert: cannot read .*b\.crt/],
    });
    t.equal(statusOf(await get(front)), 200);
  },
);

t.test("what needs a restart is said, not done", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  const outcome = await balancer.reload(section({ s1: origin.port }, {}, { threads: 3 }));
  t.match(outcome, {
    ok: true,
    words: ["threads: 1 → 3", "balancer.threads needs a restart: 1 data threads stay until then"],
  });
  t.equal(balancer.plane.status().threads.count, 1);
});
