// Tests how a session treats clients that pipeline, half-close or send slowly.
import t from "tap";
import { begin, ok, onAbort, open, request } from "../../test/given-session.ts";
import type { AbortCause, Exchange } from "../exchange/exchange.ts";
import { Fields } from "../message/fields.ts";
import { UNTIL_CLOSE } from "../message/head.ts";

t.test("a client that pipelines without reading gets one answer at a time", async (t) => {
  const { stream, session, seen, get } = open(ok);
  stream.stuck = true;
  get("/1", "/2", "/3");
  t.same(seen, ["/1", "finished /1"], "the second request waits");
  t.ok(stream.paused, "the session stops reading");
  stream.writableLength = 0;
  session.drained();
  t.same(seen.slice(2), ["/2", "finished /2"], "one by one");
  stream.stuck = false;
  stream.writableLength = 0;
  session.drained();
  t.same(seen.slice(4), ["/3", "finished /3"]);
  t.notOk(stream.paused, "the session reads again");
});

t.test("pipelined requests before a half-close are all answered", async (t) => {
  const waiting: Exchange[] = [];
  const { stream, session, seen, get } = open((exchange) => waiting.push(exchange));
  get("/1", "/2");
  session.ended();
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) ok(next);
  t.same(seen, ["/1", "finished /1", "/2", "finished /2"]);
  t.match(stream.written, /\/1HTTP\/1\.1 200 OK\r\n[\s\S]*\/2$/);
  t.ok(stream.ended);
  t.notOk(stream.destroyed, "the written answers still have to leave");
});

t.test(
  "a client that leaves within a head is reported, one that leaves between two requests is not",
  async (t) => {
    const { session, seen, get } = open(ok);
    get("/1");
    session.receive(Buffer.from("GET /2 HT"));
    session.closed();
    t.same(seen, ["/1", "finished /1", "refused -1"]);
    const other = open(ok);
    other.get("/1");
    other.session.closed();
    t.same(other.seen, ["/1", "finished /1"]);
  },
);

t.test("a malformed request before a half-close is refused once", async (t) => {
  for (const rest of ["GET /2 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /2 HT", "GET /2\r\n"]) {
    const waiting: Exchange[] = [];
    const { stream, session, seen } = open((exchange) => waiting.push(exchange));
    session.receive(Buffer.concat([request("GET /1 HTTP/1.1"), Buffer.from(rest)]));
    session.ended();
    for (const exchange of waiting) ok(exchange);
    session.closed();
    t.same(seen, ["/1", "finished /1", "refused 400"], rest);
    t.equal(stream.written.match(/HTTP\/1\.1 400/g)?.length, 1);
  }
});

t.test("the next request waits until the handler releases it", async (t) => {
  const waiting: Exchange[] = [];
  const { seen, get } = open((exchange) => {
    exchange.holdNext();
    waiting.push(exchange);
  });
  get("/1", "/2");
  const [first] = waiting;
  if (first === undefined) throw new Error("no request came");
  ok(first);
  t.same(seen, ["/1", "finished /1"], "answered, and not released yet");
  first.releaseNext();
  t.same(seen, ["/1", "finished /1", "/2"]);
});

t.test("an idle client that half-closes gets the answer that it has not read yet", async (t) => {
  const { stream, session, get } = open(ok);
  stream.stuck = true;
  get("/1");
  session.ended();
  t.ok(stream.ended);
  t.notOk(stream.destroyed);
});

t.test("a client that waits for a 100 is not late until it has the 100", async (t) => {
  let aborted: AbortCause | undefined;
  const sink = { bodyData: () => {}, bodyEnd: () => {}, holds: true };
  const { session, pass } = open((exchange) => {
    exchange.listener = onAbort((cause) => {
      aborted = cause;
    });
    exchange.readBody(sink);
    setContinue = () => exchange.inform(100, "Continue", new Fields());
  });
  let setContinue = () => {};
  session.receive(request("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 100000"));
  pass(100_000);
  t.equal(aborted, undefined, "the server owes the 100");
  setContinue();
  pass(29_000);
  t.equal(aborted, undefined, "its time runs from the 100 on");
  session.receive(Buffer.alloc(50_000, "x"));
  pass(29_000);
  t.equal(aborted, undefined);
  pass(10_000);
  t.equal(aborted, "client-timeout");
});

