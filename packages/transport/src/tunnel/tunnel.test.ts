// Tests a tunnel between plain sockets without an HTTP exchange, as a future TCP mode will use it. The tests use real
// connections: many bytes in both directions, each way in which a tunnel ends, and the timeouts.
import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { ManualClock } from "../../test/manual-clock.ts";
import { Deadlines } from "../deadlines.ts";
import { Listener } from "../listener/listener.ts";
import { ReadBuffers } from "../reads.ts";
import { turnClock } from "../turn-clock.ts";
import type { ByteEnd, ByteEndListener } from "./byte-end.ts";
import { SocketEnd } from "./socket-end.ts";
import { openTunnel } from "./tunnel.ts";

const TIMEOUTS = { tunnel: 60_000, clientFin: 20_000, serverFin: 30_000 };

/**
 * Makes a client and a server that a tunnel connects. With `ours` the tunnel reads into ReadBuffers, otherwise into
 * Node's memory.
 */
async function given(t: Test, ours: boolean) {
  const time = new ManualClock();
  const clock = turnClock(time);
  const deadlines = new Deadlines(clock);
  const over: string[] = [];
  const inside: Socket[] = [];
  const far = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, "127.0.0.1");
  await once(far, "listening");
  const listener = new Listener({
    address: { host: "127.0.0.1", port: 0 },
    ...(ours && { buffers: new ReadBuffers(clock) }),
    accepted: ({ socket, reads }) => {
      const { port } = far.address() as AddressInfo;
      const onwards = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      inside.push(socket, onwards);
      openTunnel({
        client: new SocketEnd(socket, deadlines, reads),
        server: new SocketEnd(onwards, deadlines),
        ...{ now: () => deadlines.now(), timeouts: TIMEOUTS },
        over: (by, how) => void over.push(`${by} ${how}`),
      });
    },
  });
  await listener.listen();
  const { port } = listener;
  const client = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  const [server] = (await once(far, "connection")) as [Socket];
  for (const one of [client, server]) one.on("error", () => undefined);
  t.teardown(() => {
    deadlines.stop();
    listener.stop();
    far.close();
    for (const one of [client, server, ...inside]) one.destroy();
  });
  return { time, deadlines, client, server, inside, over };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Reads a socket: counts its bytes, and keeps a sum that depends on their values and order. */
function taken(socket: Socket) {
  const seen = { bytes: 0, sum: 0, text: "", ended: false, closed: false };
  socket.on("data", (chunk: Buffer) => {
    for (const byte of chunk) seen.sum = (seen.sum * 31 + byte) % 1_000_000_007;
    seen.bytes += chunk.length;
    if (seen.text.length < 100) seen.text += chunk.toString("latin1", 0, 100);
  });
  socket.on("end", () => {
    seen.ended = true;
  });
  socket.on("close", () => {
    seen.closed = true;
  });
  return seen;
}

const MUCH = 8 * 1024 * 1024;
const bulk = Buffer.alloc(MUCH);
for (let at = 0; at < MUCH; at++) bulk[at] = (at * 7 + (at >> 9)) & 255;
let SUM = 0;
for (const byte of bulk) SUM = (SUM * 31 + byte) % 1_000_000_007;

for (const ours of [true, false]) {
  const where = ours ? "our buffers" : "Node's buffers";

  t.test(`${where}: many bytes both ways, at the pace of the slower side`, async (t) => {
    const { client, server, inside, over } = await given(t, ours);
    client.write(bulk);
    server.write(bulk);
    await until(() => inside.length === 2 && inside.every((one) => one.isPaused()));
    const held = inside.map(({ writableLength }) => writableLength);
    t.ok(Math.max(...held) < 1024 * 1024, `held back, not kept in memory: ${held}`);
    const [up, down] = [taken(server), taken(client)];
    await until(() => up.bytes === MUCH && down.bytes === MUCH);
    t.same([up.sum, down.sum], [SUM, SUM], "every byte came, in order");
    client.end();
    server.end();
    await until(() => up.closed && down.closed && over.length > 0);
    t.same(over, ["server closed"]);
  });

  for (const first of ["client", "server"] as const)
    t.test(`${where}: the ${first} half-closes first, the other goes on sending`, async (t) => {
      const { client, server, over } = await given(t, ours);
      const [one, other] = first === "client" ? [client, server] : [server, client];
      const [there, here] = [taken(other), taken(one)];
      one.end("last words");
      await until(() => there.ended);
      t.equal(there.text, "last words");
      for (const words of ["still ", "here "]) {
        other.write(words);
        await until(() => here.text.endsWith(words));
      }
      t.notOk(here.ended || over.length > 0);
      other.end("bye");
      await until(() => here.closed && there.closed && over.length > 0);
      t.equal(here.text, "still here bye");
      t.same(over, ["server closed"]);
    });

  for (const first of ["client", "server"] as const)
    t.test(`${where}: the ${first}'s reset is passed on as a reset`, async (t) => {
      const { client, server, over } = await given(t, ours);
      const [one, other] = first === "client" ? [client, server] : [server, client];
      one.write("hello");
      await once(other, "data");
      const lost = once(other, "error").catch((error) => [error]);
      one.resetAndDestroy();
      t.match(await lost, [{ code: "ECONNRESET" }]);
      await until(() => over.length > 0);
      t.same(over, [`${first} reset`]);
    });

  for (const [name, ms, by, begin] of [
    ["tunnel", TIMEOUTS.tunnel, "client", () => undefined],
    ["clientFin", TIMEOUTS.clientFin, "client", ({ client }: Pair) => client.end()],
    ["serverFin", TIMEOUTS.serverFin, "server", ({ server }: Pair) => server.end()],
  ] as const)
    t.test(`${where}: the timeout ${name} ends a tunnel without traffic`, async (t) => {
      const { time, deadlines, client, server, over } = await given(t, ours);
      const [up, down] = [taken(server), taken(client)];
      begin({ client, server });
      await until(() => name === "tunnel" || up.ended || down.ended);
      time.pass(ms - 1);
      const speaker = name === "clientFin" ? server : client;
      speaker.write("a");
      await until(() => up.bytes + down.bytes === 1);
      time.pass(ms - 1);
      deadlines.sweep();
      await new Promise((resolve) => setTimeout(resolve, 20));
      t.same(over, [], "traffic starts the timeout again");
      time.pass(1);
      deadlines.sweep();
      await until(() => over.length > 0 && (up.ended || down.ended));
      t.same(over, [`${by} timed-out`]);
    });

  t.test(
    `${where}: a client that pauses for longer than \`serverFin\` still gets the rest`,
    async (t) => {
      const { time, deadlines, client, server, inside, over } = await given(t, ours);
      const down = taken(client);
      server.end(bulk.subarray(0, REST));
      await until(() => down.bytes > 0);
      client.pause();
      await until(() => inside[0]?.writableFinished === true);
      time.pass(TIMEOUTS.serverFin);
      deadlines.sweep();
      await until(() => over.length > 0);
      t.same(over, ["server timed-out"]);
      client.resume();
      await until(() => down.closed || down.ended);
      t.match(down, { bytes: REST, ended: true });
    },
  );
}

