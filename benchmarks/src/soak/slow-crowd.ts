// A program: clients that dribble heads, dribble bodies, or do not read. On loopback the kernel takes a whole
// answer for those (1 MiB: client and proxy hold it in their socket buffers), so to the proxy they are done and
// idle; who is held back for real is slow-reader's affair. Each comes back when it is thrown out.
// It says a line when nearly all are connected, and then, for each line it is told, how many were
// connected at the least since.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Where they go, and how many of each kind. */
export interface CrowdSetup {
  readonly port: number;
  readonly ofEach: number;
}

interface Kind {
  readonly hello: string;
  readonly dribbles: boolean;
}

const KINDS: readonly Kind[] = [
  { hello: "GET /small HTTP/1.1\r\nHost: crowd\r\nX: ", dribbles: true },
  {
    hello: "POST /upload HTTP/1.1\r\nHost: crowd\r\nContent-Length: 99999\r\n\r\n",
    dribbles: true,
  },
  { hello: "GET /1m HTTP/1.1\r\nHost: crowd\r\n\r\n", dribbles: false },
];

const DRIBBLE_MS = 2_000;
const COME_BACK_MS = 100;
/** They are connected one each millisecond; that late, something is wrong. */
const SPARE_MS = 20_000;

const { port, ofEach } = JSON.parse(process.argv[2] ?? "") as CrowdSetup;
/** Some are always on their way back. */
const enough = 2.9 * ofEach;
let connected = 0;
let fewest = 0;
let lastError = "no error";

function join(kind: Kind): void {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", ({ message }) => {
    lastError = message;
  });
  socket.once("connect", () => {
    connected += 1;
    socket.write(kind.hello);
    const timer = kind.dribbles ? dribble(socket) : undefined;
    if (!kind.dribbles) socket.pause();
    socket.once("close", () => {
      clearInterval(timer);
      connected -= 1;
      fewest = Math.min(fewest, connected);
    });
  });
  socket.once("close", () => setTimeout(join, COME_BACK_MS, kind));
}

/** Each at its own moment, as strangers do. */
function dribble(socket: Socket): NodeJS.Timeout {
  socket.resume();
  return setInterval(() => socket.write("a"), DRIBBLE_MS);
}

// One after the other: the crowd's arrival is not what is measured.
for (let n = 0; n < 3 * ofEach; n++) {
  const kind = KINDS[n % KINDS.length];
  if (kind !== undefined) setTimeout(join, n, kind);
}
const questions = createInterface({ input: process.stdin });
questions.once("close", () => process.exit()); // whoever started us is gone

const giveUpAt = performance.now() + 3 * ofEach + SPARE_MS;
while (connected < enough) {
  await sleep(10);
  if (performance.now() < giveUpAt) continue;
  console.error(`only ${connected} of ${3 * ofEach} slow connections are open: ${lastError}`);
  process.exit(1);
}
fewest = connected;
console.log("gathered");
questions.on("line", () => {
  console.log(fewest);
  fewest = connected;
});
