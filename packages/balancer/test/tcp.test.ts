// Tests TCP mode: bytes both ways, servers that speak first, limits, the queue, retries, every way in which a connection
// ends with its line in the log, and the counters.
import { once } from "node:events";
import { connect } from "node:net";
import t from "tap";
import { statusPage } from "../src/admin/status-page.ts";
import { until } from "./given.ts";
import { givenTcpBalancer, givenTcpServer, logged, tcpClient } from "./given-tcp.ts";

t.test("bytes go both ways, and each connection gets a server of its own", async (t) => {
  await using one = await givenTcpServer(({ socket }) => void socket.write("one "), true);
  await using two = await givenTcpServer(({ socket }) => void socket.write("two "), true);
  await using balancer = await givenTcpBalancer([one.port, two.port], {
    balance: { algorithm: "round-robin" },
  });
  using a = await tcpClient(balancer.port);
  using b = await tcpClient(balancer.port);
  const greetings = [await a.received(/one |two /), await b.received(/one |two /)];
  t.same(greetings.sort(), ["one ", "two "], "the server speaks first");
  a.socket.end("hello");
  const server = await (a.seen.text === "one " ? one : two).at(0);
  await until(() => server.seen.ended);
  t.equal(server.seen.text, "hello", "the client has half-closed");
  server.socket.end("bye");
  await until(() => a.seen.closed);
  t.match(a.seen.text, /bye$/);
  const [line = ""] = await balancer.log(1);
  const { times, rest, ...words } = logged(line);
  t.match(words, {
    client: /^127\.0\.0\.1:\d+$/,
    frontend: "front",
    backend: "web",
    server: /^s[12]$/,
    bytes: "7",
    termination: "--",
    queues: "0/0",
    counts: "1/1/1/0/0",
  });
  t.match(times, /^\d+\/\d+\/\d+$/);
  t.equal(rest, "");
  b.socket.destroy();
});

t.test(
  "the counters of frontend, backend and server move while a connection is open",
  async (t) => {
    await using server = await givenTcpServer(({ socket }) => void socket.write("welcome"));
    await using balancer = await givenTcpBalancer([server.port]);
    using client = await tcpClient(balancer.port);
    await client.received(/welcome/);
    client.socket.write("hey");
    await until(() => server.sides[0]?.seen.text === "hey");
    const status = balancer.plane.status();
    for (const counts of [status.frontends[0], status.backends[0], status.backends[0]?.servers[0]])
      t.match(counts, { sessions: 1, current: 1, bytesIn: 3, bytesOut: 7 });
    t.match(status.backends[0]?.servers[0], { inFlight: 1, connects: 1, loadBalanced: 1 });
    t.match([status.frontends[0]?.mode, status.backends[0]?.mode], ["tcp", "tcp"]);
    t.match(statusPage(status), /127\.0\.0\.1:\d+, TCP<.*least-conn, TCP, 0 in the queue/s);
    client.socket.destroy();
    await balancer.log(1);
    const after = balancer.plane.status();
    t.match(after.frontends[0], { sessions: 1, current: 0 });
    t.match(after.backends[0]?.servers[0], { inFlight: 0, current: 0 });
  },
);

/** Starts a balancer whose one server takes one connection; the others wait in the queue. */
function oneAtATime(port: number, queue: { readonly limit?: number; readonly timeout: string }) {
  const servers = { s1: { address: `127.0.0.1:${port}`, maxConnections: 1 } };
  return givenTcpBalancer([port], { servers, queue });
}

t.test("what a client sends before its server is connected arrives whole and once", async (t) => {
  await using server = await givenTcpServer();
  await using balancer = await oneAtATime(server.port, { timeout: "1m" });
  using holder = await tcpClient(balancer.port);
  await server.at(0);
  using waiting = await tcpClient(balancer.port);
  const much = "0123456789abcdef".repeat(20_000);
  waiting.socket.end(much);
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  holder.socket.destroy();
  const second = await server.at(1);
  await until(() => second.seen.ended);
  t.ok(second.seen.text === much, "the whole text, and its end");
  second.socket.end();
  const lines = await balancer.log(2);
  t.match(logged(lines[1] ?? ""), { termination: "--", queues: "0/1" });
});

t.test("a full queue and a wait that is too long close the connection", async (t) => {
  await using server = await givenTcpServer();
  await using balancer = await oneAtATime(server.port, { limit: 1, timeout: "300ms" });
  using holder = await tcpClient(balancer.port);
  await server.at(0);
  using waiting = await tcpClient(balancer.port);
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  using refused = await tcpClient(balancer.port);
  await until(() => refused.seen.ended || refused.seen.closed);
  await until(() => waiting.seen.ended || waiting.seen.closed);
  const [first = "", second = ""] = await balancer.log(2);
  t.match(logged(first), { termination: "PQ", server: "<NOSRV>", bytes: "0" });
  t.match(logged(second), { termination: "sQ", server: "<NOSRV>", times: /^-1\/-1\/\d+$/ });
  t.equal(server.sides.length, 1);
  holder.socket.destroy();
});

t.test("a client that leaves the queue makes room there", async (t) => {
  await using server = await givenTcpServer();
  await using balancer = await oneAtATime(server.port, { timeout: "1m" });
  using holder = await tcpClient(balancer.port);
  await server.at(0);
  using waiting = await tcpClient(balancer.port);
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  waiting.socket.resetAndDestroy();
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { termination: "CQ", server: "<NOSRV>" });
  t.match(balancer.plane.status().backends[0], { queued: 0, current: 1, clientAborts: 1 });
  holder.socket.destroy();
});

