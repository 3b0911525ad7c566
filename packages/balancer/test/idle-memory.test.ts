// Limits the heap memory that an idle client connection takes in the balancer: see docs/decisions/0013. The heap in use
// after a full garbage collection is measured, because resident memory depends on the machine.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import t from "tap";
import { givenRawOrigin } from "./given.ts";
import { options } from "./given-embedded.ts";
import type { Measured } from "./measured-balancer.ts";

const CONNECTIONS = 500;
const BATCHES = 3;
const AT_ONCE = 50;

/**
 * The limit for one connection. On Node 26, 3313 bytes were measured, of which Node's socket takes about 1150. The rest
 * grew by 200 bytes with what HTTP/2, PROXY headers and client certificates need to know of a connection.
 * A connection took 5310 bytes when it had listeners of its own, a decoder for a body that never came, and a string
 * that V8 kept as a tree of 22 pieces. Any one of these three would exceed the limit again.
 */
const MOST_BYTES = 3_400;

const REQUEST = "GET / HTTP/1.1\r\nHost: example.test\r\nUser-Agent: idle\r\nAccept: */*\r\n\r\n";
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

async function openOne(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(REQUEST);
  await once(socket, "data"); // the answer is so short that it comes in one piece
  return socket;
}

async function open(count: number, port: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => openOne(port)))));
  }
  return sockets;
}

t.test(`an idle connection holds at most ${MOST_BYTES} bytes of heap`, async (t) => {
  await using origin = await givenRawOrigin((socket) => socket.write(ANSWER));
  const balancer = new Worker(new URL("./measured-balancer.ts", import.meta.url), {
    workerData: options({ app: origin.port }),
  });
  t.teardown(() => balancer.terminate());
  const measured = async (): Promise<Measured> => {
    balancer.postMessage("measure");
    const [answer] = (await once(balancer, "message")) as [Measured];
    return answer;
  };
  const { port } = await measured();
  // The first connections make code, caches and the pool grow. They stay open, so that their memory does not
  // become garbage during the measurement.
  const sockets = [...(await open(2 * CONNECTIONS, port))];
  let each = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < BATCHES; batch++) {
    const before = await measured();
    sockets.push(...(await open(CONNECTIONS, port)));
    const grown = (await measured()).heapInUse - before.heapInUse;
    each = Math.min(each, Math.round(grown / CONNECTIONS)); // one measurement may include code that was compiled late on a busy machine
  }
  t.comment(`${each} bytes`);
  t.ok(each < MOST_BYTES, `${each} bytes`);
  t.ok(each > 1_000, "the measurement includes the connections");
  for (const socket of sockets) socket.destroy();
});
