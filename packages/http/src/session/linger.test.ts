// Tests how a connection is closed after the answer to a request that the client announced as its last.
import t from "tap";
import { ok, open } from "../../test/given-session.ts";
import { Fields } from "../message/fields.ts";

const LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

t.test("closed at once when nothing follows the request and the answer has left", async (t) => {
  const { stream, session, seen } = open(ok);
  session.receive(Buffer.from(LAST));
  t.same([stream.destroyed, stream.reset, stream.ended], [true, false, false]);
  t.match(stream.written, /^HTTP\/1\.1 200 OK\r\nConnection: close\r\n.*\/last$/s);
  t.same(seen, ["/last", "finished /last"]);
});

t.test("closed at once when the request's head came in two pieces", async (t) => {
  const { stream, session } = open(ok);
  session.receive(Buffer.from(LAST.slice(0, 20)));
  session.receive(Buffer.from(LAST.slice(20)));
  t.same([stream.destroyed, stream.ended], [true, false]);
});

t.test("half-closed when closing might reset the answer away", async (t) => {
  const cases: readonly (readonly [why: string, bytes: string])[] = [
    ["the client has sent more after the request that it announced as its last", `${LAST}GET`],
    ["the request has a body, after which some clients send an extra CRLF", "POST"],
    ["we end the connection, and the client may be sending another request", "ours"],
  ];
  for (const [why, bytes] of cases) {
    const { stream, session } = open((exchange) => {
      if (bytes === "ours") exchange.endConnection();
      ok(exchange);
    });
    if (bytes === "POST")
      session.receive(
        Buffer.from(
          "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        ),
      );
    else if (bytes === "ours") session.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    else session.receive(Buffer.from(bytes));
    t.same([stream.destroyed, stream.ended], [false, true], why);
  }
});

t.test("half-closed while the client has not taken the answer", async (t) => {
  const { stream, session } = open(ok);
  stream.stuck = true;
  session.receive(Buffer.from(LAST));
  t.same([stream.destroyed, stream.ended], [false, true]);
});

t.test("half-closed over TLS, where the closing alert has to go out first", async (t) => {
  const { stream, session } = open(ok);
  stream.encrypted = true;
  session.receive(Buffer.from(LAST));
  t.same([stream.destroyed, stream.ended], [false, true]);
});

t.test("bytes that come between the request and its answer do not harm it", async (t) => {
  let answer = (): void => {};
  const { stream, session } = open((exchange) => {
    answer = () => exchange.answer(200, "OK", new Fields(), Buffer.from("fine"));
  });
  session.receive(Buffer.from(LAST));
  session.receive(Buffer.from("GET /more HTTP/1.1\r\n"));
  answer();
  t.same([stream.destroyed, stream.ended], [false, true]);
});