t.test("a body that comes in below the minimum rate is cut off, a steady one is not", async (t) => {
  for (const [bytesPerSecond, expected] of [
    [100, "body-too-slow"],
    [2000, undefined],
  ] as const) {
    let aborted: AbortCause | undefined;
    const { session, pass } = open((exchange) => {
      exchange.listener = onAbort((cause) => {
        aborted = cause;
      });
      exchange.readBody({ bodyData() {}, bodyEnd() {} });
    });
    session.receive(Buffer.from("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"));
    for (let second = 0; second < 120 && aborted === undefined; second++) {
      session.receive(Buffer.alloc(bytesPerSecond));
      pass(1_000);
    }
    t.equal(aborted, expected, `${bytesPerSecond} bytes per second, 1000 wanted`);
  }
});

t.test("time in which we did not read does not count against the client", async (t) => {
  let aborted: AbortCause | undefined;
  let current: Exchange | undefined;
  const { session, pass } = open((exchange) => {
    current = exchange;
    exchange.listener = onAbort((cause) => {
      aborted = cause;
    });
    exchange.readBody({ bodyData() {}, bodyEnd() {} });
  });
  session.receive(Buffer.from("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"));
  session.receive(Buffer.alloc(1000));
  current?.pauseBody();
  pass(300_000);
  current?.resumeBody();
  session.receive(Buffer.alloc(1000));
  pass(20_000);
  t.equal(aborted, undefined);
  pass(20_000);
  t.equal(aborted, "client-timeout");
});

/**
 * Opens a tunnel. Returns the tunnel, its session and its stream. `heard` lists the calls that the
 * tunnel's listener gets.
 */
