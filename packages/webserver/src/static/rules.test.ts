// The rules for serving files that can be tested without files: names, conditions, ranges, fingerprints,
// types.
import { createHash } from "node:crypto";
import { Fields, httpDate } from "@tandem/http";
import t from "tap";
import { judge, rangeApplies } from "./conditional.ts";
import { fits, splitFingerprint } from "./fingerprint.ts";
import { MediaTypes } from "./mime.ts";
import { parseRange } from "./range.ts";
import { resolveName } from "./resolve.ts";

function fields(entries: Readonly<Record<string, string | readonly string[]>>): Fields {
  const all = new Fields();
  for (const [name, values] of Object.entries(entries)) {
    for (const value of [values].flat()) all.add(name, value);
  }
  return all;
}

t.test("names that could lead out of the root are refused", async (t) => {
  const refused: Readonly<Record<string, string>> = {
    "%00": "NUL",
    "a.css%00.png": "NUL",
    "..%2fsecret": "encoded slash",
    "%2Fetc%2Fpasswd": "encoded slash",
    "..%5Csecret": "backslash",
    "..": "dot segment",
    "a/../b": "dot segment",
    "%2E%2E/b": "dot segment",
    "./a": "dot segment",
    ".env": "hidden file",
    "a/.git/config": "hidden file",
    "%2Ehtaccess": "hidden file",
    "a//b": "empty segment",
    "/etc/passwd": "empty segment",
    "%ff": "not UTF-8",
    "%C0%AE%C0%AE/b": "not UTF-8",
    "%": "not UTF-8",
  };
  for (const [path, why] of Object.entries(refused)) t.same(resolveName(path), { refused: why });
});

t.test("names are decoded exactly once", async (t) => {
  const names: Readonly<Record<string, string>> = {
    "": "",
    "css/": "css/",
    "css/app.css": "css/app.css",
    "%C3%A4%20b.txt": "ä b.txt",
    "%252e%252e": "%2e%2e",
    "a..b": "a..b",
  };
  for (const [path, name] of Object.entries(names)) t.same(resolveName(path), { name });
});

const ETAG = '"abc"';
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const [BEFORE, SAME, AFTER] = [AT - 1000, AT, AT + 1000].map(httpDate) as [string, string, string];
const current = { etag: ETAG, modifiedAt: AT };

t.test("conditions are judged in the order of RFC 9110 13.2.2", async (t) => {
  const cases: readonly [Readonly<Record<string, string | readonly string[]>>, string][] = [
    [{}, "proceed"],
    [{ "If-Match": '"other"' }, "precondition-failed"],
    [{ "If-Match": `W/${ETAG}` }, "precondition-failed"],
    [{ "If-Match": `"x", ${ETAG}` }, "proceed"],
    [{ "If-Match": "*" }, "proceed"],
    [{ "If-Match": "nonsense" }, "precondition-failed"],
    [{ "If-Match": ETAG, "If-Unmodified-Since": BEFORE }, "proceed"],
    [{ "If-Unmodified-Since": BEFORE }, "precondition-failed"],
    [{ "If-Unmodified-Since": SAME }, "proceed"],
    [{ "If-Unmodified-Since": "yesterday" }, "proceed"],
    [{ "If-None-Match": ETAG }, "not-modified"],
    [{ "If-None-Match": `W/${ETAG}` }, "not-modified"],
    [{ "If-None-Match": "*" }, "not-modified"],
    [{ "If-None-Match": '"a,b", , "abc"' }, "not-modified"],
    [{ "If-None-Match": ['"x"', ETAG] }, "not-modified"],
    [{ "If-None-Match": '"x"' }, "proceed"],
    [{ "If-None-Match": "abc" }, "proceed"],
    [{ "If-None-Match": '"x"', "If-Modified-Since": AFTER }, "proceed"],
    [{ "If-Match": '"other"', "If-None-Match": ETAG }, "precondition-failed"],
    [{ "If-Modified-Since": BEFORE }, "proceed"],
    [{ "If-Modified-Since": SAME }, "not-modified"],
    [{ "If-Modified-Since": AFTER }, "not-modified"],
    [{ "If-Modified-Since": "0" }, "proceed"],
    [{ "If-Modified-Since": [AFTER, AFTER] }, "proceed"],
    [{ "If-Unmodified-Since": SAME, "If-Modified-Since": SAME }, "not-modified"],
  ];
  for (const [request, verdict] of cases) {
    t.equal(judge(fields(request), current), verdict, JSON.stringify(request));
  }
});

