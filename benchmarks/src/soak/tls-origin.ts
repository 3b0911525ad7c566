// A server that answers over TLS. The answer to a GET has as many bytes as the request asks for.
// The answer to a POST is the number of bytes that the server received.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BODY } from "./tls-visits.ts";

/**
 * Starts the server on a free port of 127.0.0.1. With `dies`, the server closes the connection of a
 * request with the field X-Dies instead of answering.
 */
export async function startTlsOrigin(
  pair: { readonly cert: Buffer; readonly key: Buffer },
  dies: boolean,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer({ ...pair, keepAliveTimeout: 60_000 }, (asked, response) => {
    if (dies && asked.headers["x-dies"] !== undefined) asked.socket.destroy();
    else if (asked.method === "GET") {
      response.end(BODY.subarray(0, Number(asked.headers["x-bytes"] ?? 2)));
    } else answerCount(asked, response).catch(() => asked.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answerCount(asked: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of asked) {
    bytes += chunk.length;
    if (asked.headers["x-slow"] !== undefined) await sleep(1);
  }
  response.end(String(bytes));
}
