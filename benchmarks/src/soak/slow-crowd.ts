// A thread of clients that dribble heads, dribble bodies, or do not read. Each comes back when it is
// thrown out. Every second it says how many are connected, first when all are.
import { connect, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { port, ofEach }: { port: number; ofEach: number } = workerData;
let connected = 0;

interface Kind {
  readonly hello: string;
  readonly dribbles: boolean;
}

const KINDS: readonly Kind[] = [
  { hello: "GET /slow HTTP/1.1\r\nHost: crowd\r\nX: ", dribbles: true },
  { hello: "POST /echo HTTP/1.1\r\nHost: crowd\r\nContent-Length: 99999\r\n\r\n", dribbles: true },
  { hello: "GET /large HTTP/1.1\r\nHost: crowd\r\n\r\n", dribbles: false },
];

const DRIBBLE_MS = 2_000;

function join(kind: Kind): void {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.once("connect", () => {
    connected += 1;
    socket.write(kind.hello);
    if (!kind.dribbles) socket.pause();
    const timer = kind.dribbles ? dribble(socket) : undefined;
    socket.once("close", () => {
      clearInterval(timer);
      connected -= 1;
    });
  });
  socket.once("close", () => setTimeout(join, 100, kind));
}

/** Each at its own moment, as strangers do. */
function dribble(socket: Socket): NodeJS.Timeout {
  socket.resume();
  return setInterval(() => socket.write("a"), DRIBBLE_MS);
}

/** A few at a time: the crowd's arrival is not what is measured. */
for (let n = 0; n < 3 * ofEach; n++) {
  const kind = KINDS[n % KINDS.length];
  if (kind !== undefined) setTimeout(join, n, kind);
}
setInterval(() => {
  if (connected >= 2.9 * ofEach) parentPort?.postMessage(connected);
}, 1_000);
