// The ways in which an upgraded connection may end, over TCP and TLS: its two sides are half-closed in either order, or
// fall silent, or are reset. Outside tunnels, a server that ends its side still ends the whole connection.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { createAuthority, issue } from "@tandem/cluster";
import t from "tap";
import {
  CHECKED_ONCE,
  get,
  givenBalancer,
  type RawClient,
  rawClient,
  statusOf,
  until,
} from "./given.ts";

const HAND = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
const SWITCH =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

/** One connection, as the server sees it. */
interface ServerSide {
  readonly socket: Socket;
  /** All bytes received so far. */
  text: string;
  /** Whether the balancer has ended its side. */
  ended: boolean;
  closed: boolean;
}

interface HalfOpenServer extends AsyncDisposable {
  readonly port: number;
  /** The connections that carried a request other than a health check. */
  readonly sides: ServerSide[];
}

/** Returns a server that allows each side to end separately. `talk` answers the first bytes. */
async function givenServer(
  talk: (socket: Socket) => void = (socket) => void socket.write(SWITCH),
  tls?: TlsOptions,
): Promise<HalfOpenServer> {
  const sockets = new Set<Socket>();
  const sides: ServerSide[] = [];
  const accepted = (socket: Socket): void => {
    const side: ServerSide = { socket, text: "", ended: false, closed: false };
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("end", () => {
      side.ended = true;
    });
    socket.on("close", () => {
      side.closed = true;
      sockets.delete(socket);
    });
    socket.on("data", (chunk) => {
      const first = side.text === "";
      side.text += chunk.toString("latin1");
      if (side.text.startsWith("GET /healthz")) {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      } else if (first) {
        sides.push(side);
        talk(socket);
      }
    });
  };
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen: true }, accepted)
      : createTlsServer({ ...tls, allowHalfOpen: true }, accepted);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sides,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Opens a tunnel through the balancer at `port`. Returns both ends. */
async function openTunnel(
  port: number,
  { sides }: HalfOpenServer,
): Promise<RawClient & { readonly far: ServerSide; readonly closedWhole: () => boolean }> {
  const before = sides.length;
  const client = await rawClient(port);
  let whole = false;
  client.socket.on("close", () => {
    whole = true;
  });
  client.send(HAND);
  await client.received(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n/);
  const far = sides[before];
  if (far === undefined) throw new Error("no server was asked");
  return Object.assign(client, { far, closedWhole: () => whole });
}

/**
 * Sends bytes until the socket is destroyed. When the other side has closed the connection, its
 * kernel answers such bytes with a reset, which destroys the socket.
 */
async function untilDestroyed({ socket }: { readonly socket: Socket }): Promise<void> {
  await until(() => {
    if (!socket.destroyed) socket.write("?");
    return socket.destroyed;
  });
}

const folder = mkdtempSync(join(tmpdir(), "tandem-tunnels-"));
t.teardown(() => rmSync(folder, { recursive: true }));

/** Makes certificates for a server named s1 and for the balancer. */
async function certificates() {
  const now = Date.now();
  const authority = await createAuthority("tunnels", now);
  const pair = (name: string) => issue(authority, { name, names: [name], use: "box" }, now);
  const [server, ours] = [await pair("s1"), await pair("balancer")];
  const paths = { ca: join(folder, "ca"), cert: join(folder, "cert"), key: join(folder, "key") };
  writeFileSync(paths.ca, authority.cert);
  writeFileSync(paths.cert, ours.cert);
  writeFileSync(paths.key, ours.key);
  return { paths, options: { cert: server.cert, key: server.key } };
}
const { paths: internal, options: certificate } = await certificates();

