// Uploads, and servers that answer before they have read the whole body.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import t from "tap";
import { givenBalancer, givenRawOrigin, rawClient } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";
import type { Leaving } from "./leaving-server.ts";

t.test("a server may answer to the head of an upload, before its body arrives", async (t) => {
  await using origin = await givenRawOrigin((socket, text) => {
    if (text.includes("\r\n\r\n"))
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  });
  await using balancer = await givenBalancer([origin.port]);
  for (const way of ["a new connection", "another one"]) {
    using client = await rawClient(balancer.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    t.match(await client.received(/\r\n\r\n/), /^HTTP\/1\.1 401 /, way);
  }
});

const ROUNDS = 10;
const LONG = "x".repeat(60_000);
const PIECE = "b".repeat(20_000);
/**
 * The head announces more bytes than the client sends. If the request were complete, the connection would stay open for
 * the next request.
 */
const POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
const UPGRADE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
const TOO_LARGE = "HTTP/1.1 413 Content Too Large\r\n";

const SAYINGS = {
  "a short answer": `${TOO_LARGE}Content-Length: 5\r\n\r\nlarge`,
  "a long answer": `${TOO_LARGE}Content-Length: ${LONG.length}\r\n\r\n${LONG}`,
  "an answer until the connection ends": `${TOO_LARGE}\r\n${LONG}`,
  "a tunnel's last frame": "LAST FRAME",
};

/** Sends until the connection ends. Resolves to all bytes that were received. */
async function sentInto(port: number, head: string): Promise<string> {
  using client = await rawClient(port);
  client.send(head);
  if (head === UPGRADE) await client.received(/ 101 /);
  const ended = client.closed();
  for (let sent = 0; sent < 45 && !client.socket.readableEnded; sent++) {
    if (!client.socket.destroyed) client.send(PIECE);
    await sleep(1);
  }
  return await ended;
}

/** Returns whether `text` has the whole answer, in chunks or not. */
function arrived(says: string, text: string): boolean {
  if (!says.endsWith(LONG)) return text.endsWith(says.slice(-5));
  return text.startsWith("HTTP/1.1 413 ") && text.split("x").length > LONG.length;
}

/**
 * Runs clients against a server that closes early. Returns what was received by the clients that
 * did not get the whole answer.
 */
async function lost(
  leaving: Leaving,
  backend: Parameters<typeof givenBalancer>[1] = {},
): Promise<readonly string[]> {
  const server = new Worker(new URL("./leaving-server.ts", import.meta.url), {
    workerData: leaving,
  });
  try {
    const [port] = (await once(server, "message")) as [number];
    await using balancer = await givenBalancer([port], backend);
    const head = leaving.says.startsWith(TOO_LARGE) ? POST : UPGRADE;
    const lacking: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const text = await sentInto(balancer.port, head);
      if (!arrived(leaving.says, text)) lacking.push(text.slice(0, 80));
    }
    return lacking;
  } finally {
    await server.terminate();
  }
}

t.test("the last bytes of a server arrive although a reset follows them directly", async (t) => {
  for (const [what, says] of Object.entries(SAYINGS)) {
    for (const afterMs of [0, 5]) {
      t.same(await lost({ says, ends: false, afterMs }), [], `${what}, reset after ${afterMs} ms`);
    }
    t.same(await lost({ says, ends: true, afterMs: 0 }), [], `${what}, ended before`);
  }
});

t.test("the same over TLS", async (t) => {
  await using certificates = await givenCertificates();
  const tls = await certificates.server("s1");
  for (const [what, says] of Object.entries(SAYINGS)) {
    const leaving = { says, ends: false, afterMs: 0, tls };
    t.same(await lost(leaving, { tls: certificates.internal }), [], what);
  }
});
