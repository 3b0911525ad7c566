// Tests the HTTP/1 codec with random input. A message that was written reads back the same. The result is the same
// wherever the bytes are cut. No bytes make the codec throw or store more than its limits allow.
import fc from "fast-check";
import t from "tap";
import type { BodySink } from "../exchange/body-sink.ts";
import { Fields } from "../message/fields.ts";
import { CHUNKED, RequestHead, ResponseHead, UNTIL_CLOSE } from "../message/head.ts";
import { stripFraming } from "../message/hop-by-hop.ts";
import { CONTENT_LENGTH } from "../message/known-names.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { quote } from "../text/quote.ts";
import { BodyDecoder } from "./body-decoder.ts";
import { HeadReader } from "./head-reader.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { parseRequestHead } from "./parse-request.ts";
import { parseResponseHead } from "./parse-response.ts";
import {
  afterTarget,
  chunkHeader,
  LAST_CHUNK,
  lastChunk,
  requestFraming,
  writeRequestHead,
  writeResponseHead,
} from "./serializer.ts";

function requestOf(method: string, path: string, fields: Fields, bodyLength: number): string {
  const framing = requestFraming(
    method,
    fields.has("content-length") ? CONTENT_LENGTH : 0,
    bodyLength,
  );
  const rest = fields.copy();
  stripFraming(rest);
  return writeRequestHead(method, path, afterTarget(rest.lines()), framing);
}

class Collector implements BodySink {
  data = "";
  ends = 0;
  trailers: Fields | undefined = undefined;

  bodyData(chunk: Buffer): void {
    if (chunk.length === 0) throw new Error("an empty slice was handed on");
    this.data += chunk.toString("latin1");
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.ends++;
    this.trailers = trailers;
  }
}

/** Reads one request and its body from bytes that are cut at the given places, and describes the result. */
function readRequest(bytes: Buffer, cuts: readonly number[]): string {
  const reader = new HeadReader(DEFAULT_LIMITS);
  const decoder = new BodyDecoder();
  const body = new Collector();
  let head: RequestHead | undefined;
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, to));
    from = to;
    let offset = 0;
    if (head === undefined) {
      offset = reader.read(piece, 0);
      if (reader.failure !== undefined) return reader.failure.code;
      if (offset < 0) continue;
      const parsed = parseRequestHead(reader.text, DEFAULT_LIMITS);
      if (parsed instanceof ProtocolFailure) return parsed.code;
      head = parsed;
      decoder.start(head.bodyLength, body);
    }
    decoder.decode(piece, offset);
    if (decoder.failure !== undefined)
      return `${JSON.stringify(head)} ${body.data} ${decoder.failure.code}`;
    if (body.ends > 0) break;
  }
  return `${JSON.stringify(head)} ${body.data} ${body.ends}`;
}

const tokenCharacter = fc.constantFrom(..."abcXYZ019-_!#$%&'*+.^`|~");
const token = fc.string({ unit: tokenCharacter, minLength: 1, maxLength: 12 });
const text = fc
  .string({ unit: fc.constantFrom(...'ab, ;="\\\t:\xe4\xff/'), maxLength: 20 })
  .map((value) => value.replaceAll(/^[ \t]+|[ \t]+$/g, ""));
// The names do not include fields that the parser interprets: random values would make most heads invalid.
const field = fc.tuple(
  token.map((name) => `X${name}`),
  text,
);

t.test("a request head that was written reads back the same", (t) => {
  const body = fc.oneof(fc.constant(CHUNKED), fc.nat());
  fc.assert(
    fc.property(token, fc.array(field), body, (method, list, bodyLength) => {
      if (method === "CONNECT") return true;
      const fields = new Fields();
      fields.add("Host", "a");
      for (const [name, value] of list) fields.add(name, value);
      const written = requestOf(method, "/x?y", fields, bodyLength);
      const read = parseRequestHead(written.slice(0, -2), DEFAULT_LIMITS);
      if (!(read instanceof RequestHead)) return false;
      read.fields.remove("content-length");
      read.fields.remove("transfer-encoding");
      t.equal(read.method, method);
      t.equal(read.bodyLength, bodyLength);
      t.same(read.fields, fields);
      return read.path === "/x?y";
    }),
  );
  t.end();
});

