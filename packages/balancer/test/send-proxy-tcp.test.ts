// PROXY headers to servers in TCP mode: what they say, and in which order everything comes on the wire, with a header in,
// the ClientHello read, and TLS at either side.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls, createServer as createTls } from "node:tls";
import type { ConfigInput } from "@tandem/config";
import t from "tap";
import { until } from "./given.ts";
import { givenAnnouncedServer, opened, type SeenHeader, tlvsOf } from "./given-announced.ts";
import { type Certificates, givenCertificates } from "./given-certificates.ts";
import { givenTcpBalancer, logged, tcpClient } from "./given-tcp.ts";

type Balancer = NonNullable<ConfigInput["balancer"]>;
type Frontend = Partial<Balancer["frontends"][string]>;
type Backend = Balancer["backends"][string];

const IN = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 8443\r\n";
const FROM_PROXY: Frontend = { acceptProxy: { from: ["127.0.0.1"] } };
const FULL: Backend["sendProxy"] = {
  version: "v2",
  tlvs: ["authority", "alpn", "tls", "unique-id", "crc32c"],
};
/** The numbers of the TLVs in the text of the protocol. */
const [ALPN, AUTHORITY, CHECKSUM, UNIQUE_ID, TLS] = [1, 2, 3, 5, 0x20] as const;
const [TLS_VERSION, TLS_NAME, TLS_CIPHER] = [0x21, 0x22, 0x23] as const;

const hex = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string, "latin1")));

/** A header that says what an HAProxy in front that has ended TLS says. */
function fromTlsProxy(): Buffer {
  const tlv = (type: number, value: Buffer) => hex([type, 0, value.length], [...value]);
  const tls = Buffer.concat([hex([1, 0, 0, 0, 0]), tlv(TLS_VERSION, hex("TLSv1.2"))]);
  const tlvs = [
    tlv(AUTHORITY, hex("shop.test")),
    tlv(ALPN, hex("imap")),
    tlv(UNIQUE_ID, hex([0xff, 1])),
    tlv(TLS, tls),
  ];
  const rest = Buffer.concat([hex([192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 4, 1, 0xbb]), ...tlvs]);
  return Buffer.concat([hex("\r\n\r\n\0\r\nQUIT\n", [0x21, 0x11, 0, rest.length]), rest]);
}

const text = ({ tlvs }: SeenHeader, type: number) => tlvs.get(type)?.toString("latin1");
const inTls = ({ tlvs }: SeenHeader) => tlvsOf((tlvs.get(TLS) ?? Buffer.alloc(5)).subarray(5));

/** Answers with the first bytes that follow the header, as hexadecimal digits. */
const echoing = () => givenAnnouncedServer((socket) => void socket.pipe(socket));

t.test("the header comes before the first byte of the client, and once", async (t) => {
  await using server = await echoing();
  for (const sendProxy of ["v1", "v2"] as const) {
    await using balancer = await givenTcpBalancer([server.port], { sendProxy });
    using client = await tcpClient(balancer.port);
    client.socket.write("hello");
    await client.received(/^hello$/);
    t.match(server.ofClients.at(-1), new RegExp(`\\b${client.socket.localPort}\\b`));
    client.socket.end();
    await until(() => client.seen.ended);
    await opened(server, 0);
  }
  t.equal(server.headers.length, 2);
  t.same(server.strangers, []);
});

t.test("a server that speaks first, and clients that send nothing", async (t) => {
  await using server = await givenAnnouncedServer((socket) => void socket.write("220 ready"));
  await using balancer = await givenTcpBalancer([server.port], { sendProxy: "v1" });
  using client = await tcpClient(balancer.port);
  await client.received(/^220 ready$/);
  t.equal(server.headers.length, 1);
});

t.test("another attempt says the same; checks say that they are the balancer's", async (t) => {
  await using server = await echoing();
  await using gone = await echoing();
  await gone[Symbol.asyncDispose]();
  const balance = { algorithm: "first" } as const;
  const backend = { sendProxy: "v2", balance, check: "tcp" } as const;
  await using balancer = await givenTcpBalancer([server.port], backend, FROM_PROXY);
  const ask = async (port: number) => {
    using client = await tcpClient(port);
    client.socket.write(`${IN}x`);
    await client.received(/^x$/);
  };
  await ask(balancer.port);
  t.equal(server.headers[0]?.text, "LOCAL");
  t.match(balancer.plane.status().backends[0]?.servers[0], { check: { status: "L4OK" } });
  await using two = await givenTcpBalancer(
    [gone.port, server.port],
    { ...backend, check: false },
    FROM_PROXY,
  );
  await ask(two.port);
  t.same(server.ofClients, Array(2).fill("192.0.2.1:56324 198.51.100.7:8443"));
  const [line = ""] = await two.log(1);
  t.match(logged(line), { server: "s2", counts: "0/0/0/0/+1" }, "one retry");
});

