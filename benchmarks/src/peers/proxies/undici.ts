// A reverse proxy in today's usual style: node:http in front, an undici pool behind, streams between the two.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Pool } from "undici";
import { endToEnd } from "./end-to-end.ts";
import { origin, serve } from "./setup.ts";

const pool = new Pool(origin, { connections: 1024, keepAliveTimeout: 60_000 });

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = endToEnd(request.headers);
  headers["x-forwarded-for"] = request.socket.remoteAddress;
  const { url: path = "/", method = "GET" } = request;
  await pool.stream(
    { path, method, headers, body: hasBody(request) ? request : null },
    ({ statusCode, headers: fields }) => response.writeHead(statusCode, endToEnd(fields)),
  );
}

serve((request, response) => {
  forward(request, response).catch(() => response.destroy());
});
