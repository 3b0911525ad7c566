// A server and a client in a thread of their own. They act while the balancer's thread is blocked, so that
// the balancer finds the actions of both at the same time.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type MessagePort, parentPort } from "node:worker_threads";

/**
 * What the server does on its idle connections after the client has sent its second request: it sends an answer that no
 * request asked for, or ends the connection.
 */
export type Spoiling = "unasked answer" | "end";

export interface Scene {
  readonly balancer: number;
  readonly spoiling: Spoiling;
  readonly second: string;
  /** Set to 1 when the client and the server have acted. */
  readonly acted: Int32Array;
}

/** Enough time for bytes on the loopback to reach the kernel of the other side. */
const ON_THE_WAY_MS = 20;
const answerTo = (path: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`;

const connections: Socket[] = [];
const server = createServer((socket) => {
  connections.push(socket);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => socket.write(answerTo(bytes.toString().split(" ")[1] ?? "")));
});

async function play(scene: Scene, port: MessagePort): Promise<string> {
  const { balancer, spoiling, second, acted } = scene;
  const client = connect(balancer, "127.0.0.1");
  client.write("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(client, "data");
  port.postMessage("ready");
  await once(port, "message");
  client.write(second);
  await sleep(ON_THE_WAY_MS);
  for (const connection of connections.splice(0)) {
    if (spoiling === "end") connection.end();
    else connection.write(answerTo("/unasked"));
  }
  await sleep(ON_THE_WAY_MS);
  Atomics.store(acted, 0, 1);
  Atomics.notify(acted, 0);
  const [answer] = (await once(client, "data")) as [Buffer];
  client.destroy();
  return answer.toString();
}

if (parentPort === null) throw new Error("both-sides.ts runs as a worker");
const port = parentPort;
port.once("message", async (scene: Scene) => port.postMessage(await play(scene, port)));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  port.postMessage(typeof address === "object" ? address?.port : undefined);
});
