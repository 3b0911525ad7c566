// Sessions of HTTP/2 on a fake stream and a fake clock: what a client may do. Its timeouts are tested in h2-timeouts.test.ts.
import t from "tap";
import { openH2 } from "../../test/given-h2.ts";
import { Script, showFrames } from "../../test/h2/frames.ts";
import type { AbortCause, BodySink, Exchange } from "../exchange/index.ts";
import { CLIENT_PREFACE } from "../h2/preface.ts";
import { CHUNKED, Fields, type RequestLimits } from "../index.ts";
import type { TurnListener } from "./turn.ts";

const ok = (exchange: Exchange): void =>
  exchange.answer(200, "OK", new Fields(), Buffer.from(exchange.head.path));

/** Begins answers of unknown length. */
const half = (exchange: Exchange): void => {
  exchange.respond(200, "OK", new Fields(), CHUNKED);
  exchange.write(Buffer.from("half"));
  exchange.flush();
};

class Body implements BodySink {
  text = "";
  holds = false;
  /** What `holds` is once bytes have come. */
  readonly #keeps: boolean;
  readonly kept: Buffer[] = [];
  constructor(keeps = false) {
    this.#keeps = keeps;
  }
  bodyData(chunk: Buffer): void {
    this.holds = this.#keeps;
    this.kept.push(chunk);
    this.text += chunk.toString();
  }
  bodyEnd(): void {
    this.text += "|end";
  }
}

const aborts = (seen: string[]) => (exchange: Exchange) => {
  exchange.listener = {
    drained: () => seen.push("drained"),
    halfClosed: () => seen.push("half-closed"),
    aborted: (cause: AbortCause) => seen.push(cause),
  };
};

t.test("requests are answered in any order, and the connection becomes idle", async (t) => {
  const open: Exchange[] = [];
  const { session, seen, ask, pump } = openH2((exchange) => open.push(exchange));
  const [one, two] = [ask({ path: "/1" }), ask({ path: "/2" })];
  t.equal(session.idle, false);
  for (const exchange of open.reverse()) ok(exchange);
  pump();
  t.same([one.body, two.body], ["/1", "/2"]);
  t.same(seen, ["/1", "/2", "finished /2 200", "finished /1 200"]);
  t.equal(session.idle, true);
});

t.test("only answers that may have a length say one (RFC 9110 §8.6)", async (t) => {
  const { ask } = openH2((exchange) => {
    const fields = new Fields();
    fields.add("Content-Length", "5");
    const status = Number(exchange.head.path.slice(1));
    exchange.respond(status, "", fields, 0);
    exchange.end();
  });
  const lengthOf = (status: number) => ask({ path: `/${status}` }).fields?.get("content-length");
  t.equal(lengthOf(204), undefined);
  t.equal(lengthOf(304), "5", "that of the body which a 200 would have");
});

t.test("a session's own field is on every answer that has it not", async (t) => {
  const { session, ask } = openH2((exchange) => {
    const fields = new Fields();
    if (exchange.head.path === "/own") fields.add("X-Own", "theirs");
    exchange.answer(200, "OK", fields, Buffer.alloc(0));
  });
  session.ownField = { key: "x-own", present: /^x-own:/im, line: "X-Own: ours\r\n" };
  t.equal(ask().fields?.get("x-own"), "ours");
  t.same(ask({ path: "/own" }).fields?.all("x-own"), ["theirs"]);
  t.equal(ask({ path: "/a b" }).fields?.get("x-own"), "ours", "of a refused request too");
});

t.test(
  "a request that is refused is answered and logged, and the next one is served",
  async (t) => {
    const limits: Partial<RequestLimits> = { requestLine: 20 };
    const { seen, ask } = openH2(ok, { limits });
    const refused = ask({ path: `/${"x".repeat(30)}` });
    t.match(refused, { status: 414, body: "414 URI Too Long\n", state: "complete" });
    t.equal(ask().status, 200);
    t.same(seen, ["refused 414 Method and path are longer than 20 bytes", "/", "finished / 200"]);
  },
);

t.test("a body beyond the limit", async (t) => {
  const seen: string[] = [];
  const given = openH2(
    (exchange) => {
      aborts(seen)(exchange);
      exchange.readBody(new Body());
    },
    { limits: { body: 10 } },
  );
  const announced = given.ask({ method: "POST", body: true, fields: { "content-length": "11" } });
  t.match(announced, { status: 413, state: "complete" });
  const found = given.ask({ method: "POST", body: true });
  found.stream?.write(Buffer.from("12345678901"));
  found.stream?.end();
  given.pump();
  t.match(found, { status: 413, state: "complete" });
  t.same(seen, ["body-too-large"]);
  t.same(given.seen, ["refused 413 a body of 11 bytes, the limit is 10", "/", "finished / 413"]);
  t.equal(given.session.idle, true);
});

