// Tests the changes that a proxy makes to a message: fields are dropped, fields are added, paths and hosts get their
// normal form.
import fc from "fast-check";
import t from "tap";
import { DEFAULT_LIMITS } from "../h1/limits.ts";
import { parseFields } from "../h1/parse-fields.ts";
import { parseRequestHead } from "../h1/parse-request.ts";
import { plainRequestLines } from "../h1/plain-lines.ts";
import { httpDate, parseHttpDate } from "./date.ts";
import { Fields } from "./fields.ts";
import { type ForwardedBy, setForwarded } from "./forwarded.ts";
import { stripFraming, stripHopByHop } from "./hop-by-hop.ts";
import { hostName, parseAuthority } from "./host.ts";
import { normalizePath, resolveDotSegments } from "./path.ts";
import { ProtocolFailure } from "./protocol-failure.ts";
import { reasonPhrase } from "./status.ts";
import { acceptsTrailers, announcedTrailers, dropForbiddenTrailers } from "./trailers.ts";
import { addVia, hasVia } from "./via.ts";

function fieldsOf(...lines: string[]): Fields {
  const fields = new Fields();
  for (const line of lines) {
    const colon = line.indexOf(":");
    fields.add(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

function lines(fields: Fields): string[] {
  return fields.keys.map((_, i) => `${fields.name(i)}: ${fields.value(i)}`);
}

t.test("a field whose name or value would break its line is refused when it is added", (t) => {
  const fields = new Fields();
  for (const name of ["", "a b", "a:", "a\r", "ä"])
    t.throws(() => fields.add(name, "x"), TypeError);
  // U+010A and U+010D become LF and CR when cut to one byte.
  for (const value of ["a\nb", "a\rb", "a\0b", "a\u010ab", "a\u010d"]) {
    t.throws(() => fields.add("X", value), TypeError, JSON.stringify(value));
    t.throws(() => fields.set("X", value), TypeError, JSON.stringify(value));
  }
  t.equal(fields.length, 0);
  t.end();
});

t.test("fields keep order, case and duplicates", (t) => {
  const fields = fieldsOf("A: 1", "Set-Cookie: a", "B: 2", "set-cookie: b", "C: 3");
  t.equal(fields.get("set-cookie"), "a");
  t.equal(fields.get("missing"), undefined);
  t.same(fields.all("set-cookie"), ["a", "b"]);
  t.equal(fields.count("set-cookie"), 2);
  fields.set("SET-COOKIE", "c");
  t.same(lines(fields), ["A: 1", "SET-COOKIE: c", "B: 2", "C: 3"]);
  fields.set("D", "4");
  fields.remove("b");
  fields.remove("missing");
  t.same(lines(fields), ["A: 1", "SET-COOKIE: c", "C: 3", "D: 4"]);
  t.same(fields.keys, ["a", "set-cookie", "c", "d"]);
  t.end();
});

t.test("a Connection option must not name an end-to-end field", (t) => {
  for (const name of ["Host", "content-length", "X-Forwarded-For", "Cookie", "Via"]) {
    const fields = fieldsOf("Host: a", `Connection: close, ${name}`, "Content-Length: 5");
    const failure = stripHopByHop(fields);
    t.match(failure, { code: "connection-names-end-to-end-field", status: 400 }, name);
    t.equal(stripHopByHop(fields, "server")?.status, 502);
  }
  t.end();
});

/** Returns fields as the parser makes them from received lines. */
function received(...lines: string[]): Fields {
  const text = lines.map((line) => `${line}\r\n`).join("");
  const fields = new Fields(text);
  t.type(parseFields(text, 0, fields, 100, "client"), "number");
  return fields;
}

t.test("a field of the proxy is dropped when spelled with underscores", (t) => {
  const text =
    "Host: a\r\nX_Forwarded_For: 6.6.6.6\r\nx-forwarded_PROTO: https\r\nX_Real-IP: 6.6.6.6\r\n" +
    "Content_Length: 3\r\nTransfer_Encoding: chunked\r\nX_Request_Id: 1\r\n" +
    "X_Own: 1\r\nUser_Agent: kept\r\n\r\n";
  const head = parseRequestHead(`GET / HTTP/1.1\r\n${text.slice(0, -2)}`, DEFAULT_LIMITS);
  if (head instanceof ProtocolFailure) throw head;
  const left = "Host: a\r\nX_Own: 1\r\nUser_Agent: kept\r\n";
  t.equal(plainRequestLines(head), left, "head that is passed on unedited");
  const fields = head.fields.copy();
  t.equal(stripHopByHop(fields), undefined);
  t.equal(fields.lines(), left, "head whose fields are edited, from trusted and untrusted peers");
  t.equal(head.bodyLength, 0);
  const edited = head.fields.copy();
  edited.set("X_Forwarded_For", "a hook's");
  t.equal(stripHopByHop(edited), undefined);
  t.equal(edited.get("x_forwarded_for"), "a hook's", "a field that a hook set stays");
  const trailers = received("X_Forwarded_For: 6.6.6.6", "X_Own: 1");
  dropForbiddenTrailers(trailers);
  t.same(lines(trailers), ["X_Own: 1"]);
  t.end();
});

t.test("hop-by-hop fields and every field that Connection names are removed", (t) => {
  const fields = received(
    "Host: a",
    "Connection: close, X-Secret",
    "X-Secret: 1",
    "x-secret: 2",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "TE: trailers",
    "Transfer-Encoding: chunked",
    "Upgrade: h2c",
    "Connection: ,x-other",
    "X-Other: 3",
    "Proxy-Authorization: Basic x",
    "Trailer: X-Sum",
    "X-Kept: 4",
  );
  t.ok(acceptsTrailers(fields));
  t.equal(stripHopByHop(fields), undefined);
  t.same(lines(fields), ["Host: a", "Trailer: X-Sum", "X-Kept: 4"]);
  t.notOk(acceptsTrailers(fields));

  const edited = received("Connection: x-user, X-Mine", "X-User: root", "X-Mine: 1");
  edited.set("X-User", "alice");
  t.equal(stripHopByHop(edited), undefined);
  t.same(lines(edited), ["X-User: alice"], "Connection does not remove a field that was set here");

  const framed = fieldsOf("Content-Length: 5", "X: y", "Transfer-Encoding: chunked");
  stripFraming(framed);
  t.same(lines(framed), ["X: y"]);
  t.end();
});

t.test("trailers that the head did not announce are dropped", (t) => {
  const head = fieldsOf("Trailer: grpc-message, GRPC-Status");
  const trailers = fieldsOf("Grpc-Status: 0", "X: y");
  announcedTrailers(trailers, head, head);
  t.same(lines(trailers), ["Grpc-Status: 0"]);
  t.end();
});

t.test("a trailer that Connection names is removed", (t) => {
  const received = fieldsOf("Trailer: X-A, X-B", "Connection: close, x-b");
  const trailers = fieldsOf("X-A: 1", "X-B: 2");
  announcedTrailers(trailers, fieldsOf("Trailer: X-A, X-B"), received);
  t.same(lines(trailers), ["X-A: 1"]);
  t.end();
});

const by: ForwardedBy = {
  clientAddress: "192.0.2.7",
  clientPort: 4711,
  scheme: "https",
  host: "www.foobar.com:8443",
  port: 8443,
  trusted: false,
};

t.test("an untrusted peer cannot choose the address that servers are told", (t) => {
  const fields = fieldsOf(
    "X-Forwarded-For: 10.0.0.1",
    "x-forwarded-for: 10.0.0.2",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: evil",
    "X-Forwarded-Port: 1",
    "X-Real-IP: 10.0.0.1",
    "Forwarded: for=10.0.0.1",
  );
  setForwarded(fields, by);
  t.same(lines(fields), [
    "X-Forwarded-For: 192.0.2.7",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: www.foobar.com:8443",
    "X-Forwarded-Port: 8443",
    'Forwarded: for="192.0.2.7:4711";proto=https;host="www.foobar.com:8443"',
  ]);
  t.end();
});

t.test("the address of a trusted peer is appended to the ones it forwarded, in one line", (t) => {
  const fields = fieldsOf(
    "X-Forwarded-For: 10.0.0.1",
    "X-Forwarded-For: 10.0.0.2",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: first",
    "Forwarded: for=10.0.0.1",
  );
  setForwarded(fields, { ...by, clientAddress: "2001:db8::1", host: "plain", trusted: true });
  t.same(lines(fields), [
    "X-Forwarded-For: 10.0.0.1, 10.0.0.2, 2001:db8::1",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: first",
    'Forwarded: for=10.0.0.1, for="[2001:db8::1]:4711";proto=https;host=plain',
    "X-Forwarded-Port: 8443",
  ]);

  const added = fieldsOf(
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil, first",
    "X-Forwarded-Port: 443",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Port: 81,",
  );
  setForwarded(added, { ...by, trusted: true });
  t.same(
    lines(added).slice(0, 3),
    ["X-Forwarded-Proto: http", "X-Forwarded-Host: first", "X-Forwarded-Port: 81"],
    "of several values the last is used, because the peer wrote it",
  );

  const mapped = new Fields();
  setForwarded(mapped, { ...by, clientAddress: "::ffff:192.0.2.7", host: "", trusted: true });
  t.equal(mapped.get("x-forwarded-for"), "192.0.2.7");
  t.equal(mapped.get("forwarded"), 'for="192.0.2.7:4711";proto=https');
  t.notOk(mapped.has("x-forwarded-host"));
  const zoned = new Fields();
  setForwarded(zoned, { ...by, clientAddress: "fe80::1%eth0" });
  t.equal(zoned.get("x-forwarded-for"), "fe80::1");
  t.end();
});

t.test("Via names every hop, and our own name in it shows a loop", (t) => {
  const fields = fieldsOf("Via: 1.0 fred, 1.1 other (built by (me), 1.1 tandem, \\) x)");
  t.notOk(hasVia(fields, "tandem"), "a name within a comment is not a hop");
  t.notOk(hasVia(fields, "fre"));
  t.ok(hasVia(fields, "Other"));
  addVia(fields, 10, "tandem");
  addVia(fields, 11, "box2");
  t.same(fields.all("via").slice(1), ["1.0 tandem", "1.1 box2"]);
  t.ok(hasVia(fields, "tandem"));
  t.notOk(hasVia(new Fields(), "tandem"));
  t.end();
});

t.test("dot segments are resolved and nothing else is changed", (t) => {
  const cases: Readonly<Record<string, string>> = {
    "/": "/",
    "//": "//",
    "/.": "/",
    "/..": "/",
    "/../..": "/",
    "/a/..": "/",
    "/a/b/..": "/a/",
    "/a/./b/": "/a/b/",
    "/a//../b": "/a/b",
    "/a/..//b": "//b",
    "/%2E%2e/%61": "/%61",
    "/x/.%2e/%2E/y": "/y",
    "/hash/http://x/y/../%7e": "/hash/http://x/%7e",
    "/a%2fb%5c": "/a%2fb%5c",
    "/a/..%2fb": "/a/..%2fb",
    "/...": "/...",
    "/.well-known": "/.well-known",
    "/%2etandem": "/%2etandem",
    "/a?//..": "/a?//..",
    "/a/..?/../b": "/?/../b",
  };
  for (const [path, expected] of Object.entries(cases)) {
    t.equal(resolveDotSegments(path), expected, path);
  }
  t.end();
});

t.test("a path has one normal form", (t) => {
  const cases: Readonly<Record<string, string | undefined>> = {
    "/": "/",
    "//": "/",
    "//a///b": "/a/b",
    "/%61%7E": "/a~",
    "/a%2fb%5c": "/a%2Fb%5C",
    "/...": "/...",
    "/a?//..": "/a?//..",
    "/a//?//%41": "/a/?//%41",
    "/%": undefined,
    "/%g0": undefined,
    "/%4": undefined,
  };
  for (const [path, expected] of Object.entries(cases))
    t.equal(normalizePath(path), expected, path);

  const piece = fc.constantFrom(
    "/",
    ".",
    "..",
    "%2e",
    "%2F",
    "%25",
    "a",
    "%61",
    "?",
    ";",
    "%C3",
    "//",
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const forwarded = resolveDotSegments(`/${pieces.join("")}`);
      const once = normalizePath(forwarded) ?? "";
      const path = once.split("?", 1)[0] as string;
      const segments = path.split("/");
      return (
        resolveDotSegments(forwarded) === forwarded && // the next tier matches on the same path as this one
        resolveDotSegments(once) === once &&
        normalizePath(once) === once &&
        path.startsWith("/") &&
        !path.includes("//") &&
        !segments.includes(".") &&
        !segments.includes("..")
      );
    }),
  );
  t.end();
});

t.test("an authority is a host with or without a port", (t) => {
  for (const bad of [
    "",
    ":80",
    "a/b",
    "a b",
    "u@a",
    "a:b",
    "a:-1",
    "a:99999",
    "[::1",
    "[]",
    "[1.2.3.4]",
    "[v1.x]",
    "a%zz",
    "a%2",
  ]) {
    t.equal(parseAuthority(bad), undefined, bad);
  }
  t.equal(parseAuthority("A.b:1"), "a.b:1");
  t.equal(parseAuthority("a:"), "a:");
  t.equal(parseAuthority("A%2Eb"), "a%2eb");
  t.equal(parseAuthority("[FE80::1]:65535"), "[fe80::1]:65535");
  t.end();
});

t.test("all spellings of a host give the same host name", (t) => {
  const cases: Readonly<Record<string, string>> = {
    "a.b": "a.b",
    "a.b:80": "a.b",
    "a.b:": "a.b",
    "a.b.": "a.b",
    "a.b.:8443": "a.b",
    "a.b..": "a.b",
    "%61.b%2e": "a.b",
    "%41.b:1": "a.b",
    "a%20b.": "a%20b",
    "[::1]:80": "[::1]",
    "[::1]": "[::1]",
    "": "",
    ".": "",
  };
  for (const [authority, host] of Object.entries(cases)) {
    t.equal(hostName(authority), host, authority);
  }
  t.end();
});

t.test("dates are written in one form and read in three forms", (t) => {
  const ms = Date.UTC(1994, 10, 6, 8, 49, 37);
  const now = Date.UTC(2026, 0, 1);
  for (const bad of [
    "",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun Nov 31 08:49:37 1994",
  ]) {
    t.equal(parseHttpDate(bad, now), undefined, bad);
  }
  t.equal(httpDate(ms + 999), "Sun, 06 Nov 1994 08:49:37 GMT");
  t.equal(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), ms);
  t.equal(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", now), ms);
  t.equal(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), ms);
  t.equal(parseHttpDate("Sun Nov  6 08:49:37 1994"), ms);
  t.equal(parseHttpDate("Sunday, 06-Nov-76 08:49:37 GMT", now), Date.UTC(2076, 10, 6, 8, 49, 37));
  t.equal(parseHttpDate("Sunday, 06-Nov-77 08:49:37 GMT", now), Date.UTC(1977, 10, 6, 8, 49, 37));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (second) => {
      return parseHttpDate(httpDate(second * 1000)) === second * 1000;
    }),
  );
  t.end();
});

t.test("a registered status has its phrase, another status has none", (t) => {
  t.equal(reasonPhrase(413), "Content Too Large");
  t.equal(reasonPhrase(799), "");
  t.end();
});
