// The parts of tests of TCP mode: servers that speak no protocol in particular, clients of such servers, and a balancer
// in TCP mode between them.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { ConfigInput } from "@tandem/config";
import { systemLookups } from "@tandem/transport";
import { givenBalancer, until } from "./given.ts";

type Balancer = NonNullable<ConfigInput["balancer"]>;
type Backend = Partial<Balancer["backends"][string]>;
type Frontend = Partial<Balancer["frontends"][string]>;

/** One side of a connection that a test holds, and everything that it has received. */
export interface Side {
  readonly socket: Socket;
  readonly seen: { text: string; bytes: number; ended: boolean; closed: boolean; error: string };
}

/** Watches a socket. Its text is kept, so a test that sends much reads `bytes` and pauses the text with `much`. */
function side(socket: Socket, much = false): Side {
  const seen = { text: "", bytes: 0, ended: false, closed: false, error: "" };
  socket.on("data", (chunk) => {
    if (!much) seen.text += chunk.toString("latin1");
    seen.bytes += chunk.length;
  });
  socket.on("end", () => {
    seen.ended = true;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    seen.error = error.code ?? error.message;
  });
  socket.on("close", () => {
    seen.closed = true;
  });
  return { socket, seen };
}

export interface TcpServer extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  /** The connections so far, in the order in which they came. */
  readonly sides: readonly Side[];
  /** Resolves to the connection with that number, from 0 on, once it is there. */
  at(number: number): Promise<Side>;
}

/**
 * Returns a server on a free port. `talk` is called for each connection. The server ends a connection when its client
 * does, unless it is `halfOpen`.
 */
export async function givenTcpServer(
  talk: (side: Side) => void = () => undefined,
  halfOpen = false,
): Promise<TcpServer> {
  const sides: Side[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const one = side(socket);
    if (!halfOpen) socket.on("end", () => socket.end());
    sides.push(one);
    talk(one);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    server,
    sides,
    async at(number) {
      await until(() => sides.length > number);
      return sides[number] as Side;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const { socket } of sides) socket.destroy();
    },
  };
}

export interface TcpClient extends Side, Disposable {
  /** Waits until the text received so far matches. */
  received(pattern: RegExp): Promise<string>;
}

/** Connects to `port`. The side stays half open when the balancer ends its own. */
export async function tcpClient(port: number): Promise<TcpClient> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  const one = side(socket);
  await once(socket, "connect");
  return {
    ...one,
    async received(pattern) {
      await until(() => pattern.test(one.seen.text));
      return one.seen.text;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Returns a balancer in TCP mode whose servers `s1`, `s2` … listen on `ports`. `more` are backends besides. */
export function givenTcpBalancer(
  ports: readonly number[],
  backend: Backend = {},
  frontend: Frontend = {},
  more: Balancer["backends"] = {},
  threads = 1,
) {
  const own = { mode: "tcp", check: false, ...backend } as const;
  return givenBalancer(ports, own, { mode: "tcp", ...frontend }, threads, systemLookups, more);
}

/** Returns the words of a line of HAProxy's TCP log: server, times, bytes, termination, counts, queues, the rest. */
export function logged(line: string) {
  const found =
    /^(\S+) \[[^\]]+\] (\S+) ([^/]+)\/(\S+) (\S+) (\d+) (..) (\S+) (\d+\/\d+)(.*)$/.exec(line);
  if (found === null) throw new Error(`not a line of the TCP log: ${line}`);
  const [, client, frontend, backend, server, times, bytes, termination, counts, queues, rest] =
    found;
  return { client, frontend, backend, server, times, bytes, termination, counts, queues, rest };
}
