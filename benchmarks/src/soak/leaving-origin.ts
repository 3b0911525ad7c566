// A server that closes early. It answers the head of an upload, or sends the last bytes of a
// tunnel, and closes the connection without reading what the client still sends. The request's
// path, `/kind/ms`, says which answer to send and after how many milliseconds to close. The server
// is a process of its own, so that the work of the test's client does not delay it.
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { SAYINGS, type Saying } from "./sayings.ts";

const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

async function leave(socket: Socket, kind: Saying, afterMs: number): Promise<void> {
  socket.pause(); // the client's further bytes stay unread
  socket.write(SAYINGS[kind], "latin1");
  if (afterMs > 0) await sleep(afterMs);
  socket.destroy();
}

function talk(socket: Socket): void {
  let asked: readonly string[] | undefined;
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    const text = chunk.toString("latin1");
    const upgraded = asked !== undefined;
    asked ??= /^[A-Z]+ \/(\w+)\/(\d+)/.exec(text)?.slice(1);
    const [kind = "", afterMs] = asked ?? [];
    if (!(kind in SAYINGS)) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    else if (kind === "frame" && !upgraded) socket.write(SWITCHED);
    else void leave(socket, kind as Saying, Number(afterMs));
  });
}

const [cert, key] = process.argv.slice(2);
const options = { allowHalfOpen: true, noDelay: true };
const server =
  cert === undefined || key === undefined
    ? createServer(options, talk)
    : createTlsServer({ ...options, cert: readFileSync(cert), key: readFileSync(key) }, talk);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(address !== null && typeof address === "object" ? address.port : 0);
});
