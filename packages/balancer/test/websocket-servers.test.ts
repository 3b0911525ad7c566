// WebSockets to servers of HTTP/2, which get an extended CONNECT (RFC 8441), of clients of HTTP/1.1 and of HTTP/2.
import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import t from "tap";
import WebSocket from "ws";
import { givenBalancer, rawClient, until } from "./given.ts";

/** What the server has seen of a stream. */
interface Side {
  readonly head: http2.IncomingHttpHeaders;
  readonly stream: http2.ServerHttp2Stream;
  readonly seen: { text: string; ended: boolean; code: number };
}

/** ws gives no type to the method by which its own server makes a WebSocket of a stream. */
interface Adopting {
  setSocket(stream: Duplex, head: Buffer, options: { maxPayload: number }): void;
}

/** Returns a server of HTTP/2 that gives `talk` each stream that asks for a WebSocket. */
async function givenH2Server(talk: (side: Side) => void, enableConnectProtocol = true) {
  const server = http2.createServer({ settings: { enableConnectProtocol } });
  const sides: Side[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
  });
  server.on("stream", (stream: http2.ServerHttp2Stream, head) => {
    stream.on("error", () => undefined);
    if (head[":protocol"] === undefined) {
      stream.respond({ ":status": 200 });
      stream.end("a page");
      return;
    }
    const seen = { text: "", ended: false, code: -1 };
    const side = { head, stream, seen };
    sides.push(side);
    stream.on("end", () => {
      seen.ended = true;
    });
    stream.on("close", () => {
      seen.code = stream.rstCode ?? 0;
    });
    talk(side);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sides,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends every message back. */
function echo({ stream, head }: Side): void {
  const offered = head["sec-websocket-protocol"];
  stream.respond({ ":status": 200, ...(offered && { "sec-websocket-protocol": "chat" }) });
  const socket = new WebSocket(null as unknown as string, [], {});
  socket.on("error", () => undefined);
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  (socket as unknown as Adopting).setSocket(stream, Buffer.alloc(0), { maxPayload: 1e8 });
}

/** Opens the stream, and keeps what it receives. */
function open({ stream, seen }: Side): void {
  stream.respond({ ":status": 200 });
  stream.on("data", (chunk: Buffer) => {
    seen.text += chunk.toString("latin1");
  });
}

const TO_H2 = { proto: "h2", check: "tcp" } as const;
const HAND =
  "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/** The answer to that key, from RFC 6455 §1.3. */
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** Opens a tunnel by HTTP/1.1. Returns both ends. */
async function openTunnel(port: number, { sides }: { readonly sides: readonly Side[] }) {
  const client = await rawClient(port);
  client.send(HAND);
  await client.received(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n/);
  const [far] = sides;
  if (far === undefined) throw new Error("no server was asked");
  return { client, far, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

t.test("a client of HTTP/1.1: messages both ways", async (t) => {
  await using server = await givenH2Server(echo);
  await using balancer = await givenBalancer([server.port], TO_H2);
  const client = new WebSocket(`ws://127.0.0.1:${balancer.port}/chat?room=1`, ["chat"]);
  const got: string[] = [];
  client.on("message", (data) => got.push(String(data)));
  await once(client, "open");
  t.equal(client.protocol, "chat");
  client.send("hello");
  client.send("y".repeat(400_000));
  await until(() => got.length === 2);
  t.equal(got[0], "hello");
  t.equal(got[1]?.length, 400_000);
  client.close(4_002);
  const [code] = await once(client, "close");
  t.equal(code, 4_002);
  t.match(server.sides[0]?.head, {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":path": "/chat?room=1",
    ":scheme": "http",
    "sec-websocket-version": "13",
    "sec-websocket-key": undefined,
    upgrade: undefined,
  });
  t.match((await balancer.log(1))[0], / web\/s1 .* 101 .* ---- .*"GET \/chat\?room=1 HTTP\/1\.1"/);
});

t.test("a client of HTTP/2, on one connection with other requests", async (t) => {
  await using server = await givenH2Server((side) =>
    side.head[":path"] === "/ws" ? echo(side) : open(side),
  );
  await using balancer = await givenBalancer([server.port], TO_H2, { proto: "h2" });
  const session = http2.connect(`http://127.0.0.1:${balancer.port}`);
  await once(session, "remoteSettings");
  const ask = (path: string) =>
    session.request({ ":method": "CONNECT", ":protocol": "websocket", ":path": path });
  const stream = ask("/ws");
  const [head] = await once(stream, "response");
  t.match(head, { ":status": 200, "sec-websocket-accept": undefined });
  stream.write(Buffer.from([0x82, 0x82, 0, 0, 0, 0, 0x68, 0x69])); // "hi" with a mask of zeros
  const [echoed] = await once(stream, "data");
  t.same(echoed, Buffer.from([0x82, 2, 0x68, 0x69]));
  const page = session.request({ ":path": "/" });
  const [answer] = await once(page, "response");
  t.equal(answer[":status"], 200);
  // node:http2 sends END_STREAM before RST_STREAM. A server that answers END_STREAM by its own sees an orderly end.
  const canceled = ask("/open");
  await once(canceled, "response");
  canceled.on("error", () => undefined);
  canceled.close(http2.constants.NGHTTP2_CANCEL);
  await until(() => (server.sides[1]?.seen.code ?? -1) >= 0);
  t.equal(server.sides[1]?.seen.code, http2.constants.NGHTTP2_CANCEL);
  session.destroy();
});

t.test("half-closes go through as END_STREAM, in either order", async (t) => {
  for (const first of ["client", "server"]) {
    await using server = await givenH2Server(open);
    await using balancer = await givenBalancer([server.port], TO_H2);
    using tunnel = await openTunnel(balancer.port, server);
    const { client, far } = tunnel;
    t.match(await client.received(/\r\n\r\n/), `Sec-WebSocket-Accept: ${ACCEPT}`);
    if (first === "client") {
      client.socket.end("from the client");
      await until(() => far.seen.ended);
      far.stream.end("from the server");
      t.match(await client.closed(), /from the server$/);
    } else {
      far.stream.end("from the server");
      t.match(await client.closed(), /from the server$/);
      client.socket.end("from the client");
      await until(() => far.seen.ended);
    }
    t.equal(far.seen.text, "from the client");
    await until(() => far.seen.code >= 0);
    t.equal(far.seen.code, 0, "both ends are an orderly end");
    t.match((await balancer.log(1))[0], / 101 .* ---- /, first);
  }
});

t.test("a stream that the server resets closes the client, and the other way round", async (t) => {
  await using server = await givenH2Server(open);
  await using balancer = await givenBalancer([server.port], TO_H2);
  {
    using tunnel = await openTunnel(balancer.port, server);
    tunnel.far.stream.close(http2.constants.NGHTTP2_CANCEL);
    await tunnel.client.closed();
    t.match((await balancer.log(1))[0], / SD-- /);
  }
  server.sides.length = 0;
  using tunnel = await openTunnel(balancer.port, server);
  tunnel.client.socket.resetAndDestroy();
  await until(() => tunnel.far.seen.code >= 0);
  t.equal(tunnel.far.seen.code, http2.constants.NGHTTP2_CANCEL);
});

t.test(
  "a server that has said everything, and wants no more of the client, is no reset",
  async (t) => {
    await using server = await givenH2Server(open);
    await using balancer = await givenBalancer([server.port], TO_H2);
    using tunnel = await openTunnel(balancer.port, server);
    const { stream } = tunnel.far;
    stream.end("bye");
    stream.close(http2.constants.NGHTTP2_NO_ERROR); // node:http2 sends RST_STREAM after END_STREAM
    t.match(await tunnel.client.closed(), /bye$/);
    t.match((await balancer.log(1))[0], / 101 .* ---- /);
  },
);

t.test("a server that refuses, and one that takes no WebSockets", async (t) => {
  const refuse = ({ stream }: Side): void => {
    stream.respond({ ":status": 403 });
    stream.end("no one");
  };
  await using server = await givenH2Server(refuse);
  await using balancer = await givenBalancer([server.port], TO_H2);
  using refused = await rawClient(balancer.port);
  refused.send(HAND);
  t.match(await refused.received(/no one/), /^HTTP\/1\.1 403 /);

  await using without = await givenH2Server(refuse, false);
  await using other = await givenBalancer([without.port], TO_H2);
  using client = await rawClient(other.port);
  client.send(HAND);
  t.match(await client.received(/^HTTP/), /^HTTP\/1\.1 502 /);
  t.equal(without.sides.length, 0, "it was not asked");
  t.match((await other.log(1))[0], / PH-- .*takes no WebSockets over HTTP\/2/);
});
