// A server in a thread of its own. As soon as the server has received the head of an upload or the
// first bytes in a tunnel, it sends its last bytes. Then it closes without reading what the client
// sends, so that the kernel resets the connection directly after the answer. The thread posts one
// message, the server's port.
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";

export interface Leaving {
  /** The bytes that the server sends before it closes. An upgrade is answered with a 101 before that. */
  readonly says: string;
  /** Whether the server ends its side normally before it closes. */
  readonly ends: boolean;
  /** How long the server waits, after it has sent `says`, before it closes the connection. */
  readonly afterMs: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

const { says, ends, afterMs, tls } = workerData as Leaving;
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

async function leave(socket: Socket): Promise<void> {
  socket.pause(); // the client continues to send
  socket.write(says, "latin1");
  if (ends) socket.end();
  if (afterMs > 0) await sleep(afterMs);
  socket.destroy();
}

function talk(socket: Socket): void {
  let switched = false;
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    const text = chunk.toString("latin1");
    if (text.startsWith("GET /healthz")) {
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    } else if (!switched && text.includes("Upgrade: websocket")) {
      switched = true;
      socket.write(SWITCHED);
    } else void leave(socket);
  });
}

const options = { allowHalfOpen: true, noDelay: true };
const server =
  tls === undefined ? createServer(options, talk) : createTlsServer({ ...options, ...tls }, talk);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  parentPort?.postMessage(address !== null && typeof address === "object" ? address.port : 0);
});
