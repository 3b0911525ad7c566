// Tests that a reload keeps connections of TCP mode to servers that stay, ends those of servers that it takes out, and
// that a drain lets them live until its deadline.
import t from "tap";
import { until } from "./given.ts";
import { type Backend, givenReloadable, type Section, section } from "./given-reloadable.ts";
import { givenTcpServer, logged, tcpClient } from "./given-tcp.ts";

const TCP = { mode: "tcp", check: false } as const satisfies Partial<Backend>;

/** Returns a section in TCP mode; the connections of a server that is taken out have 300 ms to end. */
function tcpSection(ports: Readonly<Record<string, number>>, bind: string): Section {
  const frontends = { front: { bind, mode: "tcp" as const, routes: [{ backend: "web" }] } };
  return section(ports, { ...TCP, balance: { algorithm: "first" } }, { frontends, drain: "300ms" });
}

t.test("a reload keeps what stays, and ends what it takes out", async (t) => {
  await using one = await givenTcpServer(({ socket }) => void socket.write("one "));
  await using two = await givenTcpServer(({ socket }) => void socket.write("two "));
  const bind = "127.0.0.1:0";
  await using balancer = await givenReloadable(tcpSection({ a: one.port, b: two.port }, bind));
  const port = balancer.plane.ports.front ?? 0;
  using kept = await tcpClient(port);
  await kept.received(/one /);
  // The first server stays, and the second comes to the front of the list.
  const swapped = tcpSection({ b: two.port, a: one.port }, bind);
  t.match(await balancer.reload(swapped), { ok: true });
  using later = await tcpClient(balancer.plane.ports.front ?? 0);
  await later.received(/two /);
  kept.socket.write("still here");
  await until(() => one.sides[0]?.seen.text === "still here");
  t.match(await balancer.reload(tcpSection({ b: two.port }, bind)), { ok: true });
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { server: "a", termination: "KD" });
  await until(() => kept.seen.closed && one.sides[0]?.seen.closed === true);
  later.socket.write("and here");
  await until(() => two.sides[0]?.seen.text === "and here");
  later.socket.destroy();
});

t.test("a drain lets a connection live until its deadline, then cuts and logs it", async (t) => {
  await using server = await givenTcpServer(({ socket }) => void socket.write("hello "));
  const config = tcpSection({ a: server.port }, "127.0.0.1:0");
  await using balancer = await givenReloadable(config);
  using client = await tcpClient(balancer.plane.ports.front ?? 0);
  await client.received(/hello /);
  const drained = balancer.plane.drain(500);
  server.sides[0]?.socket.write("goes on ");
  await client.received(/goes on /);
  await drained;
  t.notOk(client.seen.closed, "the deadline leaves the connection to the stop");
  await balancer.plane.stop();
  await until(() => client.seen.closed);
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { termination: "KD", rest: /stopped/ });
});

t.test("a drain ends early when the last connection has ended", async (t) => {
  await using server = await givenTcpServer(({ socket }) => void socket.write("hello "));
  await using balancer = await givenReloadable(tcpSection({ a: server.port }, "127.0.0.1:0"));
  using client = await tcpClient(balancer.plane.ports.front ?? 0);
  await client.received(/hello /);
  const drained = balancer.plane.drain(600_000);
  client.socket.end();
  await drained;
  t.pass("long before ten minutes");
});
