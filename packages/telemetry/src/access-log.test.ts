// Checks that HAProxy's own parsers can read every line, whatever a client sends.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { accessFormatter, writeHttp, writeJson } from "./access-log.ts";
import type { AccessRecord } from "./access-record.ts";
import { CAPTURE_UNSAFE } from "./escape.ts";
import { type LineFormat, Lines } from "./lines.ts";
import { putEscaped } from "./put.ts";

/** The request from the example in HAProxy's manual. */
const example: AccessRecord = {
  clientAddress: "10.0.1.2",
  clientPort: 33317,
  startedAt: new Date(2009, 1, 6, 12, 14, 14, 655).getTime(),
  frontend: "http-in",
  tls: false,
  backend: "static",
  server: "srv1",
  tr: 10,
  tw: 0,
  tc: 30,
  tResponse: 69,
  ta: 109,
  status: 200,
  bytes: 2750,
  termination: "----",
  actconn: 1,
  feconn: 1,
  beconn: 1,
  srvconn: 1,
  retries: 0,
  redispatched: false,
  srvQueue: 0,
  backendQueue: 0,
  method: "GET",
  target: "/index.html",
  version: "HTTP/1.1",
  requestId: "",
  cause: "",
  host: "1wt.eu",
  userAgent: "",
};
const lineOf = (format: LineFormat<AccessRecord>, record: AccessRecord): string => {
  const lines = new Lines();
  format(record, lines);
  return lines.bytes.toString();
};
const formatHttp = (record: AccessRecord): string => lineOf(writeHttp, record);
const record = (changes: Partial<AccessRecord>): AccessRecord => ({ ...example, ...changes });
const requestOf = (line: string): string => line.slice(line.indexOf('"'));

t.test("hostile text cannot end the field, the line or the encoding", async (t) => {
  const line = formatHttp(
    record({ target: '/a"b#c\r\nd\u0000\u007f\u00e9', host: "a}|{\n", userAgent: 'x"y\u20ac' }),
  );
  t.equal(requestOf(line), '"GET /a#22b#23c#0D#0Ad#00#7F#E9 HTTP/1.1"');
  t.match(line, "{a#7D#7C#7B#0A|x#22y#E2#82#AC} {}");
  t.match(line, /^[\x20-\x7e]+$/, "printable ASCII only");
  const long = formatHttp(record({ target: `/${"a".repeat(100_000)}`, host: "h".repeat(9999) }));
  t.ok(long.length < 2000, `a long request is cut, ${long.length}`);
  t.equal(requestOf(formatHttp(record({ method: "", status: 400 }))), '"<BADREQ>"');
});

t.test("long text is escaped as the same characters are one by one", async (t) => {
  const bytes = Buffer.alloc(4096);
  const escaped = (text: string): string =>
    bytes.toString("latin1", 0, putEscaped(bytes, 0, text, CAPTURE_UNSAFE, text.length));
  const character = fc.constantFrom("a", "~", " ", '"', "{", "\n", "\x7f", "é", "€", "\u{1f600}");
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 20, maxLength: 60 }),
        (characters) => escaped(characters.join("")) === characters.map(escaped).join(""),
      ),
      { seed: 1, numRuns: 300 },
    ),
  );
});

t.test("HAProxy's own example comes out as HAProxy writes it", async (t) => {
  t.equal(
    formatHttp(example),
    '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"',
  );
});

t.test("the cause of a failure follows the request line", async (t) => {
  const line = formatHttp(
    record({
      tls: true,
      server: "<NOSRV>",
      tc: -1,
      tResponse: -1,
      status: 503,
      termination: "SC--",
      retries: 3,
      redispatched: true,
      userAgent: "curl/8",
      requestId: "7f3a",
      cause: 'no "usable" server',
    }),
  );
  t.match(line, "http-in~ static/<NOSRV> 10/0/-1/-1/109 503 2750 - - SC-- 1/1/1/1/+3 0/0");
  t.match(line, "{1wt.eu|curl/8} {}");
  t.match(line, /HTTP\/1\.1" id=7f3a cause="no #22usable#22 server"$/);
});

t.test("the date follows the record, back and forth across seconds", async (t) => {
  const dates = [0, 344, 345, -1, 60_000].map(
    (ms) => formatHttp(record({ startedAt: example.startedAt + ms })).split(/[[\]]/)[1],
  );
  t.same(dates, [
    "06/Feb/2009:12:14:14.655",
    "06/Feb/2009:12:14:14.999",
    "06/Feb/2009:12:14:15.000",
    "06/Feb/2009:12:14:14.654",
    "06/Feb/2009:12:15:14.655",
  ]);
});

t.test("as JSON, every field survives the way back", async (t) => {
  const hostile = record({
    target: '/a"\\\n\u2028\x85\x7f',
    userAgent: "\ud800",
    cause: "x",
    tls: true,
  });
  const line = lineOf(accessFormatter("json"), hostile);
  t.match(
    line,
    /^[ -~]*$/,
    "JSON stays on one line, although text holds characters that some readers take for a line end",
  );
  t.match(JSON.parse(line), {
    time: new Date(hostile.startedAt).toISOString(),
    client: "10.0.1.2",
    tls: true,
    target: hostile.target,
    userAgent: hostile.userAgent,
    Tr: 69,
    redispatched: false,
  });
  t.equal(Object.keys(JSON.parse(lineOf(writeJson, example))).length, 30);
});

const halog = spawnSync("halog", ["-h"], { encoding: "utf8" }).error === undefined;
t.test(
  "HAProxy's log analyser reads it",
  { skip: !halog && "halog is not installed" },
  async (t) => {
    const syslog = (r: AccessRecord) =>
      `Feb  6 12:14:14 localhost haproxy[14389]: ${formatHttp(r)}\n`;
    const input =
      syslog(record({ requestId: "a" })) +
      syslog(record({ status: 503, termination: "SC--", cause: "no server", requestId: "b" }));
    const { stdout } = spawnSync("halog", ["-st", "-q"], { input, encoding: "utf8" });
    t.same(stdout.trim().split("\n").sort(), ["200 1", "503 1"]);
  },
);

t.test("a connection of TCP mode is HAProxy's tcplog line, or an object of its own", async (t) => {
  // The example of a TCP log in HAProxy's manual, section 8.2.2.
  const tcp = { bytesReceived: 17, serverName: "" };
  const example = record({
    ...{ frontend: "fnt", backend: "bck", clientPort: 33313, tw: 0, tc: 0, ta: 5007, bytes: 212 },
    ...{ actconn: 0, feconn: 0, beconn: 0, srvconn: 0, retries: 3, termination: "--", tcp },
  });
  const format = accessFormatter("http");
  t.equal(
    lineOf(format, example).trimEnd(),
    "10.0.1.2:33313 [06/Feb/2009:12:14:14.655] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0",
  );
  const hostile = { ...tcp, serverName: 'a"b\r\n\u00e9' };
  const named = { ...example, tls: true, cause: "no way", redispatched: true, tcp: hostile };
  const line = lineOf(format, named).trimEnd();
  t.match(line, /fnt~ bck\/srv1 .*\/\+3 0\/0 sni="a#22b#0D#0A#E9" cause="no way"$/);
  const object = JSON.parse(lineOf(accessFormatter("json"), named));
  t.match(object, {
    Tw: 0,
    Tc: 0,
    Tt: 5007,
    bytes: 212,
    bytesReceived: 17,
    sni: hostile.serverName,
  });
  t.notOk("method" in object || "status" in object, "there is no request");
});
