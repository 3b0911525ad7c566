// A proxy with node:http2 in front, by its compatibility API, and an undici pool behind. No proxy package for Node speaks
// HTTP/2 to clients; this is how one writes such a proxy oneself.
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { Pool } from "undici";
import { endToEnd } from "./end-to-end.ts";
import { origin, setup } from "./setup.ts";

const pool = new Pool(origin, { connections: 1024, keepAliveTimeout: 60_000 });

async function forward(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  const headers = endToEnd(request.headers);
  for (const name in headers) if (name.startsWith(":")) delete headers[name];
  headers.host = request.authority;
  headers["x-forwarded-for"] = request.socket.remoteAddress;
  const { url: path, method } = request;
  await pool.stream(
    { path, method, headers, body: request.stream.endAfterHeaders ? null : request },
    ({ statusCode, headers: fields }) => response.writeHead(statusCode, endToEnd(fields)),
  );
}

const server = createServer((request, response) => {
  forward(request, response).catch(() => response.stream.destroy());
});
server.listen({ port: setup.port, host: "127.0.0.1", backlog: 4096 });
