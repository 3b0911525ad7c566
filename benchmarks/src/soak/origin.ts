// The server behind the balancer in a soak test. The path of a request says how the server answers:
// completely, late, or not to the end. After an upgrade the server echoes the bytes that it
// receives.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const LARGE = Buffer.alloc(1024 * 1024, "x");

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.on("error", () => undefined);
  if (request.url === "/large") response.end(LARGE);
  else if (request.url === "/die") {
    response.write("half of it");
    setImmediate(() => request.socket.destroy());
  } else if (request.url === "/echo") request.pipe(response);
  else if (request.url === "/late") setTimeout(() => response.end("late"), 200);
  else response.end("hello");
}

function upgrade(_request: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => undefined);
  socket.on("end", () => socket.end());
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  socket.on("data", (chunk: Buffer) => {
    if (chunk.includes("bye")) socket.destroy();
    else socket.write(chunk);
  });
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startOrigin(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer(answer);
  server.on("upgrade", upgrade);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}