t.test("a server that refuses is replaced by another, before the first byte", async (t) => {
  const gone = await givenTcpServer();
  await gone[Symbol.asyncDispose]();
  await using server = await givenTcpServer(({ socket }) => void socket.write("here"));
  await using balancer = await givenTcpBalancer([gone.port, server.port], {
    balance: { algorithm: "first" },
  });
  using client = await tcpClient(balancer.port);
  client.socket.write("early");
  await client.received(/here/);
  await until(() => server.sides[0]?.seen.text === "early");
  client.socket.destroy();
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { server: "s2", counts: /\+1$/ });
  t.match(balancer.plane.status().backends[0]?.servers[0], { connectErrors: 1, retries: 1 });
});

t.test("when no server accepts, the connection is closed and the log says why", async (t) => {
  const gone = await givenTcpServer();
  await gone[Symbol.asyncDispose]();
  await using balancer = await givenTcpBalancer([gone.port]);
  using client = await tcpClient(balancer.port);
  await until(() => client.seen.ended || client.seen.closed);
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { termination: "SC", server: "s1", bytes: "0", rest: /ECONNREFUSED/ });
});

for (const who of ["client", "server"] as const)
  t.test(`a reset of the ${who} is passed on as a reset`, async (t) => {
    await using server = await givenTcpServer();
    await using balancer = await givenTcpBalancer([server.port]);
    using client = await tcpClient(balancer.port);
    const far = await server.at(0);
    client.socket.write("x");
    await until(() => far.seen.text === "x");
    const [one, other] = who === "client" ? [client, far] : [far, client];
    one.socket.resetAndDestroy();
    await until(() => other.seen.closed);
    t.equal(other.seen.error, "ECONNRESET");
    const [line = ""] = await balancer.log(1);
    const letter = who === "client" ? "CD" : "SD";
    t.match(logged(line), { termination: letter, rest: /reset the connection/ });
    const aborts = who === "client" ? { clientAborts: 1 } : { serverAborts: 1 };
    t.match(balancer.plane.status().backends[0], aborts);
  });

for (const [name, timeouts, server, begin, expected] of [
  ["tunnel", { tunnel: "200ms" }, {}, "", "cD"],
  ["client", { tunnel: "0ms", client: "200ms" }, { server: "1m" }, "", "cD"],
  ["server", { tunnel: "0ms", client: "1m" }, { server: "200ms" }, "", "sD"],
  ["clientFin", { clientFin: "200ms" }, {}, "client", "cD"],
  ["serverFin", {}, { serverFin: "200ms" }, "server", "sD"],
] as const)
  t.test(`the timeout ${name} ends a connection without traffic as ${expected}`, async (t) => {
    await using origin = await givenTcpServer(({ socket }) => void socket.write("hi"), true);
    await using balancer = await givenTcpBalancer(
      [origin.port],
      { timeouts: server },
      { timeouts },
    );
    using client = await tcpClient(balancer.port);
    await client.received(/hi/);
    const far = await origin.at(0);
    if (begin === "client") client.socket.end();
    if (begin === "server") far.socket.end();
    const [line = ""] = await balancer.log(1);
    t.match(logged(line), { termination: expected, rest: /no traffic/ });
    await until(() => client.seen.closed || client.seen.ended);
    await until(() => far.seen.closed || far.seen.ended);
  });

t.test(
  "a server that has sent everything and closed: a client that pauses gets the rest",
  async (t) => {
    await using origin = await givenTcpServer(
      ({ socket }) => void socket.end(Buffer.alloc(MUCH, "x")),
    );
    await using balancer = await givenTcpBalancer([origin.port], {
      timeouts: { serverFin: "200ms" },
    });
    using client = await tcpClient(balancer.port);
    client.socket.once("data", () => void client.socket.pause());
    const [line = ""] = await balancer.log(1);
    t.match(logged(line), { termination: "sD", bytes: `${MUCH}` });
    t.ok(client.seen.bytes < MUCH, "the rest waits in the kernel");
    client.socket.resume();
    await until(() => client.seen.closed || client.seen.ended);
    t.match(client.seen, { bytes: MUCH, ended: true, error: "" });
  },
);

/** Fewer bytes than the kernel keeps for a client that does not read, and more than that client has received. */
const MUCH = 1_000_000;

t.test("the source algorithm keeps a client's connections on one server", async (t) => {
  await using one = await givenTcpServer();
  await using two = await givenTcpServer();
  await using balancer = await givenTcpBalancer([one.port, two.port], {
    balance: { algorithm: "source" },
  });
  const clients = await Promise.all([1, 2, 3, 4].map(() => tcpClient(balancer.port)));
  await until(() => one.sides.length + two.sides.length === 4);
  t.ok(one.sides.length === 0 || two.sides.length === 0);
  for (const { socket } of clients) socket.destroy();
});

t.test("connections beyond the frontend's limit are refused and counted", async (t) => {
  await using server = await givenTcpServer(({ socket }) => void socket.write("hi"));
  await using balancer = await givenTcpBalancer([server.port], {}, { maxConnections: 1 });
  using client = await tcpClient(balancer.port);
  await client.received(/hi/);
  const second = connect({ port: balancer.port, host: "127.0.0.1" }).on("error", () => undefined);
  await once(second, "close");
  // The client sees the close before the listener has heard of the connection that it dropped.
  const refused = () => balancer.plane.status().frontends[0]?.refused["too-many"];
  await until(() => refused() !== 0);
  t.equal(refused(), 1);
  client.socket.destroy();
});