for (const tls of [false, true]) {
  const over = tls ? "over TLS" : "over TCP";
  const behind = tls ? { tls: internal, check: CHECKED_ONCE } : { check: CHECKED_ONCE };
  const given = (talk?: (socket: Socket) => void) =>
    givenServer(talk, tls ? certificate : undefined);

  t.test(`${over}: the server half-closes first, the client can still send`, async (t) => {
    await using server = await given();
    await using balancer = await givenBalancer([server.port], behind);
    using client = await openTunnel(balancer.port, server);
    const { far } = client;
    far.socket.end("last words");
    t.match(await client.closed(), /last words$/, "the last bytes arrive, then the end");
    for (const words of ["still", "here"]) {
      client.send(words);
      await until(() => far.text.endsWith(words));
    }
    t.notOk(far.ended || far.closed || client.closedWhole());
    client.socket.end("bye");
    await until(() => far.closed && client.closedWhole());
    t.match(far.text, /stillherebye$/);
    t.ok(far.ended, "the connection ends normally, without a reset");
    t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* ---- /);
    t.match(balancer.plane.status().backends[0]?.servers[0], { inFlight: 0, idle: 0 });
  });

  t.test(`${over}: the client half-closes first, the server can still send`, async (t) => {
    await using server = await given();
    await using balancer = await givenBalancer([server.port], behind);
    using client = await openTunnel(balancer.port, server);
    const { far } = client;
    client.socket.end("last words");
    await until(() => far.ended);
    t.match(far.text, /last words$/);
    for (const words of ["still", "here"]) {
      far.socket.write(words);
      await client.received(new RegExp(`${words}$`));
    }
    t.notOk(client.socket.readableEnded || far.closed);
    far.socket.end("bye");
    t.match(await client.closed(), /stillherebye$/);
    await until(() => far.closed && client.closedWhole());
    t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* ---- /);
  });

  t.test(`${over}: bytes that are on their way when the last side ends still arrive`, async (t) => {
    await using server = await given();
    await using balancer = await givenBalancer([server.port], behind);
    using client = await openTunnel(balancer.port, server);
    const { far } = client;
    far.socket.end();
    await client.closed();
    far.socket.pause();
    const much = "x".repeat(4_000_000);
    client.socket.end(much);
    await until(() => client.socket.writableLength < much.length); // sending has begun
    far.socket.resume();
    await until(() => far.closed && client.closedWhole());
    t.equal(far.text.length - far.text.indexOf("\r\n\r\n") - 4, much.length);
    t.ok(far.ended);
  });

  t.test(`${over}: a side ends in the same packet as the 101 or the request`, async (t) => {
    await using server = await given((socket) => void socket.end(`${SWITCH}all I say`));
    await using balancer = await givenBalancer([server.port], behind);
    using client = await openTunnel(balancer.port, server);
    t.match(await client.closed(), /all I say$/);
    client.send("heard");
    await until(() => client.far.text.endsWith("heard"));
    using other = await rawClient(balancer.port);
    other.socket.end(`${HAND}all I say`);
    await until(() => server.sides[1]?.ended === true);
    t.match(server.sides[1]?.text, /all I say$/);
    t.match(await other.closed(), /all I say$/);
  });

  t.test(`${over}: without a tunnel, the server's end is the connection's end`, async (t) => {
    const answers = [
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\n\r\nuntil the end",
      "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut short",
      "HTTP/1.1 200 OK\r\nContent-Le",
      "",
    ];
    let answer = "";
    await using server = await given((socket) => void socket.end(answer));
    await using balancer = await givenBalancer([server.port], { ...behind, retries: 0 });
    const statuses: number[] = [];
    for (answer of answers) statuses.push(statusOf(await get(balancer.port)));
    t.same(statuses, [200, 200, 200, 502, 502]);
    await until(() => server.sides.every(({ closed }) => closed));
    t.equal(server.sides.length, answers.length);
    // The connection may be closed at the server before the balancer has counted its end.
    await until(() => balancer.plane.status().backends[0]?.servers[0]?.inFlight === 0);
    t.equal(balancer.plane.status().backends[0]?.servers[0]?.idle, 0);
  });

  t.test(`${over}: a kept connection whose server ends it leaves the pool`, async (t) => {
    const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    await using server = await given((socket) => void socket.write(ok));
    const timeouts = { idle: "1h" }; // long, so that the pool does not close the connection because it is idle
    await using balancer = await givenBalancer([server.port], { ...behind, timeouts });
    const idle = () => balancer.plane.status().backends[0]?.servers[0]?.idle;
    t.equal(statusOf(await get(balancer.port)), 200);
    await until(() => idle() === 1);
    server.sides[0]?.socket.end();
    await until(() => server.sides[0]?.closed === true);
    t.ok(server.sides[0]?.ended, "the balancer ended its side normally");
    await until(() => idle() === 0);
    t.equal(statusOf(await get(balancer.port)), 200);
    t.equal(server.sides.length, 2);
  });
}

