// What is counted of HTTP/2 towards clients: in the status, on its page and in the metrics.
import { once } from "node:events";
import http2 from "node:http2";
import { connect } from "node:net";
import t from "tap";
import { statusPage } from "../src/admin/status-page.ts";
import { get, givenOrigin, until } from "./given.ts";
import { givenReloadable, type ReloadableBalancer, section } from "./given-reloadable.ts";

const { NGHTTP2_CANCEL } = http2.constants;
const routes = [{ backend: "web" }];
const front = { bind: "127.0.0.1:0", routes, proto: "h2" as const };

function open(port: number): http2.ClientHttp2Session {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  return session;
}

async function ask(session: http2.ClientHttp2Session, path: string): Promise<void> {
  const stream = session.request({ ":path": path });
  stream.on("error", () => undefined);
  stream.resume();
  await new Promise((resolve) => stream.once("close", resolve));
}

const h2Of = ({ plane }: ReloadableBalancer) => {
  const h2 = plane.status().frontends.find(({ name }) => name === "front")?.h2;
  if (h2 === undefined) throw new Error("the status has no such frontend");
  return h2;
};

t.test("connections, streams, requests by version, resets by code, ends by reason", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    if (request.url === "/cut") response.write("half", () => response.destroy());
    else if (request.url !== "/held") response.end("hello");
  });
  const h1 = { bind: "127.0.0.1:0", routes };
  const frontends = { front, h1 };
  await using balancer = await givenReloadable(section({ s1: origin.port }, {}, { frontends }));
  const { plane, registry } = balancer;
  const session = open(plane.ports.front ?? 0);
  await ask(session, "/one");
  await ask(session, "/a b");
  await ask(session, "/cut");
  const held = session.request({ ":path": "/held" });
  held.on("error", () => undefined);
  await until(() => h2Of(balancer).openStreams === 1);
  t.match(h2Of(balancer), { openConnections: 1, totalConnections: 1, totalStreams: 4 });
  t.match(statusPage(plane.status()), "1 HTTP/2, 1 streams");
  held.close(NGHTTP2_CANCEL);
  await until(() => h2Of(balancer).openStreams === 0);
  await until(() => h2Of(balancer).requests === 4);
  t.match(h2Of(balancer), { resetsReceived: { CANCEL: 1 }, resetsSent: { INTERNAL_ERROR: 1 } });
  session.close();
  await until(() => h2Of(balancer).openConnections === 0);
  t.equal(h2Of(balancer).ended["client-closed"], 1);
  await get(plane.ports.h1 ?? 0);
  await until(() =>
    plane.status().frontends.some(({ name, requests }) => name === "h1" && requests === 1),
  );

  const metrics = await registry.metrics();
  for (const line of [
    'haproxy_frontend_h2_total_connections{proxy="front"} 1',
    'haproxy_frontend_h2_open_connections{proxy="front"} 0',
    'haproxy_frontend_h2_total_streams{proxy="front"} 4',
    'haproxy_frontend_h2_open_streams{proxy="front"} 0',
    'haproxy_frontend_h2_rst_stream_rcvd{proxy="front",code="CANCEL"} 1',
    'haproxy_frontend_h2_rst_stream_resp{proxy="front",code="INTERNAL_ERROR"} 1',
    'tandem_frontend_h2_sessions_ended_total{proxy="front",reason="client-closed"} 1',
    'tandem_frontend_requests_by_version_total{proxy="front",version="1"} 0',
    'tandem_frontend_requests_by_version_total{proxy="front",version="2"} 4',
    'tandem_frontend_requests_by_version_total{proxy="h1",version="1"} 1',
    'tandem_frontend_requests_by_version_total{proxy="h1",version="2"} 0',
  ]) {
    t.ok(metrics.includes(`${line}\n`), line);
  }
});

t.test("a client that breaks the protocol is counted by its fault, and shown", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  await using balancer = await givenReloadable(
    section({ s1: origin.port }, {}, { frontends: { front } }),
  );
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const settings = "\0\0\0\x04\0\0\0\0\0";
  const pings = "\0\0\x08\x06\0\0\0\0\0pingpong".repeat(1_000);
  const dataOnStream0 = "\0\0\0\0\0\0\0\0\0";
  for (const bytes of [
    "GET / HTTP/1.1\r\n\r\n",
    preface + settings + pings,
    preface + settings + dataOnStream0,
  ]) {
    const socket = connect(balancer.plane.ports.front ?? 0, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(bytes, "latin1");
    await once(socket, "close");
  }
  await until(() => h2Of(balancer).openConnections === 0);
  t.match(h2Of(balancer), {
    totalConnections: 3,
    totalStreams: 0,
    ended: { "protocol-error": 2, "ping-flood": 1, "client-closed": 0 },
  });
  t.match(statusPage(balancer.plane.status()), "1 HTTP/2: ping-flood");
  const lines = await balancer.log(3);
  t.ok(
    lines.some((line) => line.includes("Too many PING frames without work")),
    lines.join("\n"),
  );
});

t.test("sessions that a drain or a stop ends", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end());
  await using balancer = await givenReloadable(
    section({ s1: origin.port }, {}, { frontends: { front } }),
  );
  const port = balancer.plane.ports.front ?? 0;
  const session = open(port);
  await ask(session, "/");
  const closed = once(session, "close");
  await balancer.plane.drain(20_000);
  await closed;
  t.match(h2Of(balancer), { openConnections: 0, openStreams: 0, ended: { drained: 1 } });
});
