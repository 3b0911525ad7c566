// The origin server of a case. It keeps every byte of every connection and does one turn (a list of
// steps) for each request. Connections without a byte are health checks and are ignored.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Message, readRequests, valuesOf } from "./message.ts";
import { BODY, CONTINUE, ECHO, HALF_CLOSE, RESET, type Step } from "./steps.ts";

/**
 * The origin's actions for one request. They begin when the request's head has come (`head`) or
 * when the whole request has come (`request`).
 */
export interface Turn {
  readonly at: "head" | "request";
  readonly steps: readonly Step[];
}

/** One connection from the proxy, with everything received on it. */
export interface OriginConnection {
  bytes: string;
  open: boolean;
  /**
   * When each turn could begin, by performance.now(): the time at which the head of its request (or,
   * for `at: "request"`, the whole request) had come.
   */
  readonly headAt: number[];
  /** When the steps of each turn were done, by performance.now(). */
  readonly answeredAt: number[];
}

const OK: Turn = {
  at: "request",
  steps: ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
};

export class RawOrigin implements AsyncDisposable {
  readonly port: number;
  connections: OriginConnection[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #turns: readonly Turn[] = [];
  #taken = 0;

  static async start(): Promise<RawOrigin> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RawOrigin(server);
  }

  constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /**
   * Closes and discards the connections of the previous case, and answers with `turns` from now on.
   */
  async play(turns: readonly Turn[]): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await sleep(15);
    this.connections = [];
    this.#turns = turns;
    this.#taken = 0;
  }

  /** Every request of the case, connection by connection. */
  get requests(): readonly Message[] {
    return this.connections.flatMap(({ bytes }) => readRequests(bytes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const seen: OriginConnection = { bytes: "", open: true, headAt: [], answeredAt: [] };
    let complete = 0;
    let begun = 0;
    let busy: Promise<void> = Promise.resolve();
    socket.on("data", (chunk) => {
      if (seen.bytes === "") this.connections.push(seen);
      seen.bytes += chunk.toString("latin1");
      const requests = readRequests(seen.bytes);
      complete = requests.filter((request) => request.complete).length;
      for (const request of requests.slice(begun)) {
        const turn = this.#turns[this.#taken] ?? OK;
        if (turn.at === "request" && !request.complete) break;
        this.#taken++;
        begun++;
        const wanted = begun;
        seen.headAt.push(performance.now());
        busy = busy.then(() => perform(socket, turn.steps, request, () => complete >= wanted));
        busy = busy.then(() => void seen.answeredAt.push(performance.now()));
      }
    });
    const gone = () => {
      seen.open = false;
    };
    socket.on("end", () => {
      gone();
      busy = busy.then(() => void socket.end());
    });
    socket.on("error", gone);
    socket.on("close", () => {
      gone();
      this.#sockets.delete(socket);
    });
  }
}

function echo({ head }: Message): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`;
}

async function perform(
  socket: Socket,
  steps: readonly Step[],
  request: Message,
  bodyThere: () => boolean,
): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (typeof step === "string") socket.write(step, "latin1");
    else if (typeof step === "number") await sleep(step);
    else if (step === HALF_CLOSE) socket.end();
    else if (step === ECHO) socket.write(echo(request), "latin1");
    else if (step === CONTINUE) {
      if (valuesOf(request, "expect").length > 0) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    } else if (step === RESET) {
      await sleep(10); // so that the bytes written so far are sent before RST
      socket.resetAndDestroy();
    } else if (step === BODY) while (!bodyThere() && !socket.destroyed) await sleep(5);
  }
}
