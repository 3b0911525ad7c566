// How a connection is closed after the answer to a request that its client calls its last.
import t from "tap";
import { ok, open } from "../../test/given-session.ts";
import { Fields } from "../message/fields.ts";

const LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

t.test("closed at once when the request came alone and its answer has left", async (t) => {
  const { stream, session, seen } = open(ok);
  session.receive(Buffer.from(LAST));
  t.same([stream.destroyed, stream.reset, stream.ended], [true, false, false]);
  t.match(stream.written, /^HTTP\/1\.1 200 OK\r\nConnection: close\r\n.*\/last$/s);
  t.same(seen, ["/last", "finished /last"]);
});

t.test("closed at once when its head came in two pieces", async (t) => {
  const { stream, session } = open(ok);
  session.receive(Buffer.from(LAST.slice(0, 20)));
  session.receive(Buffer.from(LAST.slice(20)));
  t.same([stream.destroyed, stream.ended], [true, false]);
});

t.test("half-closed, because closing might reset the answer away", async (t) => {
  const cases: readonly (readonly [why: string, bytes: string])[] = [
    ["the client has sent on although it had called its request the last", `${LAST}GET`],
    ["it has a body, behind which some clients send a CRLF of their own", "POST"],
    ["we end the connection, and the client may be asking on", "ours"],
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

t.test("half-closed over TLS, where the closing alert goes out before", async (t) => {
  const { stream, session } = open(ok);
  stream.encrypted = true;
  session.receive(Buffer.from(LAST));
  t.same([stream.destroyed, stream.ended], [false, true]);
});

t.test("bytes that come behind it before it is answered are kept from the answer", async (t) => {
  let answer = (): void => {};
  const { stream, session } = open((exchange) => {
    answer = () => exchange.answer(200, "OK", new Fields(), Buffer.from("fine"));
  });
  session.receive(Buffer.from(LAST));
  session.receive(Buffer.from("GET /more HTTP/1.1\r\n"));
  answer();
  t.same([stream.destroyed, stream.ended], [false, true]);
});