t.test("after the server has half-closed, `serverFin` without traffic ends it: sD", async (t) => {
  await using server = await givenServer();
  await using balancer = await givenBalancer(
    [server.port],
    { check: CHECKED_ONCE, timeouts: { serverFin: "4s" } },
    { timeouts: { tunnel: "600ms", clientFin: "1h" } },
  );
  using client = await openTunnel(balancer.port, server);
  client.far.socket.end();
  await client.closed();
  const since = performance.now();
  await sleep(700); // longer than the timeout that is tested
  client.send("traffic");
  await until(() => client.far.ended);
  t.match(client.far.text, /traffic$/);
  t.ok(
    performance.now() - since >= 4_690,
    "the time counts from the last traffic, and `tunnel` does not apply any more",
  );
  await untilDestroyed(client);
  const [line] = await balancer.log(1);
  t.match(line, / web\/s1 .* 101 .* sD-- /);
  t.match(line, /s1: half-closed, then no traffic for 4000 ms/);
  t.match(balancer.plane.status().backends[0]?.servers[0], { inFlight: 0, serverAborts: 1 });
});

t.test(
  "a client that pauses gets the rest of what its server sent before `serverFin`",
  async (t) => {
    const bytes = 1_000_000; // the kernel keeps them for a client that does not read
    await using server = await givenServer();
    await using balancer = await givenBalancer(
      [server.port],
      { check: CHECKED_ONCE, timeouts: { serverFin: "200ms" } },
      { timeouts: { clientFin: "1h" } },
    );
    using client = await openTunnel(balancer.port, server);
    let [received, failure] = [0, ""];
    client.socket.on("data", (chunk) => {
      received += chunk.length;
    });
    client.socket.once("data", () => void client.socket.pause());
    client.socket.on("error", ({ message }) => {
      failure = message;
    });
    client.far.socket.end(Buffer.alloc(bytes));
    t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* sD-- /);
    t.ok(received < bytes, "the rest waits in the kernel");
    client.socket.resume();
    await client.closed();
    t.same([received, failure], [bytes, ""]);
  },
);

t.test("after the client has half-closed, `clientFin` without traffic ends it: cD", async (t) => {
  await using server = await givenServer();
  await using balancer = await givenBalancer(
    [server.port],
    { check: CHECKED_ONCE, timeouts: { serverFin: "1h" } },
    { timeouts: { clientFin: "300ms" } },
  );
  using client = await openTunnel(balancer.port, server);
  client.socket.end();
  await until(() => client.far.ended);
  await client.closed();
  await untilDestroyed(client.far);
  t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* cD-- /);
});

t.test("a tunnel without traffic ends after `tunnel`, with cD in the log", async (t) => {
  await using server = await givenServer();
  await using balancer = await givenBalancer(
    [server.port],
    { check: CHECKED_ONCE },
    { timeouts: { tunnel: "300ms" } },
  );
  using client = await openTunnel(balancer.port, server);
  await client.closed();
  await untilDestroyed(client);
  await untilDestroyed(client.far);
  t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* cD-- /);
});

t.test("a reset of either side destroys both, in every state of the tunnel", async (t) => {
  await using server = await givenServer();
  await using balancer = await givenBalancer([server.port], { check: CHECKED_ONCE });
  const states: Readonly<Record<string, (client: RawClient, far: ServerSide) => Promise<unknown>>> =
    {
      open: async () => undefined,
      "server half-closed": (client, far) => {
        far.socket.end();
        return client.closed();
      },
      "client half-closed": (client, far) => {
        client.socket.end();
        return until(() => far.ended);
      },
    };
  const endings: string[] = [];
  for (const [state, reach] of Object.entries(states))
    for (const by of ["client", "server"] as const) {
      using client = await openTunnel(balancer.port, server);
      const { far } = client;
      await reach(client, far);
      if (by === "client") client.socket.resetAndDestroy();
      else {
        far.socket.resetAndDestroy();
      }
      await untilDestroyed(client);
      await untilDestroyed(far);
      const lines = await balancer.log(endings.length + 1);
      endings.push(`${state}, ${by}: ${/ 101 \d+ - - (\S+)/.exec(lines.at(-1) ?? "")?.[1]}`);
    }
  t.same(endings, [
    "open, client: ----",
    "open, server: SD--",
    "server half-closed, client: ----",
    "server half-closed, server: SD--",
    "client half-closed, client: ----",
    "client half-closed, server: SD--",
  ]);
  t.match(balancer.plane.status().backends[0]?.servers[0], { inFlight: 0, idle: 0 });
});

t.test("when the balancer is stopped, both sides are closed and K is logged", async (t) => {
  await using server = await givenServer();
  await using balancer = await givenBalancer([server.port], { check: CHECKED_ONCE });
  using client = await openTunnel(balancer.port, server);
  await balancer.plane.drain(50);
  await balancer.plane.stop();
  await untilDestroyed(client);
  await untilDestroyed(client.far);
  t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* KD-- /);
});