t.test("a client that leaves before its server is connected", async (t) => {
  await using server = await echoing();
  const servers = { one: { address: `127.0.0.1:${server.port}`, maxConnections: 1 } };
  await using balancer = await givenTcpBalancer([], { servers, sendProxy: "v2" });
  using first = await tcpClient(balancer.port);
  first.socket.write("x");
  await first.received(/x/);
  using second = await tcpClient(balancer.port);
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  second.socket.resetAndDestroy();
  await until(() => balancer.plane.status().backends[0]?.queued === 0);
  first.socket.end();
  await opened(server, 0);
  t.equal(server.headers.length, 1);
});

t.test("header in, ClientHello read, header out, the client's TLS as it came", async (t) => {
  await using certificates = await givenCertificates();
  const first: string[] = [];
  await using server = await givenAnnouncedServer(
    await endingTls(certificates, "shop.test", first),
  );
  const routes = [{ match: { sni: "shop.test" }, backend: "web" }];
  const backend = { sendProxy: FULL };
  await using balancer = await givenTcpBalancer([server.port], backend, { ...FROM_PROXY, routes });
  const seen = await throughTls(connectWith(balancer.port, IN), certificates, "shop.test");
  t.equal(seen, "hello");
  const [header] = server.headers;
  t.equal(header?.text, "192.0.2.1:56324 198.51.100.7:8443");
  t.equal(header && text(header, AUTHORITY), "shop.test");
  t.equal(header && text(header, ALPN), undefined, "which protocol is chosen is not known");
  t.equal(header?.tlvs.has(TLS), false, "TLS does not end here");
  t.equal(header?.tlvs.get(CHECKSUM)?.length, 4);
  t.same(first, ["160301"], "right behind the header, the ClientHello");
  const [line = ""] = await balancer.log(1);
  const id = header && text(header, UNIQUE_ID);
  t.match(logged(line), { rest: ` sni="shop.test" conn="${id}"` });
  t.match(id, /^[\w-]{12}$/);
});

t.test("header in, TLS ends, header out, TLS to the server", async (t) => {
  await using certificates = await givenCertificates();
  const first: string[] = [];
  await using server = await givenAnnouncedServer(await endingTls(certificates, "s1", first));
  const { site, internal } = certificates;
  const frontend: Frontend = { ...FROM_PROXY, tls: { certificates: [site] } };
  const backend = { sendProxy: FULL, tls: internal };
  await using balancer = await givenTcpBalancer([server.port], backend, frontend);
  for (let round = 0; round < 2; round++) {
    const client = connectWith(balancer.port, IN);
    t.equal(await throughTls(client, certificates, "www.foobar.com"), "hello");
  }
  t.same(first, ["160301", "160301"]);
  for (const header of server.headers) {
    t.equal(header.text, "192.0.2.1:56324 198.51.100.7:8443");
    t.equal(text(header, AUTHORITY), "www.foobar.com");
    t.same(header.tlvs.get(TLS)?.subarray(0, 5), hex([1, 0, 0, 0, 1]), "no certificate");
    t.match(inTls(header).get(TLS_VERSION)?.toString(), "TLSv1.3");
    t.match(inTls(header).get(TLS_CIPHER)?.toString(), /^TLS_/);
  }
});

t.test("the certificate of a client, verified, and of its resumed session", async (t) => {
  await using certificates = await givenCertificates();
  await using server = await echoing();
  const { site, internal } = certificates;
  const frontend: Frontend = {
    tls: { certificates: [site] },
    clientCertificates: { mode: "optional", ca: internal.ca },
  };
  await using balancer = await givenTcpBalancer([server.port], { sendProxy: FULL }, frontend);
  const { port } = balancer;
  const own = { cert: readFileSync(internal.cert), key: readFileSync(internal.key) };
  let session: Buffer | undefined;
  for (const options of [{}, own, own]) {
    const resumed = session === undefined ? {} : { session };
    const common = { ca: certificates.authority, servername: "www.foobar.com", ...resumed };
    const client = connectTls({ port, host: "127.0.0.1", ...common, ...options });
    client.on("session", (ticket) => {
      if (options === own) session = ticket;
    });
    client.write("x");
    await once(client, "data");
    await until(() => options !== own || session !== undefined);
    client.destroy();
  }
  const [without, shown, again] = server.headers.map(({ tlvs }) => tlvs.get(TLS)?.subarray(0, 5));
  t.same(without, hex([1, 0, 0, 0, 1]), "none was shown, so none is verified (2.2.5)");
  t.same(shown, hex([1 | 2 | 4, 0, 0, 0, 0]));
  t.same(again, hex([1 | 4, 0, 0, 0, 0]), "in this session, not in this connection");
  for (const header of server.headers.slice(1))
    t.equal(inTls(header).get(TLS_NAME)?.toString(), "balancer");
});

