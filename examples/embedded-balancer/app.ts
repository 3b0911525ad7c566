// A server behind the balancer. It answers with its name and the request that it received.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface App extends AsyncDisposable {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the server on `port`. With port 0 the system chooses a free port. */
export async function startApp(name: string, port = 0): Promise<App> {
  const server = createServer((request, response) => {
    const { "x-user": user = "nobody", host } = request.headers;
    response.setHeader("X-Powered-By", name);
    if (request.url === "/login") {
      response.setHeader("Set-Cookie", "id=1; Domain=app.internal; HttpOnly");
      response.writeHead(302, { Location: `http://${host}/home` });
    }
    response.end(`${name} ${request.url} for ${user}`);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return {
    port: (server.address() as AddressInfo).port,
    close,
    [Symbol.asyncDispose]: close,
  };
}
