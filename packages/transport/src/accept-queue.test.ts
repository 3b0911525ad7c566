import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import t from "tap";
import { acceptQueueEmpty, BACKLOG } from "./accept-queue.ts";

const CLIENTS = 30;

/**
 * Opens connections from another thread, and counts in `memory[0]` how many the kernel has established. Posts how many
 * of them were answered before they ended.
 */
const CLIENT_THREAD = `
const { connect } = require("node:net");
const { parentPort, workerData: { memory, port, clients } } = require("node:worker_threads");
let answered = 0;
let over = 0;
for (let i = 0; i < clients; i += 1) {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.once("connect", () => {
    Atomics.add(memory, 0, 1);
    Atomics.notify(memory, 0);
  });
  socket.once("data", () => {
    answered += 1;
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    over += 1;
    if (over === clients) parentPort.postMessage(answered);
  });
}`;

/** Blocks this thread, and with it the listener's event loop, until the kernel has established all connections. */
function waitForClients(memory: Int32Array<SharedArrayBuffer>): void {
  for (;;) {
    const established = Atomics.load(memory, 0);
    if (established === CLIENTS) return;
    Atomics.wait(memory, 0, established);
  }
}

t.test("connections that wait in the kernel are accepted before a listener closes", async (t) => {
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    socket.on("error", () => undefined);
    socket.end("hello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const memory = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(CLIENT_THREAD, {
    eval: true,
    workerData: { memory, port, clients: CLIENTS },
  });
  const answered = once(worker, "message");
  waitForClients(memory);
  const before = accepted;
  await acceptQueueEmpty(() => accepted);
  server.close();
  t.ok(before < CLIENTS, "the kernel held some of them");
  t.same(await answered, [CLIENTS], "each was answered");
});

t.test("a queue that never becomes empty is waited for only so long", async (t) => {
  let accepted = 0;
  await acceptQueueEmpty(() => ++accepted);
  t.ok(accepted >= BACKLOG, `${accepted} connections were accepted meanwhile`);
});
