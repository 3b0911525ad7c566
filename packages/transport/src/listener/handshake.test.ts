// Tests TLS connections whose server name is read before the handshake. The ClientHello comes in pieces, comes too
// slowly, or is cut off. One test renews the certificates.
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { certificate } from "../../test/certificate.ts";
import { ManualClock } from "../../test/manual-clock.ts";
import { edgeTls } from "../tls/edge.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import { Listener } from "./listener.ts";

const [a, b, c] = [certificate("a.test"), certificate("b.test"), certificate("c.test")];
const showing = (...certificates: (typeof a)[]) =>
  edgeTls({ certificates, policy: "intermediate", alpn: ["http/1.1"] });

const endAtOnce = (socket: Socket): void => void socket.end();

async function given(t: Test, tls = showing(a, b), accepted = endAtOnce) {
  const clock = new ManualClock();
  const refused: RefusedConnection[] = [];
  const listener = new Listener({
    ...{ address: { host: "127.0.0.1", port: 0 }, tls, clock },
    accepted: ({ socket }) => accepted(socket),
    refused: (one) => refused.push(one),
  });
  await listener.listen();
  t.teardown(() => listener.stop());
  return { clock, refused, listener, port: listener.port };
}

/**
 * Returns the name in the certificate that a client gets. The client writes `size` bytes at a time, each piece in its
 * own packet.
 */
async function shown(port: number, servername: string, size: number): Promise<string | undefined> {
  const below = connectTcp({ port, host: "127.0.0.1", noDelay: true });
  const pieces = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      const next = (at: number): void => {
        if (at >= chunk.length) done();
        else below.write(chunk.subarray(at, at + size), () => setImmediate(next, at + size));
      };
      next(0);
    },
  });
  below.on("data", (chunk) => pieces.push(chunk));
  below.on("close", () => pieces.push(null));
  const socket: TLSSocket = connect({ socket: pieces, servername, rejectUnauthorized: false });
  socket.resume();
  await once(socket, "secureConnect");
  const { CN } = socket.getPeerCertificate().subject;
  await once(socket, "end"); // after `end`, the handshake is over on the server's side too
  below.destroy();
  return Array.isArray(CN) ? CN[0] : CN;
}

t.test("a hello may come in any number of pieces", async (t) => {
  const { port, refused } = await given(t);
  for (const size of [100_000, 500, 7])
    for (const name of ["a.test", "b.test"]) t.equal(await shown(port, name, size), name);
  t.same(refused, []);
});

t.test("a hello that does not come in time or breaks off is refused", async (t) => {
  const { port, clock, refused } = await given(t);
  const slow = connectTcp({ port, host: "127.0.0.1" });
  slow.on("error", () => undefined);
  const gone = new Promise((resolve) => slow.once("close", resolve));
  slow.write(Buffer.from([22, 3, 1, 2, 0, 1]));
  while (refused.length === 0) {
    await new Promise(setImmediate);
    clock.step(); // runs the timer of the connection's time limit, if the connection has arrived
  }
  t.match(refused, [{ reason: "timeout", client: "127.0.0.1" }]);
  await gone;

  const early = connectTcp({ port, host: "127.0.0.1" });
  early.end(Buffer.from([22, 3, 1, 2, 0, 1]));
  await once(early.resume(), "close");
  t.match(refused[1], { reason: "closed", client: "127.0.0.1" });
  t.notOk(clock.step(), "no timer is left");
});

t.test("a client that closes during the handshake is refused, with or without names", async (t) => {
  const { port, refused } = await given(t, showing(a));
  const client = connectTcp({ port, host: "127.0.0.1" });
  client.end(Buffer.from([22, 3, 1, 2, 0, 1]));
  await once(client.resume(), "close");
  t.match(refused, [{ reason: "closed", client: "127.0.0.1" }]);
});

t.test("a client that half-closes after the handshake still gets an answer", async (t) => {
  for (const tls of [showing(a), showing(a, b)]) {
    const { port } = await given(t, tls, (socket) => {
      socket.resume().on("end", () => setImmediate(() => socket.end("late")));
    });
    const client = connect({
      ...{ port, host: "127.0.0.1", servername: "a.test" },
      ...{ rejectUnauthorized: false, allowHalfOpen: true },
    });
    client.end("question");
    t.equal(await text(client), "late");
  }
});

t.test("renewed certificates are used from the next hello on", async (t) => {
  const { port, listener } = await given(t);
  t.equal(
    await shown(port, "c.test", 100_000),
    "a.test",
    "the first certificate, for a name that no certificate has",
  );
  listener.renew(showing(b, c));
  t.equal(await shown(port, "c.test", 100_000), "c.test");
  t.equal(await shown(port, "a.test", 100_000), "b.test");
});
