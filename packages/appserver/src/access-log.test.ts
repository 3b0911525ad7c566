import t from "tap";
import { accessLine, type FinishedRequest, requestId } from "./access-log.ts";

const record: FinishedRequest = {
  client: "192.0.2.7",
  began: Date.UTC(2026, 10, 23, 8, 0, 0, 5),
  server: "box1/app/7",
  id: "r-1",
  ms: 12.6,
  status: 200,
  bytes: 5,
  state: "--",
  method: "GET",
  url: "/a?b=c",
};

t.test("one request is one line, whatever its path holds", async (t) => {
  t.equal(
    accessLine(record, "http"),
    '192.0.2.7 [2026-11-23T08:00:00.005Z] box1/app/7 r-1 13 200 5 -- "GET /a?b=c"',
  );
  const forged = { ...record, bytes: undefined, url: '/x" 200 5\r\n\u{1b}[2J\\\u{1f355}' };
  t.match(accessLine(forged, "http"), / 200 - -- "GET \/x%22 200 5%0D%0A%1B\[2J%5C%F0%9F%8D%95"$/);
  t.ok(accessLine({ ...record, url: "/".repeat(99_999) }, "http").length < 2200);
  t.ok(accessLine({ ...record, url: "\ud800" }, "http"), "half a character does no harm");
});

t.test("JSON has the same facts by name", async (t) => {
  const line = accessLine({ ...record, url: '/"\n' }, "json");
  t.notMatch(line, /\n/);
  t.match(JSON.parse(line), { at: "2026-11-23T08:00:00.005Z", id: "r-1", ms: 13, url: '/"\n' });
});

t.test("a request id from outside is used when it is well formed", async (t) => {
  t.equal(requestId({ "x-request-id": "a1:b-2.c_3" }), "a1:b-2.c_3");
  for (const id of ["", "a b", "a\nb", "x".repeat(129)]) {
    t.equal(requestId({ "x-request-id": id }), undefined, JSON.stringify(id).slice(0, 20));
  }
  t.equal(requestId({}), undefined);
});
