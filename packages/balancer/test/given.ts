// The parts of end-to-end tests: origins (servers), a balancer before them, and clients that send raw bytes. Everything
// is disposable (`await using`) and listens on a free port.
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConfigInput } from "@tandem/config";
import { configSchema } from "@tandem/config/schema";
import { openTelemetry } from "@tandem/telemetry";
import { type Lookups, systemClock, systemLookups, systemRng } from "@tandem/transport";
import { ControlPlane } from "../src/control/control-plane.ts";

/**
 * With the settings CHECKED_ONCE, servers are checked at the start only, so that no test fails because a later check is
 * late on a busy machine.
 */
const http = { path: "/healthz" };
export const CHECKED_ONCE = { http, interval: "1h", timeout: "30s", rise: 1, fall: 10 } as const;

/** Settings for tests of the health checks themselves: servers are checked every 100 ms. */
export const CHECKED_OFTEN = {
  http,
  interval: "100ms",
  timeout: "80ms",
  rise: 1,
  fall: 2,
} as const;

export interface Origin extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  /** The requests that the server has received, except health checks. */
  readonly requests: IncomingMessage[];
  /** Stops listening and resets every connection, as if the process was killed. */
  kill(): Promise<void>;
}

export async function givenOrigin(answer: RequestListener, port = 0): Promise<Origin> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/healthz") {
      response.end("ok");
      return;
    }
    requests.push(request);
    answer(request, response);
  });
  server.keepAliveTimeout = 30_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const kill = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    server,
    requests,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** Returns a server that answers health checks, and otherwise sends the bytes that the test chooses. */
export async function givenRawOrigin(
  talk: (socket: Socket, head: string) => void,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      if (text.startsWith("GET /healthz")) {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      } else talk(socket, text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

type Balancer = NonNullable<ConfigInput["balancer"]>;
type BackendInput = Balancer["backends"][string];

export interface RunningBalancer extends AsyncDisposable {
  readonly port: number;
  readonly plane: ControlPlane;
  /** Returns the lines of the access log so far; waits for at least `count` of them. */
  log(count: number): Promise<readonly string[]>;
}

/** Returns a balancer with one frontend on a free port, and servers on `ports`. `more` are backends besides. */
export async function givenBalancer(
  ports: readonly number[],
  backend: Partial<BackendInput> = {},
  frontend: Partial<Balancer["frontends"][string]> = {},
  threads = 1,
  lookups: Lookups = systemLookups,
  more: Balancer["backends"] = {},
): Promise<RunningBalancer> {
  // What was made before is disposed of even when the balancer does not start.
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "tandem-balancer-"));
  stack.defer(() => rm(directory, { recursive: true }));
  const servers = Object.fromEntries(
    ports.map((port, index) => [`s${index + 1}`, { address: `127.0.0.1:${port}` }]),
  );
  const config = configSchema.parse({
    site: "test",
    balancer: {
      threads,
      frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }], ...frontend } },
      backends: {
        web: {
          servers,
          check: CHECKED_ONCE,
          ...backend,
        },
        ...more,
      },
    },
    telemetry: { log: { directory, level: "error" } },
  });
  if (config.balancer === undefined) throw new Error("the test's configuration has no balancer");
  const telemetry = openTelemetry(config.telemetry, { tier: "balancer", box: "test" }, systemClock);
  stack.defer(() => telemetry.close());
  const plane = new ControlPlane({
    config: config.balancer,
    telemetry: config.telemetry,
    box: "test",
    clock: systemClock,
    rng: systemRng,
    logger: telemetry.logger,
    registry: telemetry.registry,
    lookups,
  });
  stack.defer(() => plane.stop());
  await plane.start();
  const started = stack.move();
  return {
    port: plane.ports.front ?? 0,
    plane,
    log: (count) => accessLines(directory, count),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Returns the lines of the access log in a directory; waits for at least `count` of them. */
export async function accessLines(directory: string, count: number): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  await until(async () => {
    const file = (await readdir(directory)).find((name) => name.endsWith(".access.log"));
    const text = file === undefined ? "" : await readFile(join(directory, file), "utf8");
    lines = text.split("\n").slice(0, -1); // leaves out a line that is only partly written
    return lines.length >= count;
  });
  return lines;
}

/** Polls until `holds` returns true. Throws after a minute, which is longer than any busy machine needs. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still not so after 60 s: ${holds}`);
    await sleep(10);
  }
}

export interface RawClient extends Disposable {
  readonly socket: Socket;
  send(bytes: string): void;
  /** Waits until the text received so far matches `pattern`. Resolves to that text. */
  received(pattern: RegExp): Promise<string>;
  /** Resolves to everything received, once the balancer has ended its side or the connection is closed. */
  closed(): Promise<string>;
}

/** Returns a connection to `port` on which the test chooses every byte. */
export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  let over = false;
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.on("end", () => {
    over = true;
  });
  socket.on("close", () => {
    over = true;
  });
  await once(socket, "connect");
  return {
    socket,
    send: (bytes) => void socket.write(bytes, "latin1"),
    async received(pattern) {
      await until(() => pattern.test(text));
      return text;
    },
    async closed() {
      await until(() => over);
      return text;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Sends bytes on a new connection. Resolves to all bytes that are received until the connection closes. */
export async function roundTrip(port: number, bytes: string): Promise<string> {
  using client = await rawClient(port);
  client.send(bytes);
  return await client.closed(); // awaited here, because `using` closes the connection on return
}

/** Sends a GET on a new connection. Resolves to the raw answer. */
export function get(port: number, path = "/", fields = ""): Promise<string> {
  return roundTrip(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n`);
}

/** Returns the status of a raw answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}
