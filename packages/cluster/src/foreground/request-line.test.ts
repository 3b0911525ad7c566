// Tests the lines for a person: nothing that a client sends reaches the terminal as it came, and the columns fit.
import { paletteOf } from "@tandem/telemetry/colors";
import t from "tap";
import { readLogLine } from "./records.ts";
import { durationText, pathWidthOf, requestLine } from "./request-line.ts";
import { Tally } from "./tally.ts";

const addresses = new Map([["localhost-3000", "localhost:3000"]]);
const paint = paletteOf(false);
const record = {
  ...{ time: "2026-11-29T12:00:00.000Z", method: "GET", target: "/", status: 200 },
  ...{ ms: 12, server: "localhost-3000", cause: "" },
};
const line = (more: Partial<typeof record>, pathWidth?: number): string =>
  requestLine({ ...record, ...more }, { paint, pathWidth, addresses }).slice(9);

t.test("characters that a terminal would obey are encoded", async (t) => {
  t.equal(
    line({ target: "/\u001b[31m\u009b\u202e", cause: "it said\r\n\u0007" }),
    "GET /%1B[31m%C2%9B%E2%80%AE 200 12ms localhost:3000 it said%0D%0A%07",
  );
});

t.test("a request that could not be read, and one without an answer", async (t) => {
  const none = { method: "", target: "", status: -1, ms: 0, server: "<NOSRV>" };
  t.equal(line({ ...none, cause: "left" }), "- - --- <1ms - left");
  t.match(requestLine({ ...record, time: "?" }, { paint, pathWidth: 20, addresses }), /^--:--:-- /);
});

t.test("in a terminal the path has a column of its own", async (t) => {
  t.equal(line({}, 10), "GET     /          200    12ms localhost:3000");
  t.equal(line({ target: "/a-long-path" }, 10), "GET     /a-long-p… 200    12ms localhost:3000");
  t.same([40, 100, 400].map(pathWidthOf), [20, 48, 80]);
  t.same([0, 999, 1250].map(durationText), ["<1ms", "999ms", "1.25s"]);
});

t.test("lines of the log that are no request", async (t) => {
  t.equal(readLogLine("no JSON"), undefined);
  t.equal(readLogLine("1"), undefined);
  t.equal(readLogLine('{"level":"info","msg":"ready"}'), undefined);
  t.same(readLogLine('{"level":"warn","msg":"hot"}'), { kind: "warning", message: "hot" });
  const refused = (reason: string, why: string) =>
    readLogLine(JSON.stringify({ level: "info", reason, msg: `connection refused: ${why}` }));
  t.equal(refused("closed", "the client left"), undefined);
  t.same(refused("plain-http", "no TLS"), {
    kind: "warning",
    message: "connection refused: no TLS",
  });
  t.match(refused("client-refused", "the handshake: unknown ca"), {
    message: /: unknown ca; it does not trust the local authority yet/,
  });
  const down = '{"level":"warn","server":"a","why":"refused","msg":"server is DOWN"}';
  t.same(readLogLine(down), { kind: "server", server: "a", up: false, why: "refused" });
});

t.test(
  "the summary counts what failed apart from its status, and no upgraded connection's time",
  async (t) => {
    const tally = new Tally(addresses);
    t.same(tally.rows(), [["requests", "0"]]);
    tally.add({ ...record, status: 101, ms: 3_600_000 });
    t.notMatch(tally.rows(), [["time"]]);
    for (let ms = 0; ms < 100; ms++) tally.add({ ...record, ms });
    tally.add({ ...record, status: 500 });
    tally.add({ ...record, status: -1, server: "<NOSRV>", cause: "left" });
    t.same(tally.rows(), [
      ["requests", "103"],
      ["status", "1xx 1   2xx 100   5xx 1   no answer 1"],
      ["failed", "1"],
      ["time", "p50 48ms   p95 94ms   max 99ms"],
      ["servers", "localhost:3000 102"],
    ]);
  },
);
