// Tests sessions whose clients read their answers slowly or not at all.
import t from "tap";
import { begin, ok, onAbort, open } from "../../test/given-session.ts";
import type { AbortCause, Exchange } from "../exchange/exchange.ts";
import { Fields } from "../message/fields.ts";

t.test("the time for the next request starts when the client has the answer", async (t) => {
  const { stream, session, seen, get, pass } = open(ok);
  stream.stuck = true;
  get("/1");
  for (let round = 0; round < 10; round++) {
    pass(20_000);
    stream.writableLength -= 1;
    t.notOk(stream.destroyed, "the client reads, slowly");
  }
  stream.stuck = false;
  stream.writableLength = 0;
  session.drained();
  pass(59_000);
  t.notOk(stream.destroyed, "the client has the answer, and time for another request");
  get("/2");
  t.same(seen, ["/1", "finished /1", "/2", "finished /2"]);
  pass(61_000);
  t.ok(stream.destroyed, "the client was silent for too long");
});

t.test(
  "the time for the next request also starts when the rest leaves without a drain event",
  async (t) => {
    const { stream, get, pass } = open(ok);
    stream.stuck = true;
    get("/1");
    stream.writableLength = 0; // the rest has left, but Node emitted no `drain` for it
    pass(89_000);
    t.notOk(stream.destroyed);
    pass(5_000);
    t.ok(stream.destroyed);
  },
);

t.test(
  "with TLS, a short answer counts as unsent until the next turn, and gives no more time",
  async (t) => {
    const { stream, get, pass } = open(ok);
    stream.encrypted = true;
    stream.stuck = true;
    get("/1");
    stream.writableLength = 0;
    pass(59_000);
    t.notOk(stream.destroyed);
    pass(2_000);
    t.ok(stream.destroyed);
  },
);

t.test("with TLS, a client that still takes a short answer has its time", async (t) => {
  const { stream, get, pass } = open(ok);
  stream.encrypted = true;
  stream.stuck = true;
  get("/1");
  pass(61_000);
  t.notOk(stream.destroyed, "the next request is late, but the answer has not left");
  stream.writableLength -= 1;
  pass(31_000);
  t.notOk(stream.destroyed, "the client reads");
  pass(92_000);
  t.ok(stream.destroyed, "it reads no more");
});

t.test("a client that stops reading the answer is given up, also between requests", async (t) => {
  const { stream, get, pass } = open(ok);
  stream.stuck = true;
  get("/1");
  pass(31_000);
  t.ok(stream.destroyed);
});

t.test("an answer's client is late only when it has not read for the whole time", async (t) => {
  let aborted: AbortCause | undefined;
  const { stream, exchange, pass } = begin("GET / HTTP/1.1");
  exchange.listener = onAbort((cause) => {
    aborted = cause;
  });
  pass(29_000); // the session waits for the server, not for the client
  stream.stuck = true;
  exchange.write(Buffer.from("more"));
  exchange.flush();
  pass(29_000);
  t.equal(aborted, undefined, "the client was slow for less than its timeout");
  pass(40_000);
  t.equal(aborted, "client-timeout");
});

t.test("after the last answer, the session waits for a slow client while it reads", async (t) => {
  const { stream, session, get, pass } = open(ok);
  session.draining = true;
  stream.stuck = true;
  get("/1");
  t.ok(stream.ended, "half-closed after the answer");
  for (let round = 0; round < 10; round++) {
    pass(20_000);
    stream.writableLength -= 1;
    t.notOk(stream.destroyed);
  }
  pass(40_000);
  t.ok(stream.destroyed, "the client has stopped reading");
});

t.test("the client's timeout runs only while the session waits for the client", async (t) => {
  let aborted: AbortCause | undefined;
  let current: Exchange | undefined;
  const { stream, session, get, pass } = open((exchange) => {
    current = exchange;
    exchange.listener = onAbort((cause) => {
      aborted = cause;
    });
    exchange.respond(200, "OK", new Fields(), 1000);
    exchange.flush();
  });
  get("/slow-server");
  pass(300_000);
  t.equal(aborted, undefined, "the client has read everything there is");
  stream.stuck = true;
  current?.write(Buffer.alloc(10));
  current?.flush();
  pass(40_000);
  t.equal(aborted, "client-timeout", "the client does not read");
  session.closed();
});
