// Tests reading the server name in a ClientHello. The tests use real ClientHellos from OpenSSL: whole, cut, in several
// records, and with random changes.
import { once } from "node:events";
import { createServer } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";
import t from "tap";
import { clientHelloOf, NO_HELLO, UNREADABLE_HELLO } from "./client-hello.ts";

/** Returns the first bytes that a TLS client sends, which are its ClientHello. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const client = connect({ port, host: "127.0.0.1", ...options });
  client.on("error", () => undefined);
  const [socket] = await once(server, "connection");
  let hello = Buffer.alloc(0);
  while (hello.length < 5 || hello.length < 5 + hello.readUInt16BE(3)) {
    const [chunk] = await once(socket, "data");
    hello = Buffer.concat([hello, chunk]);
  }
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

/** Returns the handshake message in `hello`, cut into TLS records of `size` bytes. */
function inRecords(hello: Buffer, size: number): Buffer {
  const records: Buffer[] = [];
  for (let at = 5; at < hello.length; at += size) {
    const part = hello.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

/** Returns the server name; "unreadable" when the ClientHello cannot be read. */
function serverNameOf(bytes: Buffer): string | undefined {
  const hello = clientHelloOf(bytes);
  return hello === UNREADABLE_HELLO ? hello : hello?.serverName;
}

const NAME = "www.foobar.com";
const hellos = [
  await helloOf({ servername: NAME }),
  await helloOf({ servername: NAME, maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] }),
];

t.test("the name is found when the whole hello has arrived, and not before", async (t) => {
  for (const hello of hellos) {
    t.equal(serverNameOf(hello), NAME);
    t.equal(serverNameOf(Buffer.concat([hello, Buffer.from([20, 3, 3, 0, 1, 1])])), NAME);
    for (const size of [200, 700, 1]) {
      const records = inRecords(hello, size);
      t.equal(serverNameOf(records), size === 1 ? UNREADABLE_HELLO : NAME, `in records of ${size}`);
    }
    const early = Array.from(hello, (_, length) => serverNameOf(hello.subarray(0, length)));
    t.ok(early.every((name) => name === undefined));
  }
});

t.test("the protocols are those of the list, and no part of one is another", async (t) => {
  const ALPNProtocols = ["x\x02h2y", "imap", "http/1.1"];
  t.match(clientHelloOf(await helloOf({ ALPNProtocols })), { protocols: ALPNProtocols });
  t.same(clientHelloOf(await helloOf({ servername: NAME })), { serverName: NAME, protocols: [] });
});

t.test("bytes that are not a hello have no name", async (t) => {
  t.equal(serverNameOf(await helloOf({})), "", "the client named no server");
  for (const bytes of ["GET / HTTP/1.1\r\n", "\x16\x02\x01\x00\x05", "\x80\x2e\x01\x00\x02"])
    t.equal(clientHelloOf(Buffer.from(bytes, "latin1")), NO_HELLO, JSON.stringify(bytes));
});

t.test("a hello that begins as TLS and cannot be read is told from no hello", (t) => {
  for (const bytes of [
    "\x16\x03\x01\x00\x00",
    "\x16\x03\x01\xff\xff",
    "\x16\x03\x01\x00\x01\x01\x15\x03\x01\x00\x02\x01\x5a",
    "\x16\x03\x01\x00\x04\x02\x00\x00\x00",
    "\x16\x03\x01\x40\x00\x01\x00\x3f\xfd",
  ])
    t.equal(serverNameOf(Buffer.from(bytes, "latin1")), UNREADABLE_HELLO, JSON.stringify(bytes));
  const slow = Buffer.concat([
    Buffer.from([22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f]),
    Buffer.alloc(20_000),
  ]);
  t.equal(serverNameOf(slow.subarray(0, 16_000)), undefined);
  const [hello = Buffer.alloc(0)] = hellos;
  for (const [records, expected] of [
    [128, NAME],
    [129, UNREADABLE_HELLO],
  ] as const) {
    const cut = records - 1;
    const begin = Buffer.concat([hello.subarray(0, 5), hello.subarray(5, 5 + cut)]);
    const rest = hello.subarray(5 + cut);
    const last = Buffer.concat([
      Buffer.from([22, 3, 1, rest.length >> 8, rest.length & 255]),
      rest,
    ]);
    t.equal(
      serverNameOf(Buffer.concat([inRecords(begin, 1), last])),
      expected,
      `${records} records`,
    );
  }
  t.end();
});

t.test("a hello of SSL 2, which OpenSSL accepts, is a hello without a name", (t) => {
  const hello = Buffer.from([0x80, 0x2e, 1, 3, 3]);
  const seen = clientHelloOf(hello);
  t.same(seen, NO_HELLO);
  t.not(seen, NO_HELLO, "so it can be refused where a name is needed");
  t.equal(clientHelloOf(hello.subarray(0, 3)), undefined);
  t.end();
});

t.test("changed hellos give a name or none, and never an error", async (t) => {
  const seen = new Set<string>();
  for (const hello of hellos)
    for (let at = 0; at < hello.length; at++)
      for (const value of [0, 1, 127, 255]) {
        const bent = Buffer.from(hello);
        bent[at] = value;
        seen.add(typeof serverNameOf(bent));
      }
  t.same([...seen].sort(), ["string", "undefined"]);
});
