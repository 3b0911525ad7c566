// The memory of idle sessions of HTTP/2: each has asked for one small answer, with the fields of a browser, and waits.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Started } from "../process/started.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { memoryOfTree } from "../process/usage.ts";
import { END_HEADERS, END_STREAM, frame, literal, PREFACE, requestBlock, TYPE } from "./frames.ts";
import { type StandName, startStand } from "./stand.ts";

/** What an idle session may take of the balancer's memory. */
export const MOST_IDLE_BYTES = 24 * 1024;

const INDEXED = 0x40;
const FIELDS = [
  [
    "user-agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0",
  ],
  [
    "accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  ],
  ["accept-encoding", "gzip, deflate, br, zstd"],
  ["accept-language", "en-GB,en;q=0.9"],
  ["cookie", "session=0123456789abcdef0123456789abcdef"],
] as const;
const ASK = Buffer.concat([
  PREFACE,
  frame(TYPE.settings, 0, 0),
  frame(
    TYPE.headers,
    END_HEADERS | END_STREAM,
    1,
    Buffer.concat([
      requestBlock("GET", "/small"),
      ...FIELDS.map(([name, value]) => literal(name, value, INDEXED)),
    ]),
  ),
]);
/** How many sessions are opened at once. */
const AT_ONCE = 50;
/** How long the memory is looked at: what garbage collection gives back in that time does not count. */
const SETTLES_MS = 5_000;

/** Opens the sessions and returns how much the proxy's resident memory has grown, for each of them. */
export async function idleSessions(
  proxy: StandName,
  sessions: number,
): Promise<{ readonly bytesEach: number }> {
  using folder = temporaryFolder("abuse");
  await using origin = await Started.start([
    process.execPath,
    join(import.meta.dirname, "../origin/origin.ts"),
  ]);
  await using stand = await startStand(proxy, Number(await origin.nextLine()), folder.path);
  const held: Socket[] = [];
  try {
    // The first ones warm the proxy up: it compiles code and opens its connections to the server.
    for (let i = 0; i < 200; i += AT_ONCE) held.push(...(await opened(stand.h2)));
    await sleep(SETTLES_MS);
    const before = memoryOfTree(stand.pid).rss;
    const first = held.length;
    while (held.length < first + sessions) held.push(...(await opened(stand.h2)));
    await sleep(SETTLES_MS);
    const grown = memoryOfTree(stand.pid).rss - before;
    return { bytesEach: grown / (held.length - first) };
  } finally {
    for (const socket of held) socket.destroy();
  }
}

function opened(port: number): Promise<readonly Socket[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, () => open(port)));
}

/** Resolves when the answer has come: the end of its stream is the last flag of its last frame. */
async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.write(ASK);
  let bytes = Buffer.alloc(0);
  while (!hasAnswer(bytes)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  return socket;
}

function hasAnswer(bytes: Buffer): boolean {
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    const type = bytes[at + 3];
    const ends = ((bytes[at + 4] ?? 0) & END_STREAM) !== 0;
    if ((type === TYPE.data || type === TYPE.headers) && ends) return true;
  }
  return false;
}
