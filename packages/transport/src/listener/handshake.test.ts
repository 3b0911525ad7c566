// Connections whose name is read first: in pieces, too slowly, not to its end, and across a renewal.
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

/** What is shown to a client that writes `size` bytes at a time, each in a packet of its own. */
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
  await once(socket, "end"); // by then the handshake is over on the other side too
  below.destroy();
  return Array.isArray(CN) ? CN[0] : CN;
}

t.test("a hello in any number of pieces", async (t) => {
  const { port, refused } = await given(t);
  for (const size of [100_000, 500, 7])
    for (const name of ["a.test", "b.test"]) t.equal(await shown(port, name, size), name);
  t.same(refused, []);
});

t.test("a hello that does not come, and one that breaks off", async (t) => {
  const { port, clock, refused } = await given(t);
  const slow = connectTcp({ port, host: "127.0.0.1" });
  slow.on("error", () => undefined);
  const gone = new Promise((resolve) => slow.once("close", resolve));
  slow.write(Buffer.from([22, 3, 1, 2, 0, 1]));
  while (refused.length === 0) {
    await new Promise(setImmediate);
    clock.step(); // its time is up, once it is there
  }
  t.match(refused, [{ reason: "timeout", client: "127.0.0.1" }]);
  await gone;

  const early = connectTcp({ port, host: "127.0.0.1" });
  early.end(Buffer.from([22, 3, 1, 2, 0, 1]));
  await once(early.resume(), "close");
  t.match(refused[1], { reason: "closed", client: "127.0.0.1" });
  t.notOk(clock.step(), "nothing is waited for any more");
});

t.test("whoever closes in the middle has left, also where no name is read", async (t) => {
  const { port, refused } = await given(t, showing(a));
  const client = connectTcp({ port, host: "127.0.0.1" });
  client.end(Buffer.from([22, 3, 1, 2, 0, 1]));
  await once(client.resume(), "close");
  t.match(refused, [{ reason: "closed", client: "127.0.0.1" }]);
});

t.test("whoever half-closes afterwards still gets an answer", async (t) => {
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

t.test("certificates that are renewed are shown from the next hello on", async (t) => {
  const { port, listener } = await given(t);
  t.equal(await shown(port, "c.test", 100_000), "a.test", "the first, for a name of nobody's");
  listener.renew(showing(b, c));
  t.equal(await shown(port, "c.test", 100_000), "c.test");
  t.equal(await shown(port, "a.test", 100_000), "b.test");
});
