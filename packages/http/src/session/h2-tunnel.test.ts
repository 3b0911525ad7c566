// Tunnels of HTTP/2, opened by extended CONNECT (RFC 8441), on a fake stream and a fake clock.
import t from "tap";
import { openH2 } from "../../test/given-h2.ts";
import type { AbortCause, Exchange } from "../exchange/index.ts";
import { CANCEL, NO_ERROR } from "../h2/error-code.ts";
import { CHUNKED, Fields } from "../index.ts";

const WEBSOCKET = { method: "CONNECT", protocol: "websocket", body: true } as const;

/** A tunnel as its handler sees it. */
class Tunnel {
  text = "";
  readonly seen: string[] = [];
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.listener = {
      drained: () => this.seen.push("drained"),
      halfClosed: () => this.seen.push("half-closed"),
      aborted: (cause: AbortCause) => this.seen.push(cause),
    };
  }

  open(fields = new Fields()): void {
    this.#exchange.switchProtocols(
      "Switching Protocols",
      fields,
      (chunk) => {
        this.text += chunk.toString("latin1");
      },
      () => this.seen.push("ended"),
    );
  }
}

/** Opens a session whose client asks for a WebSocket. */
function askTunnel(options: Parameters<typeof openH2>[1] = {}) {
  const exchanges: Exchange[] = [];
  const given = openH2((exchange) => exchanges.push(exchange), options);
  const answer = given.ask(WEBSOCKET);
  const [exchange] = exchanges;
  const { stream } = answer;
  if (exchange === undefined || stream === undefined) throw new Error("no request came");
  return { ...given, answer, exchange, tunnel: new Tunnel(exchange), asked: stream };
}

t.test("extended CONNECT is announced", async (t) => {
  const { client, pump } = openH2(() => {});
  pump();
  t.equal(client.connection.control.peer.connectProtocol, true);
});

t.test("a 101 becomes a 200 without the fields of HTTP/1.1's handshake", async (t) => {
  const { tunnel, pump, answer } = askTunnel();
  const fields = new Fields();
  for (const [name, value] of [
    ["Upgrade", "websocket"],
    ["Connection", "upgrade"],
    ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["Content-Length", "0"],
    ["Sec-WebSocket-Protocol", "chat"],
  ] as const) {
    fields.add(name, value);
  }
  tunnel.open(fields);
  pump();
  t.equal(answer.status, 200);
  t.equal(answer.state, "open");
  t.same(answer.fields?.keys, ["sec-websocket-protocol"]);
});

t.test("what a client sends before the answer is the tunnel's, and bounded", async (t) => {
  const { tunnel, pump, asked, answer } = askTunnel({ limits: { body: 10 } });
  asked.write(Buffer.alloc(300_000, "x"));
  asked.flush();
  pump();
  t.equal(asked.queued, 300_000 - 256 * 1024, "the client's window is full");
  tunnel.open();
  pump();
  t.equal(asked.queued, 0);
  t.equal(tunnel.text.length, 300_000, "nothing is lost, and no limit of bodies applies");
  t.equal(answer.state, "open");
});

t.test("a tunnel that is not read from fills its window and no more", async (t) => {
  const { tunnel, pump, asked, exchange } = askTunnel();
  tunnel.open();
  exchange.pauseTunnel();
  asked.write(Buffer.alloc(300_000, "x"));
  asked.flush();
  pump();
  t.equal(tunnel.text, "");
  t.equal(asked.queued, 300_000 - 256 * 1024);
  exchange.resumeTunnel();
  pump();
  t.equal(asked.queued, 0);
  t.equal(tunnel.text.length, 300_000);
});

t.test("a client that takes nothing: the server is to wait, then goes on", async (t) => {
  const { tunnel, exchange, pump, client, answer, asked } = askTunnel();
  tunnel.open();
  pump();
  const used = asked.used.bind(asked);
  asked.used = () => {};
  t.equal(exchange.writeTunnel(Buffer.alloc(60_000)), true);
  t.equal(exchange.writeTunnel(Buffer.alloc(300_000)), false);
  t.equal(exchange.settled, false);
  pump();
  t.same(tunnel.seen, []);
  const taken = answer.body.length;
  t.ok(taken < 360_000);
  asked.used = used;
  asked.used(taken);
  pump();
  t.same(tunnel.seen, ["drained"]);
  t.equal(answer.body.length, 360_000);
  t.equal(client.connection.failure, undefined);
});

