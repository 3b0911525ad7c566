// The server behind every proxy: a process that sends prepared responses. `node origin.ts` prints its port and runs
// until it is stopped. `/unfinished` returns the number of answers that the origin cannot finish sending, because the
// other side does not read them.
import { type AddressInfo, createServer, type Socket } from "node:net";
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

const server = createServer(serve);
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () =>
  console.log((server.address() as AddressInfo).port),
);
