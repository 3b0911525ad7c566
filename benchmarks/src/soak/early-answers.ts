// Tests whether a client gets the answer of a server that answers before it has read the whole
// request, and then closes the connection. The server's reset comes right behind the answer (RFC
// 9112 §9.6), so the proxy's next write to the server fails. The answer is still in the kernel of
// the proxy's machine, and a proxy that continues to read gets it.
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { outliveWriteErrors } from "@tandem/transport";
import type { Peer } from "../peers/peer.ts";
import { makeCertificate } from "../process/certificate.ts";
import { freePort } from "../process/free-port.ts";
import { Started } from "../process/started.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { startConfigured } from "./balancer.ts";
import { arrived, type Saying } from "./sayings.ts";

export interface EarlyAnswersOptions {
  /**
   * The proxies to test besides Tandem. Tandem itself is tested as one balancer, as two balancers
   * in a row, and with TLS to the server.
   */
  readonly peers: readonly Peer[];
  /** How many rounds are made for each kind of answer and each delay before the reset. */
  readonly rounds: number;
  readonly progress: (words: string) => void;
}

/**
 * The result for one proxy, or for two proxies in a row. `lost` says for each kind of answer how
 * many answers were lost in how many rounds, such as `3 of 400`. `lostOfOurs` is the sum of lost
 * answers when the proxy is Tandem, and 0 for other proxies.
 */
export interface EarlyAnswersRow {
  readonly way: string;
  readonly lost: Readonly<Record<Saying, string>>;
  readonly lostOfOurs: number;
}

const KINDS: readonly Saying[] = ["short", "long", "close", "frame"];
const RESETS_MS = [0, 1, 5, 20] as const;
const UPGRADE =
  "Connection: upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const PIECE = Buffer.alloc(20_000, "b");
const PIECES = 45;
const PATIENCE_MS = 10_000;

export async function earlyAnswers(
  options: EarlyAnswersOptions,
): Promise<readonly EarlyAnswersRow[]> {
  using folder = temporaryFolder("early-answers");
  const tls = await makeCertificate(folder.path, "DNS:s1,DNS:localhost");
  await using origin = await startOrigin([]);
  await using secured = await startOrigin([tls.cert, tls.key]);
  const ours = (port: number, box: string, backendTls = "") =>
    startConfigured(
      (bind, admin) => `
site: soak
balancer:
  threads: 1
  frontends: { front: { bind: "127.0.0.1:${bind}", routes: [{ backend: origin }] } }
  backends:
    origin:
      servers: { s1: { address: "127.0.0.1:${port}" } }
      check: { interval: 1h, timeout: 30s, fall: 10 }
${backendTls}
  admin: { bind: 127.0.0.1:${admin} }
telemetry: { log: { level: error } }
`,
      box,
    );
  const rows: EarlyAnswersRow[] = [];
  const go = async (way: string, port: number, own: boolean): Promise<void> => {
    rows.push(await measure(way, port, own, options));
  };
  {
    await using one = await ours(origin.port, "inner");
    await go("tandem", one.port, true);
    await using two = await ours(one.port, "outer");
    await go("tandem, two in a row", two.port, true);
  }
  {
    await using one = await ours(
      secured.port,
      "inner",
      `      tls: { ca: ${tls.cert}, cert: ${tls.cert}, key: ${tls.key} }`,
    );
    await go("tandem, TLS to the server", one.port, true);
  }
  for (const peer of options.peers) {
    await using running = await startOther(peer, origin.port, join(folder.path, peer.name));
    await go(peer.name, running.port, false);
  }
  return rows;
}

async function measure(
  way: string,
  port: number,
  own: boolean,
  { rounds, progress }: EarlyAnswersOptions,
): Promise<EarlyAnswersRow> {
  const lost: Record<Saying, string> = { short: "", long: "", close: "", frame: "" };
  let all = 0;
  for (const kind of KINDS) {
    let missing = 0;
    for (const afterMs of RESETS_MS) {
      for (let round = 1; round <= rounds; round++) {
        progress(`${way}: ${kind}, reset after ${afterMs} ms, round ${round} of ${rounds}`);
        if (!arrived(kind, await visit(port, kind, afterMs))) missing += 1;
      }
    }
    all += missing;
    lost[kind] = `${missing} of ${rounds * RESETS_MS.length}`;
  }
  return { way, lost, lostOfOurs: own ? all : 0 };
}

/**
 * Sends an upload, or bytes into a tunnel, as fast as the proxy takes them. Then waits until the
 * whole answer has come or the connection has ended, 10 s at most. Resolves to the received bytes.
 */
async function visit(port: number, kind: Saying, afterMs: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  let text = "";
  const over = Promise.withResolvers<void>();
  socket.on("end", over.resolve).on("close", () => over.resolve());
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    if (arrived(kind, text)) over.resolve();
  });
  await once(socket, "connect");
  outliveWriteErrors(socket, () => undefined);
  const length = `Content-Length: ${PIECES * PIECE.length}\r\n`;
  const tunnel = kind === "frame";
  const method = tunnel ? "GET" : "POST";
  socket.write(
    `${method} /${kind}/${afterMs} HTTP/1.1\r\nHost: x\r\n${tunnel ? UPGRADE : length}\r\n`,
  );
  const began = performance.now();
  const patience = () => performance.now() - began < PATIENCE_MS;
  while (tunnel && !text.includes("\r\n\r\n") && !socket.closed && patience()) await sleep(1);
  for (let piece = 0; piece < PIECES && !socket.readableEnded && !socket.destroyed; piece++) {
    if (!socket.write(PIECE)) await Promise.race([once(socket, "drain"), over.promise]);
    await immediate();
  }
  await Promise.race([over.promise, sleep(PATIENCE_MS, undefined, { ref: false })]);
  socket.destroy();
  return text;
}

async function startOrigin(args: readonly string[]) {
  const program = join(import.meta.dirname, "leaving-origin.ts");
  const process = await Started.start([globalThis.process.execPath, program, ...args]);
  return {
    port: Number(await process.nextLine()),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

async function startOther(peer: Peer, originPort: number, directory: string) {
  await mkdir(directory);
  const port = await freePort();
  const setup = { port, originPort, maxDescriptors: 1024, directory };
  const { command, env = {}, files = {} } = peer.command(setup);
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const process = await Started.start(command, { env, cwd: directory, quiet: true });
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await answers())) {
    if (process.ended) throw new Error(`${peer.name} did not start: ${process.complaint}`);
    await sleep(50);
  }
  return { port, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}
