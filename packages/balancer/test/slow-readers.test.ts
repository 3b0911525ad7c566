// Clients that do not read, or read late. The balancer stops reading from the server, and the bytes that wait for a
// client are not changed.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createBalancer } from "../src/index.ts";
import { givenBalancer, givenOrigin, givenRawOrigin, rawClient, until } from "./given.ts";
import { options } from "./given-embedded.ts";

t.test("a slow client holds the server back, so that memory stays limited", async (t) => {
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  let sent = 0;
  await using origin = await givenOrigin((_, response) => {
    const more = () => {
      while (sent < 200 && response.write(megabyte)) sent += 1;
      if (sent >= 200) response.end();
    };
    response.on("drain", () => {
      sent += 1;
      more();
    });
    more();
  });
  await using balancer = await givenBalancer([origin.port]);
  using client = await rawClient(balancer.port);
  client.socket.pause();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => sent > 0);
  await sleep(300);
  t.ok(sent < 40, `the server could send ${sent} MiB of 200 while the client read none`);
});

/**
 * The size of a piece of an answer. It is so small that the balancer holds several pieces for one
 * client, and so large that the balancer does not join them into one string, as it does with small
 * pieces.
 */
const PIECE_BYTES = 30_000;
/** How many pieces an answer has: more than the kernel buffers for a client that does not read. */
const PIECES = 600;

const piece = (name: string, n: number): Buffer =>
  Buffer.alloc(PIECE_BYTES, `${name} ${n.toString().padStart(4, "0")}. `);

function digestOf(name: string): string {
  const hash = createHash("sha256");
  for (let n = 0; n < PIECES; n++) hash.update(piece(name, n));
  return hash.digest("hex");
}

/** Requests `/name` and reads nothing for `waitMs`. Resolves to the digest of the body. */
async function read(port: number, name: string, waitMs: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET /${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await sleep(waitMs);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  socket.destroy();
  const answer = Buffer.concat(chunks);
  const body = answer.subarray(answer.indexOf("\r\n\r\n") + 4);
  return createHash("sha256").update(body).digest("hex");
}

t.test("bytes that wait for a slow client are not overwritten by other answers", async (t) => {
  await using origin = await givenRawOrigin((socket, head) => {
    const name = /^GET \/(\w+)/.exec(head)?.[1] ?? "";
    let sent = 0;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${PIECES * PIECE_BYTES}\r\n\r\n`);
    const timer = setInterval(() => {
      if (!socket.writableNeedDrain) socket.write(piece(name, sent++));
      if (sent === PIECES) clearInterval(timer);
    }, 1);
    socket.once("close", () => clearInterval(timer));
  });
  await using balancer = await givenBalancer([origin.port]);
  const clients = { slow: 2_000, slower: 3_000, fast: 0, late: 1_000 };
  const digests = await Promise.all(
    Object.entries(clients).map(([name, waitMs]) => read(balancer.port, name, waitMs)),
  );
  t.same(digests, Object.keys(clients).map(digestOf));
});

/** Reads about 64 KiB every 20 ms. Resolves to the number of bytes received before the end. */
async function sip(port: number, request: string): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(request);
  let got = 0;
  socket.on("data", (chunk: Buffer) => {
    got += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 20);
  });
  await once(socket, "close");
  return got;
}

t.test("a client that continues to read gets the whole answer, however slowly", async (t) => {
  const body = Buffer.alloc(24 * 1024 * 1024, "x");
  const { frontends, backends } = options({ app: 1 });
  const timeouts = { client: "2s", httpKeepAlive: "2s" };
  const balancer = createBalancer(
    { frontends: { front: { ...frontends.front, bind: "127.0.0.1:0", timeouts } }, backends },
    { request: () => ({ status: 200, body }) },
  );
  t.teardown(() => balancer.close());
  await balancer.start();
  await Promise.all(
    ["close", "keep-alive"].map(async (connection) => {
      const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`;
      const got = await sip(balancer.port(), request);
      t.ok(got > body.length, `${connection}: ${got} bytes of ${body.length} and a head`);
    }),
  );
});
