// One of the application servers behind the translated sites. Its answers tell which server it is and what it was sent.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";

/** What an application server was sent, as its answers tell it. */
export interface Received {
  readonly server: string;
  readonly method: string;
  readonly url: string;
  /** The fields as they came: name, value, name, value. */
  readonly fields: readonly string[];
  readonly bodyBytes: number;
}

/** Returns the values of a field that the application server was sent. `name` has lower-case letters. */
export function fieldOf({ fields }: Received, name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]?.toLowerCase() === name);
}

/**
 * `/healthz` is answered 200, a path that ends with `/slow` is never answered, and a path that ends with `/held` is
 * answered after `release`. Every other path is answered with `Received` as JSON. A WebSocket gets the server's name,
 * then its own messages.
 */
export class AppServer implements AsyncDisposable {
  readonly name: string;
  #server: Server;
  #port = 0;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Set<() => void>();

  static async start(name: string): Promise<AppServer> {
    const app = new AppServer(name);
    await app.restart();
    return app;
  }

  private constructor(name: string) {
    this.name = name;
    this.#server = this.#made();
  }

  /** The address, for the configurations. It stays the same over `stop` and `restart`. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** How many requests wait for `release`. */
  get holding(): number {
    return this.#held.size;
  }

  /** Answers the requests that are held. */
  release(): void {
    for (const answer of this.#held) answer();
    this.#held.clear();
  }

  /** Closes the port and all connections, as a crash would. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Listens again after `stop`. */
  async restart(): Promise<void> {
    this.#server = this.#made();
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #made(): Server {
    const server = createServer(
      { keepAliveTimeout: 60_000, maxHeaderSize: 65_536 },
      (request, response) => {
        this.#answer(request, response).catch(() => response.destroy());
      },
    );
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    new WebSocketServer({ server }).on("connection", (client) => {
      client.send(this.name);
      client.on("message", (data, binary) => client.send(data, { binary }));
    });
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", rawHeaders: fields } = request;
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += (chunk as Buffer).length;
    const received: Received = { server: this.name, method, url, fields, bodyBytes };
    const answer = () => {
      response.setHeader("Content-Type", "application/json");
      response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; Path=/"]);
      response.end(JSON.stringify(received));
    };
    if (url.endsWith("/slow")) return;
    if (url.endsWith("/held")) this.#held.add(answer);
    else answer();
  }
}
