// Tests when the memory that answers of an HTTP/2 server were read into may be used again.
import t from "tap";
import { FakeStream } from "../../test/given-session.ts";
import { Script } from "../../test/h2/frames.ts";
import { DEFAULT_LIMITS } from "../index.ts";
import { H2ServerSession } from "./h2-server-session.ts";

t.test("memory with the end of an answer waits for a client that has not taken it", async (t) => {
  const session = new H2ServerSession(
    new FakeStream(),
    { didBegin() {}, goesAway() {}, released() {}, broken: (why) => t.fail(why) },
    DEFAULT_LIMITS,
    10,
    () => 0,
    { add() {} },
  );
  t.equal(session.receiveOwned(new Script().line("SETTINGS")), true);
  const request = session.open();
  const user = { settled: true, received() {}, streamClosed() {} };
  request.user = user;
  request.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, {
    ...{ informed() {}, responded() {}, bodyText() {}, serverDrained() {} },
    failed: (failure) => t.fail(failure?.message ?? "lost"),
    bodyData: () => {
      user.settled = false; // the client takes no more
    },
    bodyEnd: () => request.release(),
  });
  const head = new Script().line("HEADERS 1 eh :status=200");
  const end = new Script().line("DATA 1 es the-end");
  const held = session.receiveOwned(Buffer.concat([head, new Script().line("DATA 1 more"), end]));
  t.match(held, { settled: false });
  user.settled = true;
  t.match(held, { settled: true });
});