function openTunnel() {
  const heard: string[] = [];
  let tunnel: Exchange | undefined;
  const given = open((exchange) => {
    tunnel = exchange;
    exchange.listener = {
      drained: () => void heard.push("drained"),
      halfClosed() {},
      aborted: (cause) => void heard.push(cause),
    };
    const ended = () => void heard.push("client ended");
    exchange.switchProtocols("Switching Protocols", new Fields(), () => {}, ended);
  });
  given.session.receive(
    Buffer.from("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
  );
  if (tunnel === undefined) throw new Error("no request came");
  return { ...given, heard, tunnel };
}

t.test("a tunnel ends at the deadline that its handler has set, and not before", async (t) => {
  const { heard, stream, session, pass, tunnel } = openTunnel();
  t.match(tunnel.tunnelTimeouts, { tunnel: 60_000, clientFin: 30_000 });
  tunnel.tunnelDeadline = 60_000;
  pass(59_000);
  session.receive(Buffer.from("traffic"));
  tunnel.tunnelDeadline = 119_000;
  pass(59_000);
  t.same(heard, []);
  pass(2_000);
  t.same(heard, ["client-timeout"]);
  t.ok(stream.destroyed);
});

t.test("a slow client of a tunnel has the time of the tunnel, not `client`", async (t) => {
  const { heard, stream, session, pass, tunnel } = openTunnel();
  tunnel.tunnelDeadline = 60_000;
  stream.stuck = true;
  t.notOk(tunnel.writeTunnel(Buffer.from("much")));
  session.drained();
  pass(59_000); // longer than the timeout `client`, 30 s
  t.same(heard, ["drained"]);
  tunnel.tunnelDeadline = Number.POSITIVE_INFINITY;
  tunnel.halfCloseTunnel();
  t.ok(stream.ended, "the client gets the end of the stream");
  pass(3_600_000);
  session.receive(Buffer.from("traffic"));
  pass(3_600_000);
  session.ended();
  t.same(heard, ["drained", "client ended"], "a deadline that is never due is kept");
});

t.test("an answer cut short never looks complete, whatever its framing", async (t) => {
  for (const [line, length, reset] of [
    ["GET / HTTP/1.0", UNTIL_CLOSE, true],
    ["GET / HTTP/1.0", 100, false],
    ["GET / HTTP/1.1", 100, false],
    ["GET / HTTP/1.1", UNTIL_CLOSE, false], // sent in chunks
    ["HEAD / HTTP/1.0", UNTIL_CLOSE, false],
  ] as const) {
    const { stream, exchange, pass } = begin(line, length);
    exchange.truncate();
    t.match(stream, { ended: !reset, destroyed: reset, reset }, `${line}, ${length}`);
    pass(40_000);
    t.match(stream, { destroyed: true, reset }, "the session closes without waiting");
    t.notMatch(stream.written, /0\r\n\r\n$/, "no last chunk");
  }
});

t.test("an answer that ends with the connection is reset, whatever cuts it short", async (t) => {
  const stopped = begin("GET / HTTP/1.0");
  stopped.session.stop();
  t.ok(stopped.stream.reset, "we stop");
  const slow = begin("GET / HTTP/1.0");
  slow.stream.writableLength = 1;
  slow.exchange.flush();
  slow.pass(40_000);
  t.ok(slow.stream.reset, "the client does not read");
  for (const [unsent, reset] of [
    [1, true],
    [0, false],
  ] as const) {
    const { stream, exchange, pass } = begin("GET / HTTP/1.0");
    stream.writableLength = unsent;
    exchange.end();
    pass(40_000);
    t.match(stream, { destroyed: true, reset }, `complete, and ${unsent} bytes never left`);
  }
});

t.test("an answer of which nothing has left can be taken back", async (t) => {
  for (const version of ["1.0", "1.1"]) {
    const { stream, session } = open((exchange) => {
      exchange.inform(103, "Early Hints", new Fields());
      const informed = exchange.bytesSent;
      t.ok(exchange.takeBack(), "no answer was begun");
      exchange.respond(200, "OK", new Fields(), UNTIL_CLOSE);
      exchange.write(Buffer.from("secret"));
      t.ok(exchange.takeBack());
      t.match(exchange, { status: 0, bytesSent: informed });
      exchange.respondPlain?.(200, "HTTP/1.1 200 OK\r\n", 6);
      exchange.writeText("secret");
      t.ok(exchange.takeBack(), "it works for every answer that was begun");
      exchange.answer(502, "Bad Gateway", new Fields(), Buffer.from("sorry"));
      t.equal(exchange.bytesSent, stream.written.length);
      t.notOk(exchange.takeBack(), "the answer has left");
    });
    session.receive(request(`GET / HTTP/${version}`));
    t.match(
      stream.written,
      /HTTP\/1\.1 502 Bad Gateway\r\n(Connection: close\r\n)?Content-Length: 5\r\n\r\nsorry$/,
    );
    t.notMatch(stream.written, /secret|200/);
    t.notOk(stream.reset);
  }
  const { exchange } = begin("GET / HTTP/1.1");
  exchange.write(Buffer.from("more"));
  t.notOk(exchange.takeBack(), "part of the answer has left");
});

t.test("a malformed request line is refused before the next bytes come", async (t) => {
  for (const [line, status] of [
    ["GET /", 400],
    ["GET / HTTP/2.0", 505],
    ["GET  / HTTP/1.1", 400],
    ["é / HTTP/1.1", 400],
  ] as const) {
    const { session, seen } = open(ok);
    for (const byte of Buffer.from(`${line}\r\n`)) session.receive(Buffer.from([byte]));
    t.same(seen, [`refused ${status}`], line);
  }
  const { session, seen } = open(ok);
  session.receive(Buffer.from("GET / HTTP/1.1\r\n"));
  session.receive(Buffer.from("Host: a\r\n"));
  t.same(seen, [], "after a good request line the session waits for more");
  session.receive(Buffer.from("\r\n"));
  t.same(seen, ["/", "finished /"]);
});

t.test("a request that comes after an answer has ended waits for `releaseNext` too", async (t) => {
  for (const cut of [0, 12]) {
    let first: Exchange | undefined;
    const { session, seen, stream } = open((exchange) => {
      first ??= exchange;
      if (exchange === first) exchange.holdNext();
      ok(exchange);
    });
    const next = Buffer.from("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    session.receive(Buffer.from("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    if (cut > 0) session.receive(next.subarray(0, cut));
    session.receive(next.subarray(cut));
    t.same(seen, ["/1", "finished /1"]);
    first?.releaseNext();
    t.same(seen.slice(2), ["/2", "finished /2"], `cut at ${cut}`);
    t.notOk(stream.paused);
  }
});
