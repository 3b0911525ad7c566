// Serves the built site from its folder, in place of the web server that a user would copy the folder to.
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

export interface StaticServer {
  readonly url: string;
  close(): void;
}

export async function serveFolder(folder: string): Promise<StaticServer> {
  const server = createServer(({ url = "/" }, answer) => {
    const path = decodeURIComponent(url.replace(/[?#].*$/, "")).replace(/\/$/, "/index.html");
    const file = join(folder, path);
    if (!existsSync(file) || !statSync(file).isFile()) {
      answer.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    // Names of assets contain their hash, so that a browser need not ask again.
    const cache = path.includes("/assets/") ? "max-age=3600" : "no-cache";
    answer.writeHead(200, { "content-type": type, "cache-control": cache });
    answer.end(readFileSync(file));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
