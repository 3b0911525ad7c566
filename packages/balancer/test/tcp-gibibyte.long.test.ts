// Tests that a gibibyte goes through a connection of TCP mode in each direction while the balancer's memory stays bounded,
// also when the reader stops for a while.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import t from "tap";
import { givenTcpBalancer, givenTcpServer } from "./given-tcp.ts";

const MIB = 1024 * 1024;
const piece = Buffer.alloc(MIB, "all bytes come, in order. ");
const PIECES = 1024;

async function send(socket: Socket): Promise<void> {
  for (let sent = 0; sent < PIECES; sent++) {
    piece.writeUInt32BE(sent);
    if (!socket.write(Buffer.from(piece))) await once(socket, "drain");
  }
  socket.end();
}

function sumOfAll(): string {
  const hash = createHash("sha1");
  for (let sent = 0; sent < PIECES; sent++) {
    piece.writeUInt32BE(sent);
    hash.update(piece);
  }
  return hash.digest("hex");
}

/** Reads to the end, with a pause of a second in the middle, and returns the sum and the most memory in use. */
async function receive(socket: Socket) {
  const hash = createHash("sha1");
  let [bytes, most] = [0, 0];
  for await (const chunk of socket) {
    hash.update(chunk);
    const before = bytes;
    bytes += chunk.length;
    most = Math.max(most, process.memoryUsage.rss());
    if (before < 512 * MIB && bytes >= 512 * MIB)
      await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return { sum: hash.digest("hex"), bytes, most };
}

const expected = sumOfAll();

for (const from of ["client", "server"] as const)
  t.test(`a gibibyte from the ${from}`, { timeout: 300_000 }, async (t) => {
    await using server = await givenTcpServer(({ socket }) => void socket.pause(), true);
    server.server.removeAllListeners("connection");
    const accepted = once(server.server, "connection");
    await using balancer = await givenTcpBalancer([server.port]);
    const client = connect({ port: balancer.port, host: "127.0.0.1", allowHalfOpen: true });
    const [far] = (await accepted) as [Socket];
    const before = process.memoryUsage.rss();
    const [source, sink] = from === "client" ? [client, far] : [far, client];
    const [{ sum, bytes, most }] = await Promise.all([receive(sink), send(source)]);
    t.equal(bytes, PIECES * MIB);
    t.equal(sum, expected);
    const grown = Math.round((most - before) / MIB);
    t.ok(grown < 256, `client, balancer and server in this process grew by ${grown} MiB`);
    sink.end();
    const [line = ""] = await balancer.log(1);
    const sent = from === "server" ? PIECES * MIB : 0;
    t.match(line, new RegExp(` ${sent} -- `));
    for (const socket of [client, far]) socket.destroy();
  });
