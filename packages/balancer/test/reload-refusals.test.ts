// The ways in which a reload can fail. A failed reload changes nothing, and its report says what is wrong and in which
// setting. Also tests the other files that a reload reads besides the configuration.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { createAuthority, issue } from "@tandem/cluster";
import t from "tap";
import { get, givenOrigin, statusOf, until } from "./given.ts";
import { type Backend, freePort, givenReloadable, section } from "./given-reloadable.ts";

t.test("an invalid file changes nothing, and the report says where the fault is", async (t) => {
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

t.test("an address in use is refused, and other new listeners are closed again", async (t) => {
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
    words: [/cannot listen on 127\.0\.0\.1:\d+: process \d+ .*listens there already/],
  });
  t.equal(statusOf(await get(port)), 200, "the old listener still serves");
  await t.rejects(
    once(connectTcp(free, "127.0.0.1"), "connect"),
    "the new listener is closed again",
  );
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
  await t.rejects(
    once(connectTcp(free, "127.0.0.1"), "connect"),
    "the removed listener accepts no more connections",
  );
  t.equal(balancer.plane.ports.front, port, "the listener that stayed was never closed");
});

t.test("certificates are read again; if one is missing, nothing changes", async (t) => {
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
  const again = await balancer.reload(first);
  t.match(again, {
    ok: true,
    words: [/certificates\[0\]: .*site\.crt is a new certificate, until /],
  });
  t.same([await shown("x"), await shown()], ["new.example", "new.example"]);
  t.match(await balancer.reload(first), { ok: true, words: [/^nothing has changed, neither/] });
  copyFileSync(pair.key, `${pair.key}.away`);
  rmSync(pair.key);
  const outcome = await balancer.reload(first);
  t.match(outcome, { ok: false, words: [/tls\.certificates\[0\]\.key: cannot read .*site\.key/] });
  t.equal(await shown("x"), "new.example");
  kept.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const [answer] = await once(kept, "data");
  t.match(String(answer), /200 OK/, "a connection that was open before still works");
  kept.destroy();
});

t.test("a reload that is given up while an algorithm loads leaves nothing open", async (t) => {
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

t.test("the executable: SIGHUP reloads, and the supervisor gets the outcome", async (t) => {
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
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [executable, "--config", file], {
    env: { PATH, HOME: folder, NODE_COMPILE_CACHE },
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

t.test("certificates for servers are read again; if one is missing, nothing changes", async (t) => {
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
  const inner = section({ s1: port }, { tls: paths });
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
});

t.test("a change that needs a restart is reported and not made", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  await using balancer = await givenReloadable(section({ s1: origin.port }));
  const outcome = await balancer.reload(section({ s1: origin.port }, {}, { threads: 3 }));
  t.match(outcome, {
    ok: true,
    words: ["threads: 1 → 3", "balancer.threads needs a restart: 1 data threads stay until then"],
  });
  t.equal(balancer.plane.status().threads.count, 1);
});
