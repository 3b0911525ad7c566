// Calls of gRPC over HTTP/2 on a fake stream and a fake clock: failures that are told in the way of gRPC, and how long a
// call may be silent.
import t from "tap";
import { openH2 } from "../../test/given-h2.ts";
import type { AbortCause, BodySink, Exchange } from "../exchange/index.ts";
import { CHUNKED, Fields } from "../index.ts";

const CALL = { method: "POST", body: true, fields: { "content-type": "application/grpc+proto" } };
const DROP: BodySink = { bodyData() {}, bodyEnd() {} };

/** Refuses every request with `status`, as the balancer does. */
const refuse = (status: number, more: Record<string, string> = {}) => {
  return (exchange: Exchange): void => {
    const fields = new Fields();
    fields.add("Content-Type", "text/html");
    for (const [name, value] of Object.entries(more)) fields.add(name, value);
    exchange.answer(status, "", fields, Buffer.from("<p>a page"));
  };
};

t.test("answers of our own are trailers alone, with gRPC's status for that of HTTP", async (t) => {
  for (const [status, code] of [
    [302, 2],
    [400, 13],
    [401, 16],
    [403, 7],
    [404, 12],
    [413, 2],
    [429, 14],
    [500, 2],
    [502, 14],
    [503, 14],
    [504, 14],
  ] as const) {
    const { ask, seen, session } = openH2(refuse(status, { "X-Other": "stays" }));
    const answer = ask(CALL);
    t.match(answer, { status: 200, body: "", state: "complete", trailers: undefined });
    const { fields } = answer;
    const read = (...names: string[]) => names.map((name) => [name, fields?.get(name)]);
    const names = ["content-type", "grpc-status", "grpc-message", "x-other"];
    t.match(Object.fromEntries(read(...names)), {
      "content-type": "application/grpc",
      "grpc-status": String(code),
      "grpc-message": new RegExp(`^${status} \\w`),
      "x-other": "stays",
    });
    t.notOk(answer.fields?.has("content-length"));
    t.same(seen, ["/", `finished / ${status}`], "the log has the status of HTTP");
    t.equal(session.idle, true);
  }
});

t.test("the message has what Proxy-Status says, percent-encoded", async (t) => {
  const { ask } = openH2(refuse(503, { "Proxy-Status": 'x; error=y; details="100 % ü"' }));
  const message = '503 Service Unavailable: x; error=y; details="100 %25 %C3%BC"';
  t.equal(ask(CALL).fields?.get("grpc-message"), message);
});

t.test("other requests, and answers that are gRPC's already, stay as they are", async (t) => {
  const page = openH2(refuse(503));
  for (const type of ["application/grpc-web", "application/grpcx", "application/json"]) {
    const answer = page.ask({ ...CALL, fields: { "content-type": type } });
    t.match(answer, { status: 503, body: "<p>a page" }, type);
  }
  const own = openH2(refuse(503, { "grpc-status": "8" }));
  t.match(own.ask(CALL), { status: 503, body: "<p>a page" });
  const good = openH2(refuse(200));
  t.match(good.ask(CALL), { status: 200, body: "<p>a page" });
});

t.test("refusals of the session: a body that is too long, announced or found", async (t) => {
  const given = openH2((exchange) => exchange.readBody(DROP), { limits: { body: 10 } });
  const announced = given.ask({ ...CALL, fields: { ...CALL.fields, "content-length": "11" } });
  t.match(announced, { status: 200, state: "complete" });
  t.equal(announced.fields?.get("grpc-message"), "413 Content Too Large");
  const found = given.ask(CALL);
  found.stream?.write(Buffer.from("12345678901"));
  found.stream?.flush();
  given.pump();
  t.match(found, { status: 200, state: "complete" });
  t.equal(found.fields?.get("grpc-status"), "2");
  t.same(given.seen.slice(1), ["/", "finished / 413"]);
});

t.test("messages that are cut end with UNAVAILABLE; other answers are reset", async (t) => {
  const cut = (type: string) => (exchange: Exchange) => {
    const fields = new Fields();
    fields.add("Content-Type", type);
    exchange.respond(200, "OK", fields, CHUNKED);
    exchange.write(Buffer.from("half"));
    exchange.truncate();
  };
  const answer = openH2(cut("application/grpc")).ask(CALL);
  t.match(answer, { body: "half", state: "complete" });
  t.equal(answer.trailers?.get("grpc-status"), "14");
  t.match(openH2(cut("text/plain")).ask(CALL), { body: "half", state: "truncated" });
  t.match(openH2(cut("application/grpc")).ask({ method: "POST" }), { state: "truncated" });
});

t.test("time: a call may be silent for as long as a tunnel, other uploads may not", async (t) => {
  const seen: string[] = [];
  const read = (exchange: Exchange): void => {
    exchange.readBody(DROP);
    const noted = (cause: AbortCause) => seen.push(`${exchange.head.path} ${cause}`);
    exchange.listener = { drained() {}, halfClosed() {}, aborted: noted };
  };
  const given = openH2(read);
  given.ask({ ...CALL, path: "/call" });
  given.ask({ method: "POST", body: true, path: "/upload" });
  given.pass(61_000); // a timeout begins when the client is looked at, once within each
  t.same(seen, ["/upload client-timeout"]);
  given.pass(28_000);
  t.equal(seen.length, 1);
  given.pass(2_000);
  t.same(seen.slice(1), ["/call client-timeout"]);
});

t.test("time: messages may be small and seldom, below the lowest rate of uploads", async (t) => {
  const seen: string[] = [];
  const given = openH2(
    (exchange) => {
      exchange.readBody(DROP);
      exchange.listener = { drained() {}, halfClosed() {}, aborted: (cause) => seen.push(cause) };
    },
    { limits: { bodyRate: 1000 } },
  );
  const call = given.ask(CALL);
  for (let i = 0; i < 10; i++) {
    given.pass(20_000);
    call.stream?.write(Buffer.from("12345"));
    call.stream?.flush();
    given.pump();
  }
  t.same(seen, []);
});