t.test(
  "a client that breaks the protocol loses its connection, and the log says why",
  async (t) => {
    const seen: string[] = [];
    const { session, stream, seen: logged, ask } = openH2(aborts(seen));
    ask();
    session.receive(new Script().line("PING 1234567"));
    t.match(logged.at(-1), /refused 400 A PING frame of 7 bytes instead of 8/);
    t.match(stream, { ended: true });
    t.same(seen, ["broken-protocol"], "the request itself was right");
    session.receive(new Script().line("HEADERS 3 es eh :method=GET"));
    t.equal(logged.length, 3, "what still comes is dropped");
  },
);

t.test("bodies in memory that is read into again are copied where they are kept", async (t) => {
  // A sink that has kept nothing so far may keep these bytes.
  for (const keeps of [true, false]) {
    const body = new Body(keeps);
    const { session, client, ask, pump, stream } = openH2((exchange) => exchange.readBody(body));
    const { stream: asked } = ask({ method: "POST", body: true });
    stream.written = "";
    const memory = Buffer.alloc(100);
    const length = new Script().line("DATA 1 kept").copy(memory);
    session.receiveShared(memory, length);
    memory.fill("!");
    t.equal(body.kept[0]?.toString(), "kept");
    body.holds = false;
    const owned = new Script().line("DATA 1 more");
    t.equal(session.receiveOwned(owned), !keeps, "the memory may be used again");
    t.equal(session.bulk, !keeps);
    asked?.end();
    pump();
    t.equal(body.text, "keptmore|end");
    t.equal(client.connection.failure, undefined);
  }
});

t.test("nothing more is read while much waits to be sent", async (t) => {
  const given = openH2((exchange) => {
    exchange.respond(200, "OK", new Fields(), CHUNKED);
    exchange.write(Buffer.alloc(300_000));
    exchange.flush();
  });
  given.ask({ path: "/first" });
  given.session.receive(new Script().line("SETTINGS 4=1000000"));
  given.session.receive(new Script().line("WINDOW_UPDATE 0 1000000"));
  given.stream.stuck = true;
  t.equal(given.stream.paused, false);
  given.ask({ path: "/second" });
  t.equal(given.stream.paused, true);
  given.stream.stuck = false;
  given.stream.writableLength = 0;
  given.session.drained();
  t.equal(given.stream.paused, false);
});

t.test("draining: streams are served, then the connection ends", async (t) => {
  const open: Exchange[] = [];
  const given = openH2((exchange) => open.push(exchange));
  const answer = given.ask();
  given.session.draining = true;
  given.pump();
  t.ok(given.seen.includes("goaway"));
  t.equal(given.client.available, false);
  t.equal(given.stream.ended, false);
  for (const exchange of open) ok(exchange);
  given.pump();
  t.match(answer, { status: 200, state: "complete" });
  t.equal(given.stream.ended, true);
});

t.test("draining: a new connection carries the requests that its client sends first", (t) => {
  const { session, seen, ask, pump, client } = openH2(ok);
  session.draining = true;
  pump();
  t.notOk(seen.includes("goaway"), "a client that knows it would send nothing");
  t.match(ask(), { status: 200, state: "complete" });
  t.ok(seen.includes("goaway"));
  t.equal(client.available, false);
  t.end();
});

t.test("draining: a new connection without a request ends when it is told to leave", (t) => {
  const { session, seen, pump, stream } = openH2(ok);
  session.draining = true;
  pump();
  session.leave();
  t.equal(stream.ended, true);
  pump();
  t.ok(seen.includes("goaway"));
  t.end();
});

t.test("draining: an idle connection ends when it is told to leave", async (t) => {
  const { session, stream, ask } = openH2(ok);
  ask();
  session.draining = true;
  t.equal(stream.ended, false);
  session.leave();
  t.equal(stream.ended, true);
});

t.test("stopping ends every exchange at once", async (t) => {
  const seen: string[] = [];
  const { session, stream, ask, seen: logged } = openH2(aborts(seen));
  ask();
  ask();
  session.stop();
  t.same(seen, ["stopped", "stopped"]);
  t.match(stream, { destroyed: true });
  t.same(logged.slice(2), ["finished / 0", "finished / 0"]);
});

t.test("a client that leaves, resets or half-closes", async (t) => {
  const seen: string[] = [];
  const { session, ask, pump, seen: logged } = openH2(aborts(seen));
  ask().stream?.reset(8);
  pump();
  t.same(seen, ["client-closed"]);
  ask({ path: "/2" });
  session.ended();
  t.same(seen.slice(1), ["half-closed"]);
  session.closed();
  t.same(seen.slice(2), ["client-closed"]);
  t.same(logged, ["/", "finished / 0", "/2", "left", "finished /2 0"]);
});

