// Keeps track of the connections of a node:http server, so that a drain loses no request. `server.close()` would close
// idle connections at once, and a request that is just arriving on an idle connection would be lost
// (nodejs/node#60617).
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { Server, type Socket } from "node:net";
import { type Clock, type Drainable, drain } from "@tandem/transport";

export class Connections {
  readonly #server: HttpServer;
  readonly #open = new Set<Connection>();
  readonly #bySocket = new WeakMap<Socket, Connection>();
  /** With TLS, the open TCP sockets, including sockets whose handshake is not finished. Empty without TLS. */
  readonly #raw = new Set<Socket>();
  #draining = false;
  #accepted = 0;

  /**
   * Create this object before other listeners are added to the server's events. Then a draining server sets
   * `Connection: close` on an answer before the request's handler runs.
   */
  constructor(server: HttpServer, tls: boolean) {
    this.#server = server;
    server.on("connection", () => {
      this.#accepted += 1;
    });
    if (tls) {
      server.on("connection", (socket: Socket) => {
        this.#raw.add(socket);
        socket.once("close", () => this.#raw.delete(socket));
      });
    }
    server.on(tls ? "secureConnection" : "connection", (socket: Socket) => this.#opened(socket));
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#bySocket.get(request.socket)?.begin(response);
    });
  }

  /**
   * Drains the connections. Resolves when the last connection has closed, or at the deadline. From now on every answer
   * says `Connection: close`. `replaced` says that another process listens on the same port.
   */
  drain(clock: Clock, deadlineMs: number, replaced = false): Promise<void> {
    this.#draining = true;
    return drain({
      connections: this.#open,
      clock,
      ...{ deadlineMs, replaced },
      accepted: () => this.#accepted,
      // This is the `close` of net.Server. The `close` of node:http would also close all idle connections, even
      // connections that have just been opened.
      stopAccepting: () => void Server.prototype.close.call(this.#server),
      arriving: () => this.#raw.size > 0,
    });
  }

  #opened(socket: Socket): void {
    const connection = new Connection(socket);
    connection.draining = this.#draining;
    this.#open.add(connection);
    this.#bySocket.set(socket, connection);
    socket.once("close", () => this.#open.delete(connection));
  }
}

class Connection implements Drainable {
  readonly #socket: Socket;
  readonly #running = new Set<ServerResponse>();
  #draining = false;
  /**
   * How many bytes the socket had read when the last request ended. If the socket has read more bytes since, another
   * request has begun.
   */
  #readBefore: number;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#readBefore = socket.bytesRead;
  }

  get draining(): boolean {
    return this.#draining;
  }

  set draining(on: boolean) {
    this.#draining = on;
    if (on) for (const response of this.#running) sayClose(response);
  }

  get idle(): boolean {
    return this.#running.size === 0 && this.#socket.bytesRead === this.#readBefore;
  }

  begin(response: ServerResponse): void {
    this.#running.add(response);
    if (this.#draining) sayClose(response);
    response.once("close", () => {
      this.#running.delete(response);
      this.#readBefore = this.#socket.bytesRead;
    });
  }

  leave(): void {
    this.#socket.destroySoon();
  }
}

/**
 * Adds `Connection: close` to an answer. Has no effect once the head was sent; the connection may then carry another
 * request.
 */
function sayClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
