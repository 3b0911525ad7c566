// Tests connections whose ClientHello is read and passed on: it comes too slowly, breaks off, is none, or is too long.
import { once } from "node:events";
import { connect } from "node:net";
import t, { type Test } from "tap";
import { ManualClock } from "../../test/manual-clock.ts";
import type { ClientHello } from "../tls/client-hello.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import type { Accepted } from "./accepted.ts";
import { Listener } from "./listener.ts";
import { peekHello } from "./peek-hello.ts";

/** The beginning of a record with a ClientHello of 512 bytes. */
const BEGUN = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);

async function given(t: Test) {
  const clock = new ManualClock();
  const refused: RefusedConnection[] = [];
  const seen: ClientHello[] = [];
  const accepted: Accepted[] = [];
  const listener = new Listener({
    ...{ address: { host: "127.0.0.1", port: 0 }, clock },
    accepted: (one) => {
      accepted.push(one);
      one.socket.on("error", () => undefined);
      const note = { refused: (it: RefusedConnection) => void refused.push(it) };
      peekHello(one, { clock, ...note, seen: (hello) => void seen.push(hello) });
    },
    refused: (one) => refused.push(one),
  });
  await listener.listen();
  t.teardown(() => listener.stop());
  const client = connect({ port: listener.port, host: "127.0.0.1", noDelay: true });
  client.on("error", () => undefined);
  t.teardown(() => client.destroy());
  await once(client, "connect");
  return { clock, refused, seen, accepted, client };
}

/** Resolves when `holds` returns true; the test's own time limit ends the wait. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test("a ClientHello that is not complete in time", async (t) => {
  const { clock, refused, seen, accepted, client } = await given(t);
  client.write(BEGUN);
  await until(() => accepted[0]?.socket.bytesRead === BEGUN.length);
  t.same(refused, []);
  const closed = once(client, "close");
  clock.step();
  t.match(refused, [{ reason: "timeout", why: "the ClientHello did not end in time" }]);
  await closed;
  t.same(seen, []);
});

t.test("a client that has said nothing in time", async (t) => {
  const { clock, refused, accepted, client } = await given(t);
  await until(() => accepted.length === 1);
  const closed = once(client, "close");
  clock.step();
  t.match(refused, [{ reason: "timeout" }]);
  await closed;
});

t.test("a client that leaves in its ClientHello", async (t) => {
  const { clock, refused, seen, client } = await given(t);
  client.write(BEGUN);
  client.end();
  await until(() => refused.length === 1);
  t.match(refused, [{ reason: "closed" }]);
  clock.step();
  t.equal(refused.length, 1);
  t.same(seen, []);
});

t.test("a ClientHello that is longer than one may be is refused with an alert", async (t) => {
  const { refused, seen, client } = await given(t);
  const received: Buffer[] = [];
  client.on("data", (chunk: Buffer) => received.push(chunk));
  client.write(Buffer.from([22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfd]));
  await until(() => refused.length === 1);
  t.match(refused, [{ reason: "malformed", why: /ClientHello.* 128 TLS records/ }]);
  await until(() => client.destroyed);
  t.same(Buffer.concat(received), Buffer.from([21, 3, 3, 0, 2, 2, 50]));
  t.same(seen, []);
});

t.test("bytes that are no ClientHello: the time limit ends", async (t) => {
  const { clock, refused, seen, client } = await given(t);
  client.write("SSH-2.0-x\r\n");
  await until(() => seen.length === 1);
  t.same(seen, [{ serverName: "", protocols: [] }]);
  clock.step();
  t.same(refused, []);
  t.equal(client.destroyed, false);
});