t.test("the server ends first, the client goes on and ends", async (t) => {
  const { tunnel, exchange, pump, asked, answer, session, seen } = askTunnel();
  tunnel.open();
  exchange.writeTunnel(Buffer.from("bye"));
  exchange.halfCloseTunnel();
  pump();
  t.match(answer, { body: "bye", state: "complete" });
  asked.write(Buffer.from("still here"));
  asked.end();
  pump();
  t.equal(tunnel.text, "still here");
  t.same(tunnel.seen, ["ended"]);
  exchange.endTunnel();
  pump();
  t.same(seen, ["/", "finished / 101"]);
  t.equal(session.idle, true);
  t.equal(asked.closed, true);
});

t.test("the client ends first, the server goes on and ends", async (t) => {
  const { tunnel, exchange, pump, asked, answer, session } = askTunnel();
  tunnel.open();
  asked.end();
  pump();
  t.same(tunnel.seen, ["ended"]);
  t.equal(answer.state, "open");
  exchange.writeTunnel(Buffer.from("last words"));
  exchange.endTunnel();
  pump();
  t.match(answer, { body: "last words", state: "complete" });
  t.equal(session.idle, true);
});

t.test("an end delivers what was written first, to a slow client too", async (t) => {
  const { tunnel, exchange, pump, asked, answer, session, seen } = askTunnel();
  tunnel.open();
  const used = asked.used.bind(asked);
  asked.used = () => {};
  exchange.writeTunnel(Buffer.alloc(500_000));
  exchange.endTunnel();
  pump();
  t.equal(answer.state, "open");
  t.same(seen, ["/", "finished / 101"], "it is over for the handler");
  asked.used = used;
  asked.used(answer.body.length);
  pump();
  t.equal(answer.body.length, 500_000);
  t.match(answer, { state: "complete", failure: { code: NO_ERROR } });
  t.equal(session.idle, true, "the client's half has ended with ours");
});

t.test("a tunnel that is cut is reset with CANCEL (RFC 8441 §5)", async (t) => {
  const { tunnel, exchange, pump, answer } = askTunnel();
  tunnel.open();
  exchange.truncate();
  pump();
  t.match(answer, { state: "truncated", failure: { code: CANCEL } });
});

t.test("a client that resets its stream: the tunnel is aborted, once", async (t) => {
  const { tunnel, pump, asked, seen } = askTunnel();
  tunnel.open();
  pump();
  asked.reset(CANCEL);
  pump();
  t.same(tunnel.seen, ["client-closed"]);
  t.same(seen, ["/", "finished / 101"]);
});

t.test("a client that ends its half before the answer", async (t) => {
  const { tunnel, pump, asked } = askTunnel();
  asked.end();
  pump();
  t.same(tunnel.seen, ["half-closed"]);
  tunnel.open();
  t.same(tunnel.seen, ["half-closed", "ended"]);
});

t.test("no tunnel: a success would be one, so it becomes 501; the rest is as it is", async (t) => {
  for (const [status, seen] of [
    [200, 501],
    [204, 501],
    [302, 302],
    [403, 403],
    [426, 426],
  ] as const) {
    const { exchange, pump, answer, session } = askTunnel();
    exchange.answer(status, "", new Fields(), Buffer.from(status === 204 ? "" : "why"));
    pump();
    t.match(answer, { status: seen, state: "complete" });
    t.equal(exchange.status, seen, "the log says the same");
    t.equal(session.idle, true);
  }
  const { exchange, pump, answer } = askTunnel();
  exchange.respond(200, "OK", new Fields(), CHUNKED);
  exchange.flush();
  pump();
  t.equal(answer.status, 501);
});

t.test("protocols other than websocket are refused with 501", async (t) => {
  const { ask, seen } = openH2(() => {});
  const refused = ask({ method: "CONNECT", protocol: "connect-udp", body: true });
  t.match(refused, { status: 501, state: "complete" });
  t.match(seen, [/^refused 501 The protocol "connect-udp" is not passed on/]);
});

t.test("time: a tunnel lives until its deadline, whatever the client's timeout", async (t) => {
  const given = askTunnel();
  given.tunnel.open();
  given.exchange.tunnelDeadline = 200_000;
  given.pass(199_000);
  t.same(given.tunnel.seen, []);
  given.pass(1_200);
  t.same(given.tunnel.seen, ["client-timeout"]);
  given.pump();
  t.match(given.answer, { state: "truncated", failure: { code: CANCEL } });

  const early = askTunnel();
  early.tunnel.open();
  early.exchange.tunnelDeadline = 1_000;
  early.pass(900);
  t.same(early.tunnel.seen, []);
  early.pass(300);
  t.same(early.tunnel.seen, ["client-timeout"], "a deadline before the next look is kept as well");
});
