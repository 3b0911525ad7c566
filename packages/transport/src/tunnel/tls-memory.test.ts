// Tests that a TLS socket does not refer to written memory after `write`, when nothing waited before: `SocketEnd`, and the
// output of a connection in @tandem/http, let the next read overwrite that memory at once.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { type ConnectionOptions, connect, createServer, type TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { certificate } from "../../test/certificate.ts";
import { ManualClock } from "../../test/manual-clock.ts";
import { Deadlines } from "../deadlines.ts";
import { SocketEnd } from "./socket-end.ts";

const files = certificate("localhost");
const PAIR = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
const PIECE = 128 * 1024;
const PIECES = 64;

/** Returns a TLS connection, first the end that accepted it. */
async function given(t: Test, options: ConnectionOptions) {
  const server = createServer(PAIR).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const there = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  const [here] = (await once(server, "secureConnection")) as [TLSSocket];
  t.teardown(() => {
    server.close();
    for (const socket of [here, there]) socket.destroy();
  });
  return [here, there] as const;
}

/** Counts the bytes that come, and those that are not what the byte at their place has to be. */
function checked(socket: TLSSocket) {
  const seen = { bytes: 0, wrong: 0 };
  socket.on("data", (chunk: Buffer) => {
    for (const byte of chunk) {
      if (byte !== 1 + (Math.floor(seen.bytes / PIECE) % 250)) seen.wrong += 1;
      seen.bytes += 1;
    }
  });
  return seen;
}

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
  for (const slow of [false, true])
    t.test(
      `${maxVersion}: ${slow ? "a slow" : "a quick"} peer gets what was written`,
      async (t) => {
        const [here, there] = await given(t, { maxVersion });
        const deadlines = new Deadlines(new ManualClock());
        t.teardown(() => deadlines.stop());
        const end = new SocketEnd(here, deadlines);
        const seen = checked(there);
        if (slow) there.pause();
        const memory = Buffer.alloc(PIECE);
        let delivered = 0;
        for (let piece = 0; piece < PIECES; piece++) {
          memory.fill(1 + (piece % 250));
          const ready = end.write(memory);
          if (end.delivered) delivered += 1;
          memory.fill(255);
          if (slow) there.resume();
          if (!ready) await once(here, "drain");
          if (slow) there.pause();
        }
        there.resume();
        here.end();
        await once(there, "end");
        t.same(seen, { bytes: PIECE * PIECES, wrong: 0 });
        t.equal(delivered, PIECES, "each piece was encrypted when write returned");
      },
    );

t.test("what is written while other bytes wait is not delivered yet", async (t) => {
  const [here] = await given(t, {});
  const deadlines = new Deadlines(new ManualClock());
  t.teardown(() => deadlines.stop());
  const end = new SocketEnd(here, deadlines);
  end.write(Buffer.alloc(100));
  t.ok(end.delivered);
  end.write(Buffer.alloc(100));
  t.notOk(end.delivered, "it waits in the queue of the stream");
});
