// Tests that connections with TLS read into ReadBuffers, and that no byte is lost, even when the first bytes come in
// one packet with the end of the handshake.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { connect, TLSSocket } from "node:tls";
import t from "tap";
import { certificate } from "../../test/certificate.ts";
import { ManualClock } from "../../test/manual-clock.ts";
import { attach } from "../connection.ts";
import { Deadlines } from "../deadlines.ts";
import { ReadBuffers } from "../reads.ts";
import { turnClock } from "../turn-clock.ts";
import type { Accepted } from "./accepted.ts";
import { Listener } from "./listener.ts";
import { readIntoBuffers } from "./tls-reads.ts";

const files = certificate("site.test");
const tls = { fallback: { cert: readFileSync(files.cert), key: readFileSync(files.key) } };
const clock = new ManualClock();
const deadlines = new Deadlines(clock);
const buffers = new ReadBuffers(turnClock(clock));
t.teardown(() => deadlines.stop());

/**
 * Makes a reader that keeps the bytes it gets. With `bulk` the reader asks for memory of its own. After each read into
 * that memory the socket pauses until the next turn of the event loop.
 */
function keeper({ socket, reads }: Accepted, bulk: boolean) {
  const chunks: Buffer[] = [];
  const seen = { shared: 0, owned: 0, direct: 0, ended: false, whole: () => Buffer.concat(chunks) };
  const session = {
    bulk,
    receive: () => {
      seen.direct += 1;
    },
    receiveShared: (memory: Buffer, length: number) => {
      seen.shared += 1;
      chunks.push(Buffer.from(memory.subarray(0, length)));
    },
    receiveOwned: (chunk: Buffer) => {
      seen.owned += 1;
      chunks.push(Buffer.from(chunk));
      socket.pause();
      setImmediate(() => socket.resume());
      return true;
    },
    ended: () => {
      seen.ended = true;
      socket.end();
    },
    ...{ drained: () => {}, closed: () => {}, expired: () => {} },
  };
  attach(socket, session, deadlines.add(session), reads);
  return seen;
}

const much = Buffer.alloc(2 * 1024 * 1024);
for (let at = 0; at < much.length; at++) much[at] = (at * 7 + (at >> 9)) & 255;

for (const bulk of [false, true])
  t.test(`every byte is read, into ${bulk ? "memory of its own" : "shared memory"}`, async (t) => {
    const kept: ReturnType<typeof keeper>[] = [];
    const listener = new Listener({
      ...{ address: { host: "127.0.0.1", port: 0 }, tls, buffers },
      accepted: (accepted) => void kept.push(keeper(accepted, bulk)),
    });
    await listener.listen();
    t.teardown(() => listener.stop());
    for (const words of [Buffer.from("GET / HTTP/1.1\r\n\r\n"), much]) {
      const client = connect({ port: listener.port, host: "127.0.0.1", rejectUnauthorized: false });
      client.end(words); // `words` are sent together with the end of the handshake
      await once(client.resume(), "close");
      const seen = kept.pop();
      t.ok(seen?.whole().equals(words), `${words.length} bytes, complete and in order`);
      t.match(seen, { ended: true, direct: 0 });
      t.equal(seen?.owned !== 0, bulk && words === much, "the first read uses shared memory");
    }
  });

t.test("a socket that cannot read into buffers is not changed", async (t) => {
  t.equal(readIntoBuffers(new TLSSocket(new Socket()).destroy(), buffers), undefined);
});