t.test("what a proxy in front has said of its TLS goes on, and routes", async (t) => {
  await using server = await echoing();
  await using other = await echoing();
  const routes = [
    { match: { sni: "shop.test", alpn: "imap" }, backend: "web" },
    { backend: "other" },
  ];
  await using balancer = await givenTcpBalancer(
    [server.port],
    { sendProxy: FULL },
    { ...FROM_PROXY, routes },
    { other: { mode: "tcp", servers: { s: { address: `127.0.0.1:${other.port}` } } } },
  );
  using client = await tcpClient(balancer.port);
  client.socket.write(Buffer.concat([fromTlsProxy(), hex("x")]));
  await client.received(/^x$/);
  const [header] = server.headers;
  t.equal(header?.text, "192.0.2.1:56324 198.51.100.7:443");
  t.equal(header && text(header, AUTHORITY), "shop.test");
  t.equal(header && text(header, ALPN), "imap");
  t.equal(header && text(header, UNIQUE_ID), "\xff\x01", "the proxy's own id");
  t.same(header?.tlvs.get(TLS)?.subarray(0, 5), hex([1, 0, 0, 0, 1]));
  t.equal(header && inTls(header).get(TLS_VERSION)?.toString(), "TLSv1.2");
  client.socket.end();
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { rest: /^ sni="shop\.test" conn="#FF#01"$/ });
});

t.test("a server that never answers the handshake behind the header", async (t) => {
  await using certificates = await givenCertificates();
  await using silent = await givenAnnouncedServer((socket) => {
    socket.on("end", () => socket.end()).resume();
  });
  const timeouts = { connect: "300ms" };
  const backend = { sendProxy: "v2", tls: certificates.internal, timeouts, retries: 0 } as const;
  await using balancer = await givenTcpBalancer([silent.port], backend);
  using client = await tcpClient(balancer.port);
  await until(() => client.seen.closed || client.seen.ended);
  const [line = ""] = await balancer.log(1);
  t.match(logged(line), { termination: "sC" });
  await opened(silent, 0);
  t.equal(silent.headers.length, 1);
});

t.test(
  "a server that refuses the header: its reset comes after it took the connection",
  async (t) => {
    await using certificates = await givenCertificates();
    await using refusing = await givenAnnouncedServer((socket) => void socket.resetAndDestroy());
    for (const tls of [undefined, certificates.internal]) {
      const backend = { sendProxy: "v2", retries: 0, ...(tls && { tls }) } as const;
      await using balancer = await givenTcpBalancer([refusing.port], backend);
      using client = await tcpClient(balancer.port);
      await until(() => client.seen.closed || client.seen.ended || client.seen.error !== "");
      const [line = ""] = await balancer.log(1);
      t.match(logged(line), { termination: tls === undefined ? "SD" : "SC" });
    }
  },
);

/** Returns a function that ends TLS on a connection, echoes, and keeps the first three bytes that came. */
async function endingTls(certificates: Certificates, name: string, first: string[]) {
  const server = createTls(await certificates.server(name), (socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  return (socket: Socket) => {
    const bytes: Buffer = socket.read() ?? Buffer.alloc(0);
    const begin = (chunk: Buffer) => {
      first.push(chunk.subarray(0, 3).toString("hex"));
      socket.pause();
      socket.unshift(chunk);
      server.emit("connection", socket);
    };
    if (bytes.length > 0) begin(bytes);
    else {
      socket.once("data", begin);
      socket.resume();
    }
  };
}

/** Connects to `port` and sends `header` at once. */
function connectWith(port: number, header: string): Socket {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.write(header, "latin1");
  return socket;
}

/** Says hello by TLS on `socket`, and returns the answer. */
async function throughTls(socket: Socket, certificates: Certificates, servername: string) {
  const ca = certificates.authority;
  const client = connectTls({ socket, ca, servername });
  client.write("hello");
  const [chunk] = await once(client, "data");
  client.end();
  await once(client, "close");
  return String(chunk);
}
