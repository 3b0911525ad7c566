// A tunnel between two stubs: when both ends have finished, the bytes on their way to a slow server still have to
// arrive.
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { DEFAULT_LIMITS, Fields } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import { ClientSession } from "@tandem/http/session";
import { type Clock, Deadlines, ReadBuffers, SocketReads, turnClock } from "@tandem/transport";
import t from "tap";
import { H1Connection } from "../pool/h1-connection.ts";
import { openUpgrade } from "./tunnel.ts";

/** Stands for a socket. Keeps what is written to it, and emits events when the test says so. */
class Stub extends EventEmitter {
  written = "";
  ended = false;
  destroyed = false;
  readonly writableNeedDrain = false;
  writableLength = 0;
  write(chunk: Buffer | string): boolean {
    this.written += chunk.toString();
    return true;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  resetAndDestroy(): void {
    this.destroy();
  }
}

const HOUR = 3_600_000;

function givenTunnel() {
  const time = { now: 0 };
  const never = () => ({ cancel: () => undefined });
  const clock: Clock = { now: () => time.now, wall: () => 0, after: never, every: never };
  const deadlines = new Deadlines(clock);
  const [client, server] = [new Stub(), new Stub()];
  const reads = new SocketReads(new ReadBuffers(turnClock(clock)));
  const home = { takeBack: () => undefined, putBack: () => undefined, gone: () => undefined };
  const socket = server as unknown as Socket;
  const stream = new H1Connection({
    socket,
    reads,
    deadlines,
    pool: home,
    answers: DEFAULT_LIMITS,
    streams: 1,
  });
  const endings: string[] = [];
  const request = (exchange: Exchange): void =>
    openUpgrade({
      ...{ exchange, stream, protocol: "websocket", reason: "Switching Protocols" },
      ...{ fields: new Fields(), deadlines, serverFinMs: 30_000 },
      ended: (by, termination) => void endings.push(`${by} ${termination}`),
    });
  const times = { httpRequest: HOUR, httpKeepAlive: HOUR, client: HOUR };
  const session = new ClientSession(
    client,
    { request, refused: () => undefined, finished: () => undefined },
    { now: clock.now, wall: clock.wall, ...times, clientFin: HOUR, tunnel: HOUR },
    { ...DEFAULT_LIMITS, body: undefined, bodyRate: 0 },
    { at: 0 },
  );
  const head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
  session.receive(Buffer.from(head));
  return { time, client, server, session, deadlines, endings };
}

/**
 * Returns a tunnel whose ends have both finished in order, the server before the client, and whose client connection
 * has closed by itself.
 */
function givenAllSaid() {
  const given = givenTunnel();
  given.server.emit("end");
  given.session.receive(Buffer.from("last words"));
  given.session.ended();
  given.session.closed();
  return given;
}

t.test("the close of the client's connection does not cut off the rest", async (t) => {
  const { server, client, endings } = givenAllSaid();
  t.match(server, { written: "last words", ended: true, destroyed: false });
  t.ok(client.ended);
  t.same(endings, [], "the tunnel is not over before everything has arrived");
  server.emit("close", false);
  t.same(endings, ["server ----"]);
});

t.test("the rest has `serverFin`, which starts again when the server takes some", async (t) => {
  const { time, server, deadlines, endings } = givenAllSaid();
  time.now += 29_000;
  server.emit("drain");
  time.now += 29_000;
  deadlines.sweep();
  t.same(endings, []);
  time.now += 1_000;
  deadlines.sweep();
  t.same(endings, ["server sD--"]);
});

t.test("a reset by the server is logged as a reset, also after both ends finished", async (t) => {
  const { server, endings } = givenAllSaid();
  server.emit("error", new Error("ECONNRESET"));
  server.emit("close", true);
  t.same(endings, ["server SD--"]);
});

t.test("when the client is lost before its end, the server's connection closes", async (t) => {
  const { server, session, endings } = givenTunnel();
  server.emit("end");
  session.closed();
  t.ok(server.destroyed);
  t.same(endings, ["client ----"]);
});
