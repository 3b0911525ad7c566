// WebSockets through the balancer, with real clients and servers: of a client that speaks HTTP/2, which opens them by
// extended CONNECT (RFC 8441), to servers of HTTP/1.1. Those to servers of HTTP/2 are in websocket-servers.test.ts. How
// tunnels end is tested for HTTP/1.1 in tunnels.test.ts.
import { once } from "node:events";
import http2 from "node:http2";
import type { Socket } from "node:net";
import t from "tap";
import { Agent, WebSocket as UndiciWebSocket } from "undici";
import { type WebSocket, WebSocketServer } from "ws";
import { givenBalancer, givenOrigin, givenRawOrigin, until } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";

const certificates = await givenCertificates();
t.teardown(() => certificates[Symbol.asyncDispose]());

const overTls = (...alpn: ("h2" | "http/1.1")[]) => ({
  tls: { certificates: [certificates.site], alpn },
});
const H2 = overTls("h2", "http/1.1");
const H2_ONLY = overTls("h2");
/** 16 bytes in Base64, as RFC 6455 §4.1 asks of Sec-WebSocket-Key. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Returns a WebSocket server that sends every message back. `connected` may do something else instead. */
async function givenEcho(connected: (socket: WebSocket) => void = echo) {
  const origin = await givenOrigin((_, response) => response.end("no WebSocket"));
  const server = new WebSocketServer({
    server: origin.server,
    handleProtocols: (offered) => (offered.has("chat") ? "chat" : false),
    perMessageDeflate: true,
  });
  server.on("connection", connected);
  return { ...origin, server, [Symbol.asyncDispose]: () => origin.kill() };
}

