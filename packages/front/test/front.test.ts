// Tests what a front guarantees to its tier, with any protocol. Each connection and each request is counted once. Many
// requests of one connection can be under way at once. The end of every request is reported. Drain and stop work.
import { once } from "node:events";
import { connect, Socket } from "node:net";
import type { Config } from "@tandem/config";
import { configSchema } from "@tandem/config/schema";
import { Fields } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { RefusedRequest } from "@tandem/http/session";
import { Accepted, Deadlines, type RefusedConnection, systemClock } from "@tandem/transport";
import t, { type Test } from "tap";
import { FrontConnection } from "../src/connection.ts";
import { type Client, Front, type FrontCounters, type Handler, PROTOCOLS } from "../src/index.ts";
import { protocolOf } from "../src/protocols.ts";
import { TOY } from "./toy.ts";

class Counted implements FrontCounters {
  sessions = 0;
  current = 0;
  requests = 0;
  refusals = 0;
  opened(): void {
    this.sessions += 1;
    this.current += 1;
  }
  closed(): void {
    this.current -= 1;
  }
  finished(): void {
    this.requests += 1;
  }
  refused(): void {
    this.refusals += 1;
  }
}

/** A request that waits until the test answers it. */
class Held implements ExchangeListener {
  readonly exchange: Exchange;
  readonly told: string[] = [];
  constructor(exchange: Exchange) {
    this.exchange = exchange;
    exchange.listener = this;
  }
  answer(body: string): void {
    this.exchange.answer(200, "OK", new Fields(), Buffer.from(body));
  }
  drained(): void {}
  halfClosed(): void {}
  aborted(cause: AbortCause): void {
    this.told.push(cause);
  }
  finished(): void {
    this.told.push("finished");
  }
}

/** Makes the handlers of a front, and records the calls that they get. */
class Seen {
  readonly clients: Client[] = [];
  readonly held = new Map<string, Held>();
  readonly refused: RefusedRequest[] = [];
  left = 0;
  meet(client: Client): Handler {
    this.clients.push(client);
    return {
      request: (exchange) => void this.held.set(exchange.head.path, new Held(exchange)),
      refused: (refused) => void this.refused.push(refused),
      left: () => {
        this.left += 1;
      },
    };
  }
  get(path: string): Held {
    const held = this.held.get(path);
    if (held === undefined) throw new Error(`no request for ${path}`);
    return held;
  }
}

function webserverSection(): NonNullable<Config["webserver"]> {
  const { webserver } = configSchema.parse({ site: "test", webserver: { bind: "127.0.0.1:0" } });
  if (webserver === undefined) throw new Error("no section");
  return webserver;
}

async function given(t: Test, maxConnections?: number) {
  const counters = new Counted();
  const seen = new Seen();
  const refused: RefusedConnection[] = [];
  const deadlines = new Deadlines(systemClock);
  const { timeouts, limits } = webserverSection();
  const front = new Front({
    ...{ counters, deadlines, clock: systemClock, protocols: [TOY] },
    listener: {
      address: { host: "127.0.0.1", port: 0 },
      ...(maxConnections !== undefined && { maxConnections }),
      refused: (one) => void refused.push(one),
    },
    terms: { timeouts, limits, trusts: (address) => address === "127.0.0.1" },
    meet: (client) => seen.meet(client),
  });
  await front.listen();
  t.teardown(() => {
    front.stop();
    deadlines.stop();
  });
  return { front, counters, seen, refused };
}

