// Tests TCP mode with two data threads: what is counted and limited is that of both threads together. The kernel gives
// each connection to one of the threads by a hash of its addresses. That all 40 connections of a test go to the same
// thread happens once in 2^39 times.
import t from "tap";
import { until } from "./given.ts";
import {
  givenTcpBalancer,
  givenTcpServer,
  logged,
  type TcpClient,
  tcpClient,
} from "./given-tcp.ts";

const CONNECTIONS = 40;

const onTwoThreads = (ports: readonly number[], backend: Parameters<typeof givenTcpBalancer>[1]) =>
  givenTcpBalancer(ports, backend, {}, {}, 2);

/** Opens that many connections and waits for the greeting on each before the next. Calls `opened` after each. */
async function openInTurn(port: number, count: number, opened: () => void = () => undefined) {
  const clients: TcpClient[] = [];
  for (let index = 0; index < count; index++) {
    const client = await tcpClient(port);
    await client.received(/welcome/);
    clients.push(client);
    opened();
  }
  return clients;
}

const welcoming = () => givenTcpServer(({ socket }) => void socket.write("welcome"));

t.test("two threads: least-conn knows the connections of both", async (t) => {
  await using one = await welcoming();
  await using two = await welcoming();
  await using balancer = await onTwoThreads([one.port, two.port], {
    balance: { algorithm: "least-conn" },
  });
  let most = 0;
  // If each thread knew its own connections only, both would give a first one to the same server, and so on.
  const clients = await openInTurn(balancer.port, CONNECTIONS, () => {
    most = Math.max(most, Math.abs(one.sides.length - two.sides.length));
  });
  t.equal(most, 1, "the servers never differ by more than one connection");

  for (const { socket } of clients) socket.end("bye");
  await balancer.log(CONNECTIONS);
  const { backends } = balancer.plane.status();
  for (const server of backends[0]?.servers ?? [])
    t.match(server, { inFlight: 0, current: 0, sessions: CONNECTIONS / 2 });
});

t.test("two threads: the counters are those of both", async (t) => {
  await using server = await welcoming();
  await using balancer = await onTwoThreads([server.port], {});
  const clients = await openInTurn(balancer.port, CONNECTIONS);
  for (const { socket } of clients) socket.write("hey");
  await until(() => server.sides.every(({ seen }) => seen.text === "hey"));
  const counted = () => {
    const { frontends, backends } = balancer.plane.status();
    return [frontends[0], backends[0], backends[0]?.servers[0]];
  };
  const open = {
    ...{ sessions: CONNECTIONS, current: CONNECTIONS },
    ...{ bytesIn: 3 * CONNECTIONS, bytesOut: 7 * CONNECTIONS },
  };
  for (const counts of counted()) t.match(counts, open);
  for (const { socket } of clients) socket.end();
  const lines = (await balancer.log(CONNECTIONS)).map(logged);
  t.ok(lines.every(({ bytes, termination }) => bytes === "7" && termination === "--"));
  for (const counts of counted()) t.match(counts, { ...open, current: 0 });
});

t.test(
  "two threads: a server's limit is that of both, and a place goes to a waiting connection of either",
  async (t) => {
    await using server = await welcoming();
    const servers = { s1: { address: `127.0.0.1:${server.port}`, maxConnections: 4 } };
    await using balancer = await onTwoThreads([server.port], { servers, queue: { timeout: "1m" } });
    const clients = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => tcpClient(balancer.port)),
    );
    const waiting = () => balancer.plane.status().backends[0]?.queued;
    await until(() => waiting() === CONNECTIONS - 4);
    t.equal(server.sides.length, 4);
    const served = new Set<TcpClient>();
    let most = 0;
    while (served.size < CONNECTIONS) {
      const next = () => clients.find((one) => !served.has(one) && one.seen.text === "welcome");
      await until(() => next() !== undefined);
      // The server has seen the end of a connection before the balancer gives its place away.
      most = Math.max(most, server.sides.filter(({ seen }) => !seen.ended).length);
      const client = next();
      if (client === undefined) throw new Error("unreachable");
      served.add(client);
      client.socket.end();
      await until(() => client.seen.closed);
    }
    t.ok(most <= 4, `${most} connections at a time`);
    await balancer.log(CONNECTIONS);
    t.match(balancer.plane.status().backends[0], { queued: 0, current: 0, sessions: CONNECTIONS });
  },
);
