// Tests TCP mode with TLS: ended at the frontend, to the servers, and passed through, routed by the ClientHello, however
// the ClientHello comes.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, createServer as createTls } from "node:tls";
import t from "tap";
import { until } from "./given.ts";
import { type Certificates, givenCertificates } from "./given-certificates.ts";
import { givenTcpBalancer, givenTcpServer, logged, tcpClient } from "./given-tcp.ts";

/** Returns a TLS server that greets with its name, and then answers what it is sent. */
async function givenTlsServer(certificates: Certificates, name: string) {
  const { cert, key } = await certificates.server(name);
  const sockets = new Set<Socket>();
  const server = createTls({ cert, key, ALPNProtocols: ["h2", "own"] }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write(`${name} `);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Returns the first words of the server that a TLS client reaches, on `socket` when one is given. */
async function greeting(port: number, options: ConnectionOptions): Promise<string> {
  const client = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
  try {
    const [chunk] = await once(client, "data");
    return String(chunk);
  } finally {
    client.destroy();
  }
}

/** Returns a port whose connections are passed on to `to` in pieces of `size` bytes, each in a segment of its own. */
async function inPieces(to: number, size: number) {
  const server = createServer((client) => {
    const onwards = connect({ port: to, host: "127.0.0.1", noDelay: true });
    for (const socket of [client, onwards]) socket.on("error", () => undefined);
    onwards.pipe(client);
    client.on("data", async (chunk: Buffer) => {
      client.pause();
      for (let at = 0; at < chunk.length; at += size) {
        onwards.write(chunk.subarray(at, at + size));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      client.resume();
    });
    client.on("close", () => onwards.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

t.test("TLS ends at the frontend, and the name that the client asks for chooses", async (t) => {
  await using certificates = await givenCertificates();
  await using server = await givenTcpServer(({ socket }) => void socket.write("plain "));
  const { site } = certificates;
  await using balancer = await givenTcpBalancer(
    [server.port],
    {},
    { tls: { certificates: [site] }, routes: [{ match: { sni: "*.foobar.com" }, backend: "web" }] },
  );
  const { port } = balancer;
  const ca = certificates.authority;
  const options = { servername: "www.foobar.com", ca, rejectUnauthorized: true };
  t.equal(await greeting(port, { ...options, ALPNProtocols: ["mysql"] }), "plain ");
  await balancer.log(1);
  const other = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(
    other.on("error", () => undefined),
    "close",
  );
  const lines = (await balancer.log(2)).map(logged);
  t.match(lines, [
    { frontend: "front~", termination: "--", rest: /^ sni="www\.foobar\.com"$/ },
    { frontend: "front~", termination: "PR", server: "<NOSRV>", rest: /no route matches/ },
  ]);
});

t.test("TLS to the servers, with resets passed on through it", async (t) => {
  await using certificates = await givenCertificates();
  await using server = await givenTlsServer(certificates, "s1");
  const { internal } = certificates;
  await using balancer = await givenTcpBalancer([server.port], { tls: internal });
  using client = await tcpClient(balancer.port);
  await client.received(/^s1 $/);
  client.socket.write("hello");
  await client.received(/hello$/);
  client.socket.resetAndDestroy();
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { termination: "CD", bytes: "8" });
  await until(() => balancer.plane.status().backends[0]?.current === 0);
});

t.test("TLS on both sides: all that a client sends before its server is connected", async (t) => {
  await using certificates = await givenCertificates();
  await using server = await givenTlsServer(certificates, "s1");
  await using balancer = await givenTcpBalancer(
    [server.port],
    { tls: certificates.internal },
    { tls: { certificates: [certificates.site] } },
  );
  const much = Buffer.alloc(300_000, "0123456789");
  for (let times = 0; times < 8; times++) {
    const client = connectTls({
      host: "127.0.0.1",
      port: balancer.port,
      rejectUnauthorized: false,
    });
    await once(client, "secureConnect");
    client.write(much); // with the end of the handshake: no server is connected yet
    const came: Buffer[] = [];
    client.on("data", (chunk: Buffer) => came.push(chunk));
    await until(() => Buffer.concat(came).length >= "s1 ".length + much.length);
    t.ok(Buffer.concat(came).equals(Buffer.concat([Buffer.from("s1 "), much])));
    client.destroy();
  }
});

t.test("a server whose certificate is refused gets no byte", async (t) => {
  await using certificates = await givenCertificates();
  await using server = await givenTlsServer(certificates, "another");
  await using balancer = await givenTcpBalancer([server.port], { tls: certificates.internal });
  using client = await tcpClient(balancer.port);
  client.socket.write("secret");
  await until(() => client.seen.closed || client.seen.ended);
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { termination: "SC", bytes: "0" });
});

t.test("TLS passes through, to the server that the ClientHello asks for", async (t) => {
  await using certificates = await givenCertificates();
  await using one = await givenTlsServer(certificates, "one");
  await using two = await givenTlsServer(certificates, "two");
  await using plain = await givenTcpServer(({ socket }) => void socket.write("plain"));
  await using routed = await givenPassthrough(one.port, two.port, plain.port);
  for (const size of [40, 700, 100_000]) {
    using cut = await inPieces(routed.port, size);
    t.equal(await greeting(cut.port, { servername: "one.test" }), "one ", `pieces of ${size}`);
    const { port } = cut;
    t.equal(await greeting(port, { servername: "a.TWO.test" }), "two ");
    t.equal(await greeting(port, { servername: "x.test", ALPNProtocols: ["own"] }), "two ");
  }
  using client = await tcpClient(routed.port);
  client.socket.write("not TLS");
  await client.received(/plain/);
  await until(() => plain.sides[0]?.seen.text === "not TLS");
  client.socket.destroy();
  const [line = ""] = await routed.log(1);
  t.match(logged(line), { frontend: "front", termination: "--", rest: ' sni="one.test"' });
});

/** Returns a balancer that passes TLS on: one.test, *.two.test, ALPN `own`, and all else. */
function givenPassthrough(one: number, two: number, rest: number) {
  const to = (port: number) => ({
    mode: "tcp" as const,
    check: false as const,
    servers: { s: { address: `127.0.0.1:${port}` } },
  });
  return givenTcpBalancer(
    [rest],
    {},
    {
      routes: [
        { match: { sni: "one.test" }, backend: "one" },
        { match: { sni: "*.two.test" }, backend: "two" },
        { match: { alpn: "own" }, backend: "two" },
        { backend: "web" },
      ],
    },
    { one: to(one), two: to(two) },
  );
}

t.test("a client that leaves before its ClientHello is complete is counted", async (t) => {
  await using routed = await givenPassthrough(1, 1, 1);
  const client = connect({ port: routed.port, host: "127.0.0.1" });
  client.on("error", () => undefined).end(Buffer.from([22, 3, 1, 2, 0, 1]));
  await once(client.resume(), "close");
  await until(() => (routed.plane.status().frontends[0]?.refused.closed ?? 0) === 1);
  t.match(routed.plane.status().frontends[0], { current: 0, requestErrors: 1 });
});
