// How many TLS handshakes may be under way at once: in all, and from one address.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import type { RefusalReason } from "@tandem/transport";
import t from "tap";
import { until } from "./given.ts";
import { givenReloadable, type Section, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-limits-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const one = selfSigned(folder, "one", "ec", ["a.test"]);
const two = selfSigned(folder, "two", "ec", ["b.test"]);
type Tls = NonNullable<Section["frontends"][string]["tls"]>;

function edge(tls: Tls, acceptProxy = false): Section {
  const front = {
    ...{ bind: "127.0.0.1:0", redirect: { scheme: "https", status: 308 } as const, tls },
    ...(acceptProxy && { acceptProxy: { from: ["127.0.0.1"] } }),
  };
  return section({ s1: 1 }, {}, { frontends: { front } });
}

/** Connects and sends `first`, but never a whole ClientHello. */
async function silent(port: number, first = ""): Promise<Socket> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (first !== "") socket.write(first);
  return socket;
}

/**
 * Keeps `first.length` handshakes under way until `release` is called. The balancer ends each after 5 s, which a busy
 * machine may need for the rest of a test, so a connection that ends is replaced.
 */
async function unfinished(port: number, ...first: readonly string[]) {
  let released = false;
  const open = new Set<Socket>();
  const keep = async (bytes: string): Promise<void> => {
    const socket = await silent(port, bytes);
    if (released) return void socket.destroy();
    open.add(socket);
    socket.on("close", () => {
      open.delete(socket);
      if (!released) void keep(bytes);
    });
  };
  await Promise.all(first.map(keep));
  return {
    release() {
      released = true;
      for (const socket of open) socket.destroy();
    },
  };
}

/** Makes a handshake, behind a PROXY header for `address` if there is one. Resolves to undefined when it is refused. */
async function handshake(port: number, address?: string): Promise<TLSSocket | undefined> {
  const below = connectTcp({ port, host: "127.0.0.1" });
  below.on("error", () => undefined);
  await once(below, "connect");
  if (address !== undefined) below.write(header(address));
  const socket = connect({ socket: below, servername: "a.test", rejectUnauthorized: false });
  socket.on("error", () => undefined); // a refusal may come as two errors, and the second one has no other listener
  try {
    await once(socket, "secureConnect");
    return socket;
  } catch {
    socket.destroy();
    return undefined;
  }
}

function header(address: string): string {
  const family = address.includes(":") ? "6" : "4";
  const local = family === "6" ? "2001:db8::ff" : "198.51.100.7";
  return `PROXY TCP${family} ${address} ${local} 56324 8443\r\n`;
}

for (const certificates of [[one], [one, two]])
  t.test(`at once, with ${certificates.length} certificates`, async (t) => {
    const tls = { certificates, maxHandshakes: 3 };
    await using balancer = await givenReloadable(edge(tls), { level: "info" });
    const { plane } = balancer;
    const port = plane.ports.front ?? 0;
    const refused = (reason: RefusalReason) => plane.status().frontends[0]?.refused[reason] ?? 0;
    const open: TLSSocket[] = [];
    for (let times = 0; times < 5; times++) {
      const socket = await handshake(port);
      if (socket !== undefined) open.push(socket);
    }
    t.equal(open.length, 5, "handshakes that have ended do not count, though they are open");

    const idle = await unfinished(port, "", "", "");
    await until(async () => (await handshake(port)) === undefined);
    const before = refused("too-many-handshakes");
    for (let times = 0; times < 4; times++)
      await until(async () => (await handshake(port)) === undefined);
    await until(() => refused("too-many-handshakes") >= before + 4);
    const lines = await balancer.said("connection refused", 1);
    t.match(
      lines.filter(({ reason }) => reason === "too-many-handshakes"),
      [
        {
          client: "127.0.0.1",
          msg: /3 TLS handshakes are under way already \(tls\.maxHandshakes\)/,
        },
      ],
    );
    t.match(
      await balancer.registry.metrics(),
      /tandem_frontend_refused_connections_total\{proxy="front",reason="too-many-handshakes"\} [1-9]/,
    );

    idle.release();
    await until(async () => {
      const socket = await handshake(port);
      socket?.destroy();
      return socket !== undefined;
    });
    const more = await unfinished(port, "", "", "");
    t.match(await balancer.reload(edge({ certificates, maxHandshakes: 4 })), { ok: true });
    const socket = await handshake(port);
    t.ok(socket, "a reload sets another limit");
    more.release();
    for (const each of [...open, socket]) each?.destroy();
  });

t.test("a client that does not finish gives its place back after 5 s", async (t) => {
  const tls = { certificates: [one, two], maxHandshakes: 1 };
  await using balancer = await givenReloadable(edge(tls));
  const port = balancer.plane.ports.front ?? 0;
  const idle = await silent(port, "\x16\x03\x01");
  await once(idle, "close");
  // The balancer may notice the end a moment after the client, so the test waits.
  await until(async () => {
    const socket = await handshake(port);
    socket?.destroy();
    return socket !== undefined;
  });
  await until(() => balancer.plane.status().frontends[0]?.refused.timeout === 1);
  t.equal(balancer.plane.status().threads.deaths, 0);
});

t.test("from one address, as a PROXY header names it; IPv6 by its network", async (t) => {
  const tls = { certificates: [one], maxHandshakesPerAddress: 2 };
  await using balancer = await givenReloadable(edge(tls, true));
  const port = balancer.plane.ports.front ?? 0;
  const works = async (address: string): Promise<boolean> => {
    const socket = await handshake(port, address);
    socket?.destroy();
    return socket !== undefined;
  };
  const addresses = ["192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::2:0:0:9"];
  const idle = await unfinished(port, ...addresses.map(header));
  for (const full of ["192.0.2.1", "2001:db8::3"])
    for (let times = 0; times < 2; times++) await until(async () => !(await works(full)));
  for (const other of ["192.0.2.2", "2001:db8:0:1::1"]) t.equal(await works(other), true, other);
  const refused = () => balancer.plane.status().frontends[0]?.refused["too-many-of-address"] ?? 0;
  await until(() => refused() >= 4);
  idle.release();
  for (const free of ["192.0.2.1", "2001:db8::3"]) await until(() => works(free));
});
