// For how long a client of HTTP/2 may do nothing, on a fake stream and a fake clock.
import t from "tap";
import { openH2 } from "../../test/given-h2.ts";
import { Script } from "../../test/h2/frames.ts";
import type { AbortCause, BodySink, Exchange } from "../exchange/index.ts";
import { CLIENT_PREFACE } from "../h2/preface.ts";
import { CHUNKED, Fields } from "../index.ts";

const ok = (exchange: Exchange): void =>
  exchange.answer(200, "OK", new Fields(), Buffer.from(exchange.head.path));

/** Begins answers of unknown length. */
const half = (exchange: Exchange): void => {
  exchange.respond(200, "OK", new Fields(), CHUNKED);
  exchange.write(Buffer.from("half"));
  exchange.flush();
};

/** Reads a body and forgets it. */
const DROP: BodySink = { bodyData() {}, bodyEnd() {} };

const aborts = (seen: string[]) => (exchange: Exchange) => {
  exchange.listener = {
    drained: () => seen.push("drained"),
    halfClosed: () => seen.push("half-closed"),
    aborted: (cause: AbortCause) => seen.push(cause),
  };
};

t.test("time: no preface, no request, an idle connection", async (t) => {
  const silent = openH2(ok);
  silent.pass(9_900);
  t.equal(silent.stream.ended, false);
  silent.pass(300);
  t.equal(silent.stream.ended, true);

  const idle = openH2(ok);
  idle.ask();
  idle.pass(59_000);
  idle.ask();
  idle.pass(59_900);
  t.equal(idle.stream.ended, false);
  idle.pass(300);
  t.equal(idle.stream.ended, true);
  idle.pump();
  t.ok(idle.seen.includes("goaway"));
  idle.pass(70_000);
  t.equal(idle.stream.destroyed, true);
});

t.test("time: a head that does not end", async (t) => {
  const { session, stream, seen, ask, pass } = openH2(() => {});
  ask();
  session.receive(new Script().line("HEADERS 3 :method=GET"));
  pass(9_900);
  t.equal(stream.ended, false);
  pass(300);
  t.same(seen.slice(1), ["refused 408 the request head did not come in time", "finished / 0"]);
  t.equal(stream.ended, true);
});

t.test("time: a body that stops, one that is too slow, one that is not read", async (t) => {
  const seen: string[] = [];
  const given = openH2((exchange) => {
    aborts(seen)(exchange);
    if (exchange.head.path !== "/unread") exchange.readBody(DROP);
  });
  const stops = given.ask({ method: "POST", body: true, path: "/stops" });
  given.ask({ method: "POST", body: true, path: "/unread" });
  stops.stream?.write(Buffer.alloc(50_000));
  stops.stream?.flush();
  given.pump();
  given.pass(29_000);
  t.same(seen, []);
  given.pass(32_000);
  given.pump();
  t.same(seen, ["client-timeout"]);
  t.match(stops, { status: 408, state: "complete" });

  const slow = given.ask({ method: "POST", body: true, path: "/slow" });
  for (let i = 0; i < 100 && seen.length < 2; i++) {
    slow.stream?.write(Buffer.alloc(100));
    slow.stream?.flush();
    given.pump();
    given.pass(1_000);
  }
  t.same(seen, ["client-timeout", "body-too-slow"]);
});

t.test("time: a client whose window stays shut, or opens by a few bytes at a time", async (t) => {
  const seen: string[] = [];
  const given = openH2((exchange) => {
    aborts(seen)(exchange);
    exchange.respond(200, "OK", new Fields(), CHUNKED);
    exchange.write(Buffer.alloc(1_000));
    exchange.flush();
  });
  given.session.receive(Buffer.from(CLIENT_PREFACE));
  const script = new Script();
  given.session.receive(script.line("SETTINGS 4=0"));
  given.session.receive(
    script.line("HEADERS 1 es eh :method=GET :scheme=http :path=/ :authority=a"),
  );
  given.pass(29_000);
  given.session.receive(script.line("WINDOW_UPDATE 1 256"));
  given.pass(25_000);
  t.same(seen, [], "it has taken some");
  given.session.receive(script.line("WINDOW_UPDATE 1 1"));
  given.pass(10_000);
  t.same(seen, ["client-timeout"], "a byte is not enough");
  t.same(given.seen, ["/", "finished / 200"]);
});

t.test("time: a client that takes nothing of what is written", async (t) => {
  const seen: string[] = [];
  const given = openH2((exchange) => {
    aborts(seen)(exchange);
    given.stream.stuck = true;
    half(exchange);
  });
  given.ask();
  given.pass(31_000);
  t.same(seen, ["client-timeout"]);
  t.equal(given.stream.destroyed, true);
});

t.test("an answer that was given completely may take its time", async (t) => {
  const given = openH2((exchange) =>
    exchange.answer(200, "OK", new Fields(), Buffer.alloc(2_500, "x")),
  );
  given.session.receive(Buffer.from(CLIENT_PREFACE));
  const script = new Script();
  given.session.receive(script.line("SETTINGS 4=0"));
  given.session.receive(
    script.line("HEADERS 1 es eh :method=GET :scheme=http :path=/ :authority=a"),
  );
  t.same(given.seen, ["/", "finished / 200"]);
  for (let i = 0; i < 9; i++) {
    given.pass(20_000);
    given.session.receive(script.line("WINDOW_UPDATE 1 256"));
  }
  t.equal(given.stream.ended, false, "for longer than a connection may be idle");
  t.equal(given.session.idle, false);
  given.session.receive(script.line("WINDOW_UPDATE 1 1000"));
  t.equal(given.session.idle, true);
});
