// Sends large bodies through the balancer in every way that it can pass bytes on. Each sender sends
// as fast as the balancer takes the bytes; each reader reads with pauses. A hash over the received
// bytes shows whether any byte is wrong, missing or out of place. A body consists of slices of one
// random block, and every slice differs from the slices beside it.
import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** How a slow reader reads: a pause of `stallMs` before every `gulpBytes` bytes. */
export interface Pace {
  readonly gulpBytes: number;
  readonly stallMs: number;
}

const BLOCK = Buffer.alloc(1024 * 1024);
for (let i = 0, state = 1; i < BLOCK.length; i += 4) {
  state = (state * 48271) % 2147483647;
  BLOCK.writeUInt32LE(state, i);
}
const PIECE = 64 * 1024;

function* pieces(bytes: number): Generator<Buffer> {
  for (let sent = 0, i = 0; sent < bytes; i++) {
    const from = (i * 7919) % (BLOCK.length - PIECE);
    const piece = BLOCK.subarray(from, from + Math.min(PIECE, bytes - sent));
    sent += piece.length;
    yield piece;
  }
}

/** Returns the hash (SHA-256, hexadecimal) of a body of `bytes` bytes. */
export function digestOf(bytes: number): string {
  const hash = createHash("sha256");
  for (const piece of pieces(bytes)) hash.update(piece);
  return hash.digest("hex");
}

/**
 * Reads a stream to its end, with pauses, and returns the hash of the bytes. The first pause comes
 * when the first chunk has arrived.
 */
async function sip(from: Readable, { gulpBytes, stallMs }: Pace): Promise<string> {
  const hash: Hash = createHash("sha256");
  let left = 0;
  // `from` may be a socket. It must stay open after reading, because the answer is still written to
  // it.
  const chunks: AsyncIterable<Buffer> = from.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    if (left <= 0) {
      await sleep(stallMs);
      left = gulpBytes;
    }
    left -= chunk.length;
    hash.update(chunk);
  }
  return hash.digest("hex");
}

/**
 * Starts a server on a free port of 127.0.0.1. `/down` sends a body, and `/never` neither reads nor
 * answers. Every other path reads the request's body slowly and answers with its hash.
 */
export async function startTransferOrigin(
  pace: Pace,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((asked, response) => void serve(asked, response, pace));
  server.on("upgrade", (asked: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => undefined);
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    const bytes = Number(asked.headers["x-bytes"]);
    if (asked.url === "/down") pipeline(pieces(bytes), socket).catch(() => undefined);
    else
      sip(socket, pace)
        .then((digest) => socket.end(digest))
        .catch(() => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}

async function serve(asked: IncomingMessage, response: ServerResponse, pace: Pace): Promise<void> {
  const bytes = Number(asked.headers["x-bytes"]);
  try {
    if (asked.url === "/never") return;
    if (asked.url !== "/down") response.end(await sip(asked, pace));
    else if (asked.headers["x-framing"] === "close") {
      asked.socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      await pipeline(pieces(bytes), asked.socket);
    } else {
      if (asked.headers["x-framing"] === "length") response.setHeader("Content-Length", bytes);
      await pipeline(pieces(bytes), response);
    }
  } catch {
    asked.socket.destroy(); // the client reports what happened to the transfer
  }
}

/** Transfers `bytes` to or from the server on `port`. Resolves to the hash of the received bytes. */
export type Transfer = (port: number, bytes: number, pace: Pace) => Promise<string>;

function ask(port: number, path: string, fields: Record<string, string | number>): ClientRequest {
  const method = path === "/down" ? "GET" : "POST";
  return request({ port, host: "127.0.0.1", path, method, headers: fields, agent: false });
}

/** Waits for the answer to a request. Rejects when the request fails. */
async function answerOf(asked: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return answer;
}

const down =
  (framing: "length" | "chunked" | "close"): Transfer =>
  async (port, bytes, pace) => {
    const asked = ask(port, "/down", { "X-Bytes": bytes, "X-Framing": framing });
    asked.end();
    return sip(await answerOf(asked), pace);
  };

const up =
  (framing: "length" | "chunked"): Transfer =>
  async (port, bytes) => {
    const asked = ask(port, "/up", framing === "length" ? { "Content-Length": bytes } : {});
    const answer = answerOf(asked);
    const [, digest] = await Promise.all([pipeline(pieces(bytes), asked), answer.then(text)]);
    return digest;
  };

const tunnel =
  (path: "/down" | "/up"): Transfer =>
  async (port, bytes, pace) => {
    const asked = ask(port, path, {
      "X-Bytes": bytes,
      Connection: "upgrade",
      Upgrade: "websocket",
    });
    if (path === "/up") asked.setHeader("Content-Length", 0);
    asked.end();
    asked.once("response", () => asked.destroy(new Error("the switch of protocols was refused")));
    const [, socket, head] = (await once(asked, "upgrade")) as [unknown, Duplex, Buffer];
    if (head.length > 0) socket.unshift(head);
    if (path === "/down") return sip(socket, pace);
    for (const piece of pieces(bytes)) if (!socket.write(piece)) await once(socket, "drain");
    socket.end();
    return text(socket);
  };

/**
 * The transfers, by name. A test sends its whole number of bytes with each transfer of `MAIN`, and
 * a quarter of that number with each transfer of `OTHERS`.
 */
export const MAIN: Readonly<Record<string, Transfer>> = { down: down("length"), up: up("length") };
export const OTHERS: Readonly<Record<string, Transfer>> = {
  "down, chunked": down("chunked"),
  "down, until close": down("close"),
  "up, chunked": up("chunked"),
  "down a tunnel": tunnel("/down"),
  "up a tunnel": tunnel("/up"),
};

/**
 * Makes a transfer in which one side never reads: the client (`/down`) or the server (`/never`).
 * Resolves when the balancer has ended the connection.
 */
export async function neverRead(port: number, path: "/down" | "/never"): Promise<void> {
  const asked = ask(port, path, { "X-Bytes": 1024 ** 4, "X-Framing": "length" });
  const closed = once(asked, "close").catch(() => undefined);
  asked.on("error", () => undefined);
  if (path === "/never") {
    asked.on("response", (answer) => answer.resume());
    await pipeline(pieces(1024 ** 4), asked).catch(() => undefined);
  } else {
    asked.end();
    const answer = await answerOf(asked);
    answer.on("error", () => undefined);
    const { socket } = answer;
    // A paused socket does not notice that the other side has closed the connection. A write to the
    // socket then fails and destroys the socket.
    while (!socket.destroyed) {
      await sleep(100);
      socket.write("\r\n");
    }
  }
  await closed;
}