function echo(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** Returns a WebSocket of undici that speaks HTTP/2 where the server does, and everything that it has received. */
function connect(port: number, protocols: string[] = []) {
  const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
  const socket = new UndiciWebSocket(`wss://127.0.0.1:${port}/chat?room=1`, {
    protocols,
    dispatcher,
  });
  socket.binaryType = "arraybuffer";
  const got: (string | number)[] = [];
  const seen = { code: 0, failed: false };
  socket.addEventListener("message", ({ data }) =>
    got.push(typeof data === "string" ? data : data.byteLength),
  );
  socket.addEventListener("close", ({ code }) => {
    seen.code = code;
  });
  socket.addEventListener("error", () => {
    seen.failed = true;
  });
  return { socket, got, seen, [Symbol.asyncDispose]: () => dispatcher.destroy() };
}

/** Opens a stream by extended CONNECT, whose bytes the test chooses. */
async function openStream(port: number, fields: http2.OutgoingHttpHeaders = {}) {
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  await once(session, "remoteSettings");
  const stream = session.request({
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":path": "/chat",
    "sec-websocket-version": "13",
    ...fields,
  });
  const seen = { status: 0, text: "", ended: false, code: -1 };
  const heads: http2.IncomingHttpHeaders[] = [];
  stream.on("response", (head) => {
    seen.status = head[":status"] ?? 0;
    heads.push(head);
  });
  stream.on("data", (chunk: Buffer) => {
    seen.text += chunk.toString("latin1");
  });
  stream.on("end", () => {
    seen.ended = true;
  });
  stream.on("close", () => {
    seen.code = stream.rstCode ?? 0;
  });
  stream.on("error", () => undefined);
  return { session, stream, seen, heads, [Symbol.dispose]: () => session.destroy() };
}

t.test("messages both ways, over HTTP/2 to a server of HTTP/1.1", async (t) => {
  await using origin = await givenEcho();
  await using balancer = await givenBalancer([origin.port], {}, H2_ONLY);
  await using client = connect(balancer.port, ["other", "chat"]);
  const { socket, got, seen } = client;
  const upgraded = once(origin.server, "connection");
  await once(socket, "open");
  t.equal(socket.protocol, "chat", "the server's choice of a subprotocol reaches the client");
  t.equal(socket.extensions, "permessage-deflate", "and so does that of extensions");
  const [, request] = await upgraded;
  t.match(request.headers, {
    "sec-websocket-version": "13",
    "sec-websocket-key": KEY,
    upgrade: "websocket",
    connection: /upgrade/i,
    via: /^2\.0 /,
  });
  t.equal(request.method, "GET");
  t.equal(request.url, "/chat?room=1");
  socket.send("hello");
  socket.send(new Uint8Array(1_000_000));
  socket.send("");
  await until(() => got.length === 3);
  t.same(got, ["hello", 1_000_000, ""]);
  socket.close(4_000, "done");
  await until(() => seen.code !== 0);
  t.equal(seen.code, 4_000, "the handshake of the end has gone both ways");
  const [line] = await balancer.log(1);
  t.match(line, / web\/s1 .* 101 .*----.*"GET \/chat\?room=1 HTTP\/2\.0"/);
});

t.test("the server closes", async (t) => {
  await using origin = await givenEcho((socket) => socket.close(1_001, "leaving"));
  await using balancer = await givenBalancer([origin.port], {}, H2_ONLY);
  await using client = connect(balancer.port);
  await until(() => client.seen.code !== 0);
  t.equal(client.seen.code, 1_001);
});

t.test(
  "the server dies: the client sees no orderly end, and the log says who it was",
  async (t) => {
    await using origin = await givenEcho((socket) => {
      socket.on("message", () =>
        (socket as unknown as { _socket: Socket })._socket.resetAndDestroy(),
      );
    });
    await using balancer = await givenBalancer([origin.port], {}, H2_ONLY);
    await using client = connect(balancer.port);
    await once(client.socket, "open");
    client.socket.send("die");
    await until(() => client.seen.code !== 0);
    t.equal(client.seen.code, 1_006);
    t.match((await balancer.log(1))[0], / SD-- /);
  },
);

t.test(
  "refusals of the server and of the balancer are answers, and the connection goes on",
  async (t) => {
    await using origin = await givenOrigin((_, response) => response.end("a page"));
    origin.server.on("upgrade", (request, socket) => {
      if (request.url === "/chat") {
        socket.end(
          "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nConnection: close\r\n\r\nno one",
        );
      } else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\na page");
    });
    await using balancer = await givenBalancer(
      [origin.port],
      {},
      {
        ...H2,
        routes: [
          { backend: "web", match: { path: "/chat" } },
          { backend: "web", match: { path: "/page" } },
        ],
      },
    );
    using refused = await openStream(balancer.port);
    await until(() => refused.seen.code >= 0);
    t.match(refused.seen, { status: 403, text: "no one", ended: true, code: 0 });

    const also = async (fields: http2.OutgoingHttpHeaders) => {
      const stream = refused.session.request({
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":path": "/",
        ...fields,
      });
      stream.on("error", () => undefined);
      const [head] = await once(stream, "response");
      stream.close();
      return head[":status"];
    };
    t.equal(await also({ ":path": "/page" }), 502, "200 would open a tunnel");
    t.equal(await also({ ":path": "/elsewhere" }), 404);
    t.equal(await also({ ":protocol": "connect-udp" }), 501);
    t.equal(refused.session.closed, false);
    const lines = await balancer.log(4);
    t.ok(lines.some((line) => / 403 .* ---- /.test(line)));
    t.ok(lines.some((line) => / 502 .* PH-- /.test(line)));
  },
);

t.test("a server whose Sec-WebSocket-Accept is wrong gets no WebSocket", async (t) => {
  for (const accept of ["", "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"]) {
    await using origin = await givenRawOrigin((socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n");
      socket.write(`Upgrade: websocket\r\n${accept}\r\n`);
    });
    await using balancer = await givenBalancer([origin.port], {}, H2);
    using client = await openStream(balancer.port);
    await until(() => client.seen.status !== 0);
    t.equal(client.seen.status, 502);
    t.match((await balancer.log(1))[0], /Sec-WebSocket-Accept| PH-- /);
  }
});

t.test("a key of the client is not passed on, and no Accept comes back", async (t) => {
  await using origin = await givenEcho();
  await using balancer = await givenBalancer([origin.port], {}, H2);
  const upgraded = once(origin.server, "connection");
  using client = await openStream(balancer.port, { "sec-websocket-key": "mine" });
  await until(() => client.seen.status === 200);
  const [, request] = await upgraded;
  t.match(request.headers["sec-websocket-key"], KEY);
  t.match(client.heads, [{ "sec-websocket-accept": undefined, upgrade: undefined }]);
});

/** Switches to WebSocket by hand, and passes the socket on. */
async function givenTunnelServer() {
  const sockets: Socket[] = [];
  const origin = await givenOrigin(() => undefined);
  const upgrades = new WebSocketServer({ noServer: true });
  origin.server.on("upgrade", (request, socket: Socket, head) => {
    socket.allowHalfOpen = true;
    socket.on("error", () => undefined);
    upgrades.handleUpgrade(request, socket, head, (opened) => {
      opened.on("error", () => undefined);
      sockets.push(socket);
    });
  });
  return { ...origin, sockets, [Symbol.asyncDispose]: () => origin.kill() };
}

t.test(
  "a stream that its client resets: the server's connection closes, others go on",
  async (t) => {
    await using origin = await givenTunnelServer();
    await using balancer = await givenBalancer([origin.port], {}, H2);
    using client = await openStream(balancer.port);
    await until(() => client.seen.status === 200 && origin.sockets.length === 1);
    const other = client.session.request({ ":path": "/", ":method": "GET" });
    other.on("error", () => undefined);
    client.stream.close(http2.constants.NGHTTP2_CANCEL);
    await until(() => origin.sockets[0]?.destroyed === true);
    t.equal(client.session.closed, false);
    t.equal(other.closed, false);
  },
);

t.test("a tunnel without traffic ends after timeouts.tunnel", async (t) => {
  await using origin = await givenTunnelServer();
  const timeouts = { tunnel: "300ms" };
  await using balancer = await givenBalancer([origin.port], {}, { ...H2, timeouts });
  using client = await openStream(balancer.port);
  await until(() => client.seen.code >= 0);
  t.match(client.seen, { status: 200, code: http2.constants.NGHTTP2_CANCEL });
  t.match((await balancer.log(1))[0], / cD-- /);
});

t.test("a client that reads nothing: the server is stopped, not kept in memory", async (t) => {
  const piece = Buffer.alloc(64 * 1024);
  const total = 64 * 1024 * 1024;
  let sent = 0;
  let waits = false;
  const fill = (socket: Socket): void => {
    for (waits = false; sent < total && !waits; sent += piece.length) waits = !socket.write(piece);
  };
  await using origin = await givenTunnelServer();
  await using balancer = await givenBalancer([origin.port], {}, H2);
  using client = await openStream(balancer.port);
  client.stream.pause();
  await until(() => client.seen.status === 200 && origin.sockets.length === 1);
  const [socket] = origin.sockets;
  if (socket === undefined) throw new Error("no WebSocket was opened");
  client.stream.removeAllListeners("data");
  socket.on("drain", () => fill(socket));
  fill(socket);
  let before = -1;
  await until(async () => {
    const stands = before === sent && waits;
    before = sent;
    if (!stands) await new Promise((resolve) => setTimeout(resolve, 200));
    return stands;
  });
  t.ok(sent < total, `${sent} of ${total} bytes have left the server`);
  let received = 0;
  client.stream.on("data", (chunk: Buffer) => {
    received += chunk.length;
  });
  client.stream.resume();
  await until(() => sent === total && received === total);
  t.pass("and all of it arrives when the client reads");
});
