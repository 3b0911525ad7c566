// The parts of tests with many requests on one connection: a client, a balancer in this thread and a server,
// which all use the toy protocol.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConfigInput } from "@tandem/config";
import { configSchema } from "@tandem/config/schema";
import { DEFAULT_LIMITS, parseResponseHead, ResponseHead } from "@tandem/http";
import type { MemoryExchange } from "@tandem/http/exchange";
import type { AccessRecord } from "@tandem/telemetry";
import { systemClock, systemRng } from "@tandem/transport";
import { DataPlane } from "../../src/data/data-plane.ts";
import { COUNTER } from "../../src/memory/counters.ts";
import { allocateShared, GAUGE } from "../../src/memory/shared-memory.ts";
import { CANCELLED, FRAME, FrameReader, frame } from "./frames.ts";
import { toyServers } from "./toy-connection.ts";
import { TOY_CLIENTS, ToySession } from "./toy-session.ts";

export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`did not happen: ${what}`);
    await sleep(2);
  }
}

/** A request that the server has received and the test has to answer, and its connection. */
export interface Asked {
  readonly exchange: MemoryExchange;
  readonly session: ToySession;
  readonly socket: Socket;
  body: string;
}

export async function givenToyServer() {
  const asked = new Map<string, Asked>();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    const session: ToySession = new ToySession(
      socket,
      {
        request(exchange) {
          const one: Asked = { exchange: exchange as MemoryExchange, session, socket, body: "" };
          exchange.readBody({
            bodyData: (chunk) => {
              one.body += chunk.toString();
            },
            bodyEnd: () => undefined,
          });
          asked.set(exchange.head.path, one);
        },
        refused: () => undefined,
        finished: () => undefined,
      },
      systemClock,
    );
    socket.on("data", (chunk: Buffer) => session.receive(chunk));
    socket.on("end", () => session.ended());
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      session.closed();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    /** Waits until a request for `path` has arrived, and resolves to that request. Each request is returned once. */
    async at(path: string): Promise<Asked> {
      await until(`a request for ${path}`, () => asked.has(path));
      const one = asked.get(path);
      asked.delete(path);
      if (one === undefined) throw new Error("gone");
      return one;
    },
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

type Backend = NonNullable<ConfigInput["balancer"]>["backends"][string];

/**
 * Returns a balancer with the toy protocol on both sides, and servers that accept `streams` requests at once on a
 * connection.
 */
export async function givenToyBalancer(
  ports: readonly number[],
  streams: number,
  settings: Partial<Backend> = {},
) {
  const servers = Object.fromEntries(
    ports.map((port, index) => [`s${index + 1}`, { address: `127.0.0.1:${port}` }]),
  );
  const { balancer: config } = configSchema.parse({
    site: "test",
    balancer: {
      threads: 1,
      frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
      backends: { web: { servers, check: false, ...settings } },
    },
  });
  if (config === undefined) throw new Error("no balancer");
  const memory = allocateShared(config, 1, systemRng);
  const records: AccessRecord[] = [];
  const plane = new DataPlane({
    ...{ config, memory, thread: 0, box: "box1", clock: systemClock, rng: systemRng },
    ...{ ticketSecret: new Uint8Array(32), sharePorts: false },
    log: (record) => void records.push(record),
    protocols: [TOY_CLIENTS],
    serverProtocol: toyServers(streams),
  });
  const { front: port = 0 } = await plane.listen();
  const { frontends, backends } = memory;
  const web = backends.web;
  if (web === undefined || frontends.front === undefined) throw new Error("no memory");
  const rows = {
    front: new Float64Array(frontends.front),
    web: new Float64Array(web.counters),
    s1: new Float64Array(web.servers.s1?.counters ?? new SharedArrayBuffer(0)),
  };
  return {
    port,
    records,
    count: (row: keyof typeof rows, counter: keyof typeof COUNTER) => rows[row][COUNTER[counter]],
    /** The number of requests in flight at server s1, from all threads. */
    inFlight: () =>
      new Int32Array(web.servers.s1?.gauges ?? new SharedArrayBuffer(20))[GAUGE.inFlight],
    [Symbol.dispose]: () => plane.stop(),
  };
}

export interface ToyAnswer {
  head: ResponseHead | undefined;
  body: string;
  state: "open" | "complete" | "truncated";
}

export async function givenToyClient(port: number) {
  const socket = connect(port, "127.0.0.1");
  const answers = new Map<number, ToyAnswer>();
  let last = 0;
  const reader = new FrameReader((stream, type, payload) => {
    const answer = answers.get(stream);
    if (answer === undefined) return;
    if (type === FRAME.head) {
      const head = parseResponseHead(payload.toString("latin1"), DEFAULT_LIMITS, "GET");
      if (head instanceof ResponseHead) answer.head = head;
    } else if (type === FRAME.body) answer.body += payload.toString();
    else answer.state = type === FRAME.end ? "complete" : "truncated";
  });
  socket.on("data", (chunk: Buffer) => reader.read(chunk));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return {
    socket,
    /** Sends a request. Returns an object into which the answer is filled as it arrives. */
    ask(method: string, path: string, body?: string): ToyAnswer & { readonly stream: number } {
      last += 1;
      const framing = body === undefined ? "" : `Content-Length: ${body.length}\r\n`;
      socket.write(
        frame(last, FRAME.head, `${method} ${path} HTTP/1.1\r\nHost: toy\r\n${framing}`),
      );
      if (body !== undefined) socket.write(frame(last, FRAME.body, body));
      socket.write(frame(last, FRAME.end));
      const answer = { stream: last, head: undefined, body: "", state: "open" as const };
      answers.set(last, answer);
      return answer;
    },
    reset: (stream: number) => socket.write(frame(stream, FRAME.reset, CANCELLED)),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