/** Opens a connection as a client, and keeps everything that the client has received so far. */
async function client(t: Test, port: number) {
  const socket = connect(port, "127.0.0.1");
  const one = { socket, text: "" };
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    one.text += text;
  });
  socket.on("error", () => undefined);
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  return one;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 30_000;
  while (!holds()) {
    if (systemClock.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function leave(socket: Socket): Promise<void> {
  socket.destroy();
  await once(socket, "close");
}

t.test("many requests on one connection: each has its own answer and its own end", async (t) => {
  const { front, counters, seen } = await given(t);
  const one = await client(t, front.port);
  one.socket.write("a GET /a\nb GET /b\nc GET");
  await until("two requests", () => seen.held.size === 2);
  one.socket.write(" /c\n");
  await until("three requests", () => seen.held.size === 3);
  t.equal(counters.requests, 0, "no request is over");
  seen.get("/b").answer("second");
  t.strictSame([seen.get("/a").told, seen.get("/b").told], [[], ["finished"]]);
  t.equal(counters.requests, 1);
  seen.get("/a").answer("first");
  await until("two answers", () => one.text === "b 200 second\na 200 first\n");
  await leave(one.socket);
  await until("the front sees the end", () => counters.current === 0);
  t.strictSame(seen.get("/c").told, ["client-closed", "finished"]);
  t.strictSame(seen.get("/a").told, ["finished"], "told once");
  t.match(counters, { sessions: 1, current: 0, requests: 3, refusals: 0 });
  t.equal(seen.left, 1, "one connection, one handler");
});

t.test("the client's address and port are those of its connection", async (t) => {
  const { front, seen } = await given(t);
  const { socket } = await client(t, front.port);
  await until("the front has a handler for the client", () => seen.clients.length === 1);
  t.match(seen.clients[0], {
    ...{ address: "127.0.0.1", port: socket.localPort, scheme: "http" },
    ...{ serverPort: front.port, trusted: true, tls: undefined },
  });
});

t.test("ends that the listener was told of go before those of the socket", async (t) => {
  const ends = {
    client: { address: "192.0.2.7", port: 4711 },
    local: { address: "198.51.100.1", port: 443 },
  };
  const seen = new Seen();
  const accepted = new Accepted(new Socket(), undefined, undefined, ends);
  const trusts = (address: string) => address === "127.0.0.1";
  new FrontConnection(accepted, 8080, "http/1.1", { trusts }, new Counted(), (client) =>
    seen.meet(client),
  );
  const { client } = ends;
  t.match(seen.clients, [{ ...client, serverPort: 443, trusted: false, scheme: "http" }]);
});

t.test("a refused request is counted and told once, and makes no exchange", async (t) => {
  const { front, counters, seen } = await given(t);
  const one = await client(t, front.port);
  one.socket.write("what?\na GET /a\n");
  await until("the request after it has come", () => seen.held.size === 1);
  t.match(counters, { requests: 0, refusals: 1 });
  t.match(seen.refused, [{ status: 400, failure: {} }]);
});

t.test("a connection over the limit is refused, and gets no session", async (t) => {
  const { front, counters, seen, refused } = await given(t, 1);
  await client(t, front.port);
  await until("the first", () => counters.sessions === 1);
  const second = await client(t, front.port);
  await until("the second is refused", () => refused.length === 1 && second.socket.closed);
  t.match(refused, [{ reason: "too-many" }]);
  t.match(counters, { sessions: 1, current: 1 });
  t.equal(seen.clients.length, 1);
});

t.test("a drain waits for running requests, and answers requests that still come", async (t) => {
  const { front, counters, seen } = await given(t);
  const busy = await client(t, front.port);
  busy.socket.write("a GET /a\nb GET /b\n");
  await until("two requests", () => seen.held.size === 2);
  let over = false;
  const drained = front.drain(60_000).then(() => {
    over = true;
  });
  const late = await client(t, front.port);
  late.socket.write("c GET /c\n");
  await until("the late request has come", () => seen.held.size === 3);
  seen.get("/c").answer("late");
  seen.get("/a").answer("first");
  await until("the late client's connection is ended", () => late.socket.readableEnded);
  t.notOk(over, "one request is still running");
  seen.get("/b").answer("second");
  await drained;
  t.equal(busy.text, "a 200 first\nb 200 second\n");
  t.match(counters, { sessions: 2, current: 0, requests: 3 });
  const refused = connect(front.port, "127.0.0.1");
  await t.rejects(once(refused, "connect"), { code: "ECONNREFUSED" });
});

t.test("a drain ends at its deadline, a stop at once: each request is told once", async (t) => {
  const { front, counters, seen } = await given(t);
  const { socket } = await client(t, front.port);
  socket.write("a GET /a\nb GET /b\n");
  await until("two requests", () => seen.held.size === 2);
  await front.drain(200);
  t.match(counters, { current: 1, requests: 0 }, "what is left is its owner's to end");
  front.stop();
  await until("the session is over", () => counters.current === 0);
  t.strictSame(
    ["/a", "/b"].map((path) => seen.get(path).told),
    [
      ["stopped", "finished"],
      ["stopped", "finished"],
    ],
  );
  t.match(counters, { sessions: 1, current: 0, requests: 2 });
  t.equal(seen.left, 1);
});

t.test("the protocol is that of the handshake, or the first in the list", async (t) => {
  const rows = [...PROTOCOLS, TOY] as const;
  const [http1] = PROTOCOLS;
  t.equal(protocolOf({ alpn: "toy" }, rows), TOY);
  t.equal(protocolOf({ alpn: "http/1.1" }, rows), http1);
  t.equal(protocolOf({ alpn: undefined }, rows), http1);
  t.equal(protocolOf(undefined, rows), http1);
  t.equal(protocolOf(undefined, rows, "toy"), TOY);
  t.equal(protocolOf({ alpn: undefined }, rows, "toy"), http1, "over TLS only ALPN chooses");
});