/** Fewer bytes than the kernel keeps for a client that does not read, and more than that client has received. */
const REST = 1_000_000;

/** An end that notes what the tunnel does with it. With `delivered: false` its peer takes nothing. */
class StubEnd implements ByteEnd {
  readonly calls: string[] = [];
  readonly delivered: boolean;
  deadline = Number.POSITIVE_INFINITY;
  listener: ByteEndListener | undefined = undefined;

  constructor(delivered: boolean) {
    this.delivered = delivered;
  }

  begin(listener: ByteEndListener): void {
    this.listener = listener;
  }
  write(chunk: Buffer): boolean {
    this.calls.push(`write ${chunk}`);
    return true;
  }
  pause(): void {}
  resume(): void {}
  halfClose(): void {
    this.calls.push("halfClose");
  }
  end(): void {
    this.calls.push("end");
  }
  abort(): void {
    this.calls.push("abort");
  }
  destroy(): void {
    this.calls.push("destroy");
  }
}

function givenStubs(clientTakes: boolean, serverTakes: boolean) {
  const [client, server] = [new StubEnd(clientTakes), new StubEnd(serverTakes)];
  const over: string[] = [];
  openTunnel({
    ...{ client, server, now: () => 0, timeouts: TIMEOUTS },
    over: (by, how) => void over.push(`${by} ${how}`),
  });
  return { client, server, over };
}

for (const takes of [true, false])
  t.test(`after the server's end and \`serverFin\`, when the client takes: ${takes}`, async (t) => {
    const { client, server, over } = givenStubs(takes, true);
    server.listener?.data(Buffer.from("rest"));
    server.listener?.ended();
    server.listener?.closed("timed-out");
    t.same(client.calls, ["write rest", "halfClose", "end"], "what it has still to take is sent");
    t.equal(client.deadline, TIMEOUTS.clientFin);
    t.same(over, [takes ? "server timed-out" : "client timed-out"], "the side that is late");
    client.listener?.data(Buffer.from("late"));
    t.same(server.calls, [], "what comes for the closed server is dropped");
  });

t.test(
  "after the client's end and `clientFin`, a server that has taken all is closed",
  async (t) => {
    const { client, server, over } = givenStubs(true, true);
    client.listener?.ended();
    client.listener?.closed("timed-out");
    t.same(server.calls, ["halfClose", "destroy"]);
    t.same(over, ["client timed-out"]);
  },
);

for (const [how, expected] of [
  ["closed", "client timed-out"],
  ["timed-out", "server timed-out"],
  ["reset", "server reset"],
] as const)
  t.test(
    `a slow server has \`serverFin\` to take the rest after \`clientFin\`: ${how}`,
    async (t) => {
      const { client, server, over } = givenStubs(true, false);
      client.listener?.data(Buffer.from("rest"));
      client.listener?.ended();
      client.listener?.closed("timed-out");
      t.same(server.calls, ["write rest", "halfClose"], "not closed");
      t.equal(server.deadline, TIMEOUTS.serverFin);
      server.listener?.data(Buffer.from("for a client that is gone"));
      server.listener?.drained();
      server.listener?.ended();
      t.same([client.calls, over], [[], []]);
      server.listener?.closed(how);
      t.same([client.calls, over], [[], [expected]]);
    },
  );

t.test("a server that resets after its end does not cost the client the rest", async (t) => {
  const { client, server, over } = givenStubs(true, true);
  server.listener?.ended();
  server.listener?.closed("reset");
  t.same(client.calls, ["halfClose", "end"]);
  t.same(over, ["server reset"]);
});

t.test("a timeout without an end before it is a reset for the other side", async (t) => {
  const { client, server, over } = givenStubs(true, true);
  server.listener?.closed("timed-out");
  t.same(client.calls, ["abort"], "the bytes may not be complete");
  t.same(over, ["server timed-out"]);
});

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}