t.test("a response head that was written reads back the same", (t) => {
  const body = fc.oneof(fc.constant(CHUNKED), fc.constant(UNTIL_CLOSE), fc.nat());
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 999 }),
      text,
      fc.array(field),
      body,
      (status, reason, list, length) => {
        const fields = new Fields();
        for (const [name, value] of list) fields.add(name, value);
        const written = writeResponseHead(status, reason, fields, length);
        const read = parseResponseHead(written.slice(0, -2), DEFAULT_LIMITS, "GET");
        if (!(read instanceof ResponseHead)) return false;
        const bodiless = status === 204 || status === 205 || status === 304;
        return (
          read.status === status &&
          read.reason === reason &&
          read.bodyLength === (bodiless ? 0 : length)
        );
      },
    ),
  );
  t.end();
});

t.test("the writer makes the framing; fields about framing are not written", (t) => {
  const fields = new Fields();
  fields.add("Content-Length", "7");
  fields.add("X", "y");
  fields.add("Transfer-Encoding", "gzip");
  t.equal(requestOf("GET", "/", fields, 0), "GET / HTTP/1.1\r\nX: y\r\nContent-Length: 0\r\n\r\n");
  t.equal(writeResponseHead(204, "", fields, 5), "HTTP/1.1 204 \r\nX: y\r\n\r\n");
  t.equal(writeResponseHead(103, "", fields), "HTTP/1.1 103 \r\nX: y\r\n\r\n");
  t.equal(
    writeResponseHead(205, "", fields, 5),
    "HTTP/1.1 205 \r\nX: y\r\nContent-Length: 0\r\n\r\n",
  );
  t.equal(writeResponseHead(200, "", fields, UNTIL_CLOSE), "HTTP/1.1 200 \r\nX: y\r\n\r\n");
  t.match(writeResponseHead(304, "", fields), "Content-Length: 7\r\n");
  const bare = new Fields();
  t.equal(requestOf("GET", "/", bare, 0), "GET / HTTP/1.1\r\n\r\n");
  t.equal(requestOf("POST", "/", bare, 0), "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  t.throws(() => chunkHeader(0), RangeError);
  t.end();
});

t.test("a chunked body reads back, wherever it is cut", (t) => {
  const chunk = fc.string({
    unit: fc.constantFrom(..."\r\n0a;:\xff"),
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      fc.array(chunk),
      fc.array(fc.nat(400)),
      fc.boolean(),
      (chunks, cuts, withTrailers) => {
        const trailers = new Fields();
        trailers.add("X-Sum", "1");
        const end = withTrailers ? lastChunk(trailers) : LAST_CHUNK;
        const wire = chunks.map((data) => `${chunkHeader(data.length)}${data}\r\n`).join("") + end;
        const bytes = Buffer.from(`${wire}next`, "latin1");
        const sink = new Collector();
        const decoder = new BodyDecoder();
        decoder.start(CHUNKED, sink);
        let from = 0;
        let after = 0;
        for (const to of [
          ...cuts.sort((a, b) => a - b).filter((cut) => cut < bytes.length),
          bytes.length,
        ]) {
          if (sink.ends === 0) after = from + decoder.decode(bytes.subarray(from, to), 0);
          from = to;
        }
        t.equal(bytes.subarray(after).toString(), "next");
        t.same(sink.trailers, withTrailers ? trailers : undefined);
        return sink.ends === 1 && sink.data === chunks.join("");
      },
    ),
  );
  t.end();
});

t.test("bodies are decoded one after the other, until a failure", (t) => {
  const sink = new Collector();
  const decoder = new BodyDecoder();
  decoder.start(0, sink);
  t.equal(sink.ends, 0, "start does not call the sink");
  const chunk = Buffer.from("next");
  t.equal(decoder.decode(chunk, 4), 4);
  t.equal(sink.ends, 1, "a body of no bytes ends in the first decode, even of no bytes");

  decoder.start(UNTIL_CLOSE, sink);
  t.equal(decoder.decode(chunk, 1), 4);
  t.ok(decoder.eof(), "the body was complete when the connection ended");
  t.equal(sink.ends, 2);
  decoder.start(2, sink);
  t.equal(decoder.decode(chunk, 3), 4);
  t.notOk(decoder.eof(), "truncated");
  decoder.start(CHUNKED, sink);
  t.notOk(decoder.eof(), "truncated");
  t.equal(sink.data, "extt");
  t.equal(sink.ends, 2);

  // When all bytes of a chunk belong to the body, the sink gets the same Buffer. Otherwise it gets a slice of the
  // chunk's memory.
  const seen: Buffer[] = [];
  decoder.start(8, { bodyData: (data) => void seen.push(data), bodyEnd() {} });
  decoder.decode(chunk, 0);
  decoder.decode(Buffer.from("abcdef"), 0);
  t.equal(seen[0], chunk);
  t.equal(seen[1]?.toString(), "abcd");

  decoder.start(CHUNKED, sink);
  decoder.decode(Buffer.from("x"), 0);
  t.match(decoder.failure, { status: 400 });
  t.equal(decoder.decode(Buffer.from("0\r\n\r\n"), 0), 5, "bytes after a failure are ignored");
  t.equal(sink.ends, 2, "a failure does not call bodyEnd");
  t.end();
});

t.test("the limit for chunk extensions holds for a whole body", (t) => {
  const decoder = new BodyDecoder();
  const piece = Buffer.from(`1;a=${"b".repeat(100)}\r\nx\r\n`);
  decoder.start(CHUNKED, new Collector());
  let fed = 0;
  while (decoder.failure === undefined && fed < 100) {
    decoder.decode(piece, 0);
    fed++;
  }
  t.equal(decoder.failure?.code, "chunk-extensions-too-long");
  t.ok(fed < 50, `refused after ${fed} chunks`);
  t.end();
});

t.test("the reader says whether a head has begun, and can be reset", (t) => {
  const reader = new HeadReader(DEFAULT_LIMITS);
  t.notOk(reader.started);
  t.equal(reader.read(Buffer.from("\r\n"), 0), -1);
  t.notOk(reader.started, "an empty line does not begin a head");
  t.equal(reader.read(Buffer.from("G"), 0), -1);
  t.ok(reader.started);
  reader.reset();
  t.notOk(reader.started);
  t.equal(reader.read(Buffer.from("..GET / HTTP/1.1\r\n\r\nrest"), 2), 20);
  t.equal(reader.text, "GET / HTTP/1.1\r\n");
  const host = parseRequestHead("GET / HTTP/1.1\r\nHost: me:secret@a\r\n", DEFAULT_LIMITS);
  t.notMatch(host, { message: /secret/ }, "a password stays out of the log");
  t.match(host, { code: "bad-host", message: /@a/ });
  t.equal(quote(`a"\r\n${"x".repeat(50)}`), `"a\\x22\\x0d\\x0a${"x".repeat(36)}…"`);
  t.end();
});

// Bytes that are nearly a valid request find more faults than random bytes do.
const fragment = fc.constantFrom(
  ...[
    "GET / HTTP/1.1\r\n",
    "POST /a HTTP/1.1\r\n",
    "Host: a\r\n",
    "Content-Length: 3\r\n",
    "\r\n",
    "\n",
    "\r",
  ],
  ...[
    "Transfer-Encoding: chunked\r\n",
    "3\r\nabc\r\n",
    "0\r\n",
    "1;a=b\r\n",
    " ",
    "\t",
    ":",
    "\0",
    "X: y\r\n",
    "\xff",
    "%",
  ],
);
const nearly = fc
  .tuple(
    fc.constantFrom(
      "",
      "GET / HTTP/1.1\r\nHost: a\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
    fc.array(fragment),
  )
  .map(([start, parts]) => Buffer.from(start + parts.join(""), "latin1"));
const bytes = fc.oneof(
  nearly,
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

t.test("no bytes make the codec throw, and the places where they are cut change nothing", (t) => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(300)), (input, cuts) => {
      const whole = readRequest(input, []);
      const places = cuts.filter((cut) => cut < input.length).sort((a, b) => a - b);
      const everywhere = Array.from(input.keys());
      return readRequest(input, places) === whole && readRequest(input, everywhere) === whole;
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("GET", "HEAD"), (input, method) => {
      parseRequestHead(input, DEFAULT_LIMITS);
      parseResponseHead(input, DEFAULT_LIMITS, method);
      return true;
    }),
  );
  t.end();
});
