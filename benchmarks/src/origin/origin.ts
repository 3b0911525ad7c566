// The server behind every proxy: a process that sends prepared responses. `node origin.ts` prints its port and runs
// until it is stopped. `node origin.ts CERT KEY` prints the number of a second port too, on its second line: there the
// origin demands TLS, and to see the same certificate from its client. `/unfinished` returns the number of answers that the origin cannot finish sending, because the
// other side does not read them.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { BODY_BYTES, CannedAnswers, canned, SLOW_MS, variedAnswer } from "./answers.ts";
import { RequestReader } from "./request-reader.ts";

const answers = new CannedAnswers();
const unknown = canned(0, "404 Not Found");
const sockets = new Set<Socket>();

function unfinished(): string {
  const count = `${[...sockets].filter(({ writableLength }) => writableLength > 0).length}`;
  return `HTTP/1.1 200 OK\r\nContent-Length: ${count.length}\r\n\r\n${count}`;
}

function serve(socket: Socket): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  socket.setNoDelay(true);
  const reader = new RequestReader((path) => {
    if (path.startsWith("/varied")) {
      socket.write(variedAnswer(BODY_BYTES["/varied"] ?? 0), "latin1");
      return;
    }
    if (path === "/unfinished") {
      socket.write(unfinished());
      return;
    }
    const bytes = answers.get(path) ?? unknown;
    if (path === "/slow") setTimeout(() => void socket.write(bytes), SLOW_MS);
    else socket.write(bytes);
  });
  socket.on("data", (chunk: Buffer) => reader.push(chunk));
  socket.on("error", () => socket.destroy());
}

/** Makes the server that lets in only clients with the certificate that it shows itself. */
function tlsServer(certFile: string, keyFile: string): Server {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
  return createTlsServer({ cert, key, ca: cert, requestCert: true }, serve);
}

const [certFile, keyFile] = process.argv.slice(2);
const servers = [createServer(serve)];
if (certFile !== undefined && keyFile !== undefined) servers.push(tlsServer(certFile, keyFile));
for (const server of servers) {
  await once(server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }), "listening");
  console.log((server.address() as AddressInfo).port);
}