t.test("an answer that is cut is a reset, never an end", async (t) => {
  const given = openH2((exchange) => {
    half(exchange);
    exchange.truncate();
  });
  const answer = given.ask();
  t.match(answer, { body: "half", state: "truncated", failure: { code: 2 } });
});

t.test("the answers to requests of one read leave in one write", async (t) => {
  const { session, stream } = openH2(ok);
  const script = new Script();
  const get = "es eh :method=GET :scheme=http :path=/ :authority=a";
  session.receive(Buffer.concat([Buffer.from(CLIENT_PREFACE), script.line("SETTINGS")]));
  const frames = Buffer.concat([script.line(`HEADERS 1 ${get}`), script.line(`HEADERS 3 ${get}`)]);
  let writes = 0;
  const write = stream.write.bind(stream);
  stream.write = (chunk: Buffer | string) => {
    writes++;
    return write(chunk);
  };
  stream.written = "";
  session.receive(frames);
  t.equal(writes, 1);
  t.equal(showFrames(Buffer.from(stream.written, "latin1")).length, 4);
});

t.test("answers that are given later leave together, at the end of the turn", async (t) => {
  const open: Exchange[] = [];
  const due: TurnListener[] = [];
  const turn = { add: (one: TurnListener) => due.push(one) };
  const { stream, ask, seen } = openH2((exchange) => open.push(exchange), { turn });
  for (const one of due.splice(0)) one.readsDone();
  ask({ path: "/1" });
  ask({ path: "/2" });
  ask({ path: "/3" });
  stream.written = "";
  const [one, two, three] = open as [Exchange, Exchange, Exchange];
  ok(one);
  ok(two);
  t.equal(stream.written, "");
  t.equal(one.settled, true, "its bytes were copied");
  t.equal(due.length, 1);
  for (const listener of due.splice(0)) listener.readsDone();
  t.equal(showFrames(Buffer.from(stream.written, "latin1")).length, 4);
  stream.written = "";
  three.respond(200, "OK", new Fields(), CHUNKED);
  three.write(Buffer.alloc(70_000));
  three.flush();
  t.ok(stream.written.length > 70_000, "much does not wait, so that a slow client is noticed");
  t.same(seen.slice(3), ["finished /1 200", "finished /2 200"]);
});

t.test("a turn that ends after its connection", async (t) => {
  const due: TurnListener[] = [];
  const turn = { add: (one: TurnListener) => due.push(one) };
  const { stream, session } = openH2(ok, { turn });
  session.closed();
  stream.written = "";
  for (const one of due) one.readsDone();
  t.equal(stream.written, "");
});

t.test("a body that is not read fills its window and no more; others go on", async (t) => {
  const open: Exchange[] = [];
  const given = openH2((exchange) => open.push(exchange));
  const upload = given.ask({ method: "POST", body: true });
  upload.stream?.write(Buffer.alloc(300_000, "x"));
  upload.stream?.flush();
  given.pump();
  const window = 256 * 1024;
  t.equal(upload.stream?.queued, 300_000 - window);
  const body = new Body();
  const [exchange] = open;
  exchange?.readBody(body);
  exchange?.pauseBody();
  given.pump();
  t.equal(upload.stream?.queued, 0, "what was read makes room");
  upload.stream?.write(Buffer.alloc(300_000, "y"));
  upload.stream?.flush();
  given.pump();
  const waiting = upload.stream?.queued ?? 0;
  t.ok(waiting > 0, "a paused body makes none");
  given.ask({ path: "/other" });
  t.equal(open.length, 2);
  exchange?.resumeBody();
  upload.stream?.end();
  given.pump();
  t.equal(body.text, `${"x".repeat(300_000)}${"y".repeat(300_000)}|end`);
});

t.test("a connection that has carried all of its streams is drained", async (t) => {
  const given = openH2(ok, { h2: { totalStreams: 2 } });
  t.equal(given.ask({ path: "/1" }).status, 200);
  t.equal(given.client.available, true);
  t.equal(given.ask({ path: "/2" }).status, 200);
  given.pump();
  t.equal(given.client.available, false);
  t.equal(given.stream.ended, true);
});

t.test(
  "a client that goes on after its last stream, and answers no PING, is refused",
  async (t) => {
    const { session, seen } = openH2(ok, { h2: { totalStreams: 1, streams: 2 } });
    const script = new Script();
    session.receive(Buffer.concat([Buffer.from(CLIENT_PREFACE), script.line("SETTINGS")]));
    for (const id of [1, 3, 5, 7, 9]) {
      const get = `HEADERS ${id} es eh :method=GET :scheme=http :path=/${id} :authority=a`;
      session.receive(script.line(get));
    }
    t.same(
      seen.filter((one) => one.startsWith("/")),
      ["/1", "/3", "/5"],
    );
  },
);