t.test("a file without a tag or a date matches no condition on them", async (t) => {
  const unknown = { etag: undefined, modifiedAt: undefined };
  const cases: readonly [Readonly<Record<string, string>>, string][] = [
    [{ "If-Match": ETAG }, "precondition-failed"],
    [{ "If-Match": "*" }, "proceed"],
    [{ "If-None-Match": ETAG }, "proceed"],
    [{ "If-None-Match": "*" }, "not-modified"],
    [{ "If-Modified-Since": AFTER }, "proceed"],
    [{ "If-Unmodified-Since": BEFORE }, "proceed"],
  ];
  for (const [request, verdict] of cases) {
    t.equal(judge(fields(request), unknown), verdict, JSON.stringify(request));
  }
  for (const condition of [ETAG, SAME, "nonsense"]) {
    t.notOk(rangeApplies(fields({ "If-Range": condition }), unknown), condition);
  }
});

t.test("If-Range matches only the same version of the file", async (t) => {
  t.ok(rangeApplies(fields({}), current));
  t.ok(rangeApplies(fields({ "If-Range": ETAG }), current));
  t.ok(rangeApplies(fields({ "If-Range": SAME }), current));
  for (const condition of [`W/${ETAG}`, '"x"', BEFORE, AFTER, "nonsense"]) {
    t.notOk(rangeApplies(fields({ "If-Range": condition }), current), condition);
  }
  t.notOk(rangeApplies(fields({ "If-Range": [ETAG, ETAG] }), current), "two lines");
});

t.test("a single byte range is parsed", async (t) => {
  const cases: readonly [string | undefined, number, unknown][] = [
    [undefined, 10, undefined],
    ["bytes=0-0", 10, { first: 0, last: 0 }],
    ["bytes=2-", 10, { first: 2, last: 9 }],
    ["bytes=2-99999999999999999999", 10, { first: 2, last: 9 }],
    ["Bytes=-3", 10, { first: 7, last: 9 }],
    ["bytes=-99", 10, { first: 0, last: 9 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=-1", 0, "unsatisfiable"],
    ["bytes=5-2", 10, undefined],
    ["bytes=-", 10, undefined],
    ["bytes=0-1,3-4", 10, undefined],
    ["lines=0-1", 10, undefined],
    ["bytes=a-b", 10, undefined],
    ["bytes=+1-2", 10, undefined],
  ];
  for (const [value, size, range] of cases)
    t.same(parseRange(value, size), range, value ?? "no field");
});

t.test("fingerprinted names are recognized", async (t) => {
  t.same(splitFingerprint("css/app.0123456789.css"), {
    name: "css/app.css",
    fingerprint: "0123456789",
  });
  for (const name of ["app.css", "app.0123456789", "app.012345678.css", "app.012345678G.css"]) {
    t.equal(splitFingerprint(name), undefined, name);
  }
  t.equal(
    splitFingerprint("css/.0123456789.css"),
    undefined,
    "without the fingerprint there would be no name",
  );
  const hash = createHash("sha256").update("body{}").digest("hex");
  t.ok(fits(hash.slice(0, 10), hash));
  t.notOk(fits("0123456789", hash));
});

t.test("media types follow from the file name", async (t) => {
  const types = new MediaTypes({
    conf: "text/x-conf; charset=iso-8859-1",
    ts: "text/x.typescript",
  });
  const expected: Readonly<Record<string, string>> = {
    "/srv/a.css": "text/css; charset=utf-8",
    "a.woff2": "font/woff2",
    "favicon.ico": "image/vnd.microsoft.icon",
    "a.eot": "application/vnd.ms-fontobject",
    "live.m3u8": "application/vnd.apple.mpegurl",
    "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "a.7z": "application/x-7z-compressed",
    "a.tar.zst": "application/zstd",
    "A.MKV": "video/x-matroska",
    "drawing.svgz": "image/svg+xml",
    "a.conf": "text/x-conf; charset=iso-8859-1",
    "a.ts": "text/x.typescript; charset=utf-8",
    "/srv/css": "application/octet-stream",
    "a.unknown": "application/octet-stream",
  };
  for (const [name, type] of Object.entries(expected)) t.equal(types.contentType(name), type, name);
  t.equal(types.contentEncoding("drawing.SVGZ"), "gzip");
  t.equal(types.contentEncoding("drawing.svg"), undefined);
  t.equal(
    types.contentEncoding("a.tar.gz"),
    undefined,
    "an archive is sent as it is, so it has no Content-Encoding",
  );
});
