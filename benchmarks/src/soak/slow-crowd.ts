// A program with slow clients. Some send heads byte by byte, some send bodies byte by byte, and
// some read an answer 16 KiB at a time. The answer is larger than the kernel's buffers, so its
// sender has to wait. A client that is disconnected connects again. The program prints a line when
// nearly all clients are connected. For each line on its stdin, the program prints how many
// connections were open and how many were closed since the previous line.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export type SlowKind = "heads" | "bodies" | "readers";

/** The port to which the clients connect, and how many clients there are of each kind. */
export interface CrowdSetup {
  readonly port: number;
  readonly ofEach: number;
}

/** What the program prints for a line on its stdin. All counts are since the previous line. */
export interface CrowdNews {
  /** The smallest number of connections that were open at the same time. */
  readonly fewest: number;
  /** How many connections of each kind the proxy closed. */
  readonly thrownOut: Readonly<Record<SlowKind, number>>;
}

const HELLO: Readonly<Record<SlowKind, string>> = {
  heads: "GET /small HTTP/1.1\r\nHost: crowd\r\nX: ",
  bodies: "POST /upload HTTP/1.1\r\nHost: crowd\r\nContent-Length: 99999\r\n\r\n",
  readers: "GET /8m HTTP/1.1\r\nHost: crowd\r\n\r\n",
};
const KINDS = Object.keys(HELLO) as readonly SlowKind[];

/** How long a client waits on average before it sends the next byte or reads a little more. */
const PACE_MS = 2_000;
/**
 * How many bytes a slow reader reads at once. The kernel lets a proxy write again when a third of
 * the socket's buffer is free. With this number of bytes every 2 s, that takes some 10 s. A proxy
 * allows a client 30 s without progress, so slow readers stay connected.
 */
const GULP_BYTES = 16 * 1024;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const COME_BACK_MS = 100;
/**
 * How long the clients may take to connect, in addition to one millisecond for each client. When
 * they take longer, the program fails.
 */
const SPARE_MS = 20_000;

const { port, ofEach } = JSON.parse(process.argv[2] ?? "") as CrowdSetup;
/**
 * How many clients have to be connected before the program prints its first line. The others, one
 * in thirty, may be about to reconnect.
 */
const enough = 2.9 * ofEach;
const thrownOut = { heads: 0, bodies: 0, readers: 0 };
const gulp = Buffer.alloc(GULP_BYTES); // shared by all clients: the bytes are not used
let connected = 0;
let fewest = 0;
let lastError = "no error";

/**
 * Options of a slow reader's socket. After each read into `gulp`, `callback` returns false, so the
 * socket reads no more until `resume` is called.
 */
const sip = { buffer: gulp, callback: () => false };

function join(kind: SlowKind): void {
  const reads = kind === "readers";
  const socket = connect({ port, host: "127.0.0.1", ...(reads ? { onread: sip } : {}) });
  socket.on("error", ({ message }) => {
    lastError = message;
  });
  socket.once("connect", () => {
    connected += 1;
    socket.write(HELLO[kind]);
    if (!reads) socket.resume();
    const stop = nowAndThen(() => (reads ? socket.resume() : dribble(socket)));
    socket.once("close", () => {
      stop();
      connected -= 1;
      thrownOut[kind] += 1;
      fewest = Math.min(fewest, connected);
    });
  });
  socket.once("close", () => setTimeout(join, COME_BACK_MS, kind));
}

let acts = 0;

/**
 * Calls `act` at irregular moments, as independent clients would. Returns a function that stops the
 * calls. With equal intervals Node would merge more and more of the timers, until hundreds of
 * clients act in the same millisecond.
 */
function nowAndThen(act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    acts += 1;
    // Multiples of the golden ratio spread `share` evenly from 0 to 1, for any number of calls.
    const share = (acts * GOLDEN) % 1;
    timer = setTimeout(
      () => {
        act();
        wait();
      },
      PACE_MS * (0.5 + share),
    );
  };
  wait();
  return () => clearTimeout(timer);
}

function dribble(socket: Socket): void {
  if (socket.writable) socket.write("a");
}

// One client connects each millisecond, because the test does not measure how fast a proxy accepts.
for (let n = 0; n < 3 * ofEach; n++) {
  const kind = KINDS[n % KINDS.length];
  if (kind !== undefined) setTimeout(join, n, kind);
}
const questions = createInterface({ input: process.stdin });
questions.once("close", () => process.exit()); // the parent process has ended

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
  console.log(JSON.stringify({ fewest, thrownOut } satisfies CrowdNews));
  fewest = connected;
  for (const kind of KINDS) thrownOut[kind] = 0;
});
