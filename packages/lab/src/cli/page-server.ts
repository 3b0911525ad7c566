// Serves the laboratory's page to this machine only: its files from memory, on 127.0.0.1. The
// Content-Security-Policy lets the page load its own parts and nothing else.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Parts, servedHtml } from "./page-parts.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const HOST = "127.0.0.1";

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The user's files: a script that runs before the page's own. `refresh` is called whenever the page is loaded. */
export interface OwnScript {
  readonly script: string;
  refresh(): Promise<void>;
}

/**
 * Starts the server. With port 0 the system chooses a free port. Rejects when the port cannot be opened, as `listen`
 * does.
 */
export async function servePage(parts: Parts, port: number, own?: OwnScript): Promise<PageServer> {
  const js = "text/javascript; charset=utf-8";
  const files = new Map<string, readonly [type: string, text: () => string]>([
    ["/", ["text/html; charset=utf-8", () => servedHtml(parts, own !== undefined)]],
    ["/page.js", [js, () => parts.script]],
    ["/worker.js", [js, () => (own?.script ?? "") + parts.worker]],
    ["/page.css", ["text/css; charset=utf-8", () => parts.style]],
  ]);
  if (own) files.set("/own.js", [js, () => own.script]);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request.url);
    const file = files.get(path);
    const allowed = request.method === "GET" || request.method === "HEAD";
    // Requests for other host names are refused, because a foreign name could be made to point here (DNS rebinding).
    if (!isLocal(request.headers.host)) response.writeHead(421, HEADERS).end();
    else if (!allowed) response.writeHead(405, { ...HEADERS, Allow: "GET, HEAD" }).end();
    else if (file === undefined) response.writeHead(404, HEADERS).end();
    else {
      if (path === "/") await own?.refresh();
      const [type, text] = file;
      response.writeHead(200, { ...HEADERS, "Content-Type": type }).end(text());
    }
  };
  const server = createServer((request, response) => {
    // A request that cannot be answered must not end the command.
    answer(request, response).catch(() => response.destroy());
  });
  await listening(server, port);
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${HOST}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Returns the path of a request's target, without its query. The target is not read as a URL: any page on the web can
 * send one that is none, such as `//`.
 */
function pathOf(target = "/"): string {
  return target.split("?", 1)[0] ?? "";
}

function isLocal(host = ""): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === HOST || name === "localhost";
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => resolve());
  });
}
