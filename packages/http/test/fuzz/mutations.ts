// Makes inputs for the fuzz tests: vectors (the example messages of test/vectors) that are changed by a few mutations
// of bytes and lines, as AFL's havoc stage does with a dictionary of HTTP phrases. It uses fast-check, so that a
// failing input shrinks to fewer mutations and to an earlier vector.
import fc from "fast-check";
import type { Vector } from "../vectors.ts";

/**
 * The most bytes of an input: more than every limit that inputs should exceed, and less than the buffer in
 * transcripts.ts that a session reads from.
 */
const MOST_BYTES = 8 * 1024;

/** Phrases that change the meaning of a message. The mutation `insert` inserts one of them at any place. */
const PHRASES = [
  ...["GET / HTTP/1.1\r\n", "POST /a HTTP/1.1\r\n", "HEAD * HTTP/1.0\r\n", "HTTP/1.1 200 OK\r\n"],
  ...["HTTP/1.1 204 \r\n", "HTTP/1.1 304 Not Modified\r\n", "HTTP/1.1 103 Early\r\n\r\n"],
  ...["HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\n", "http://b:1/"],
  ...[
    "Host: a\r\n",
    "host:b \r\n",
    "X:  y\t\r\n",
    "Content-Length: 3\r\n",
    "Content-Length: 0\r\n",
  ],
  ...["Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Connection: keep-alive, x\r\n"],
  ...[
    "Connection: upgrade\r\nUpgrade: websocket\r\n",
    "Expect: 100-continue\r\n",
    "TE: trailers\r\n",
  ],
  ...["Trailer: X\r\n", "Via: 1.1 a\r\n", "Forwarded: for=a\r\n", "X-Forwarded-For: b\r\n"],
  ...[
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    "abc",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
    "0\r\nX: y\r\n\r\n",
    "1;a=b\r\n",
    ";a=b",
  ],
  ...[
    " ",
    "\t",
    ":",
    ",",
    ";",
    "\0",
    "\x7f",
    "\x80",
    "\xff",
    "%2f",
    "%00",
    "/../",
    "//",
    "?",
    "#",
    "\\",
  ],
].map((text) => Buffer.from(text, "latin1"));

type Mutation = (bytes: Buffer) => Buffer;

/** The place of a mutation, as a fraction of the input's length, so that it fits inputs of every length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (share: number, length: number): number => Math.floor(share * length);

function splice(bytes: Buffer, from: number, to: number, put: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]).subarray(0, MOST_BYTES);
}

const NOTHING = Buffer.alloc(0);

/**
 * Returns where a line begins and where it ends, its LF included. `share` chooses the line: it is a
 * place in the input, as a fraction of the input's length.
 */
function lineAt(bytes: Buffer, share: number): readonly [from: number, to: number] {
  const middle = at(share, bytes.length);
  const from = middle === 0 ? 0 : bytes.lastIndexOf(0x0a, middle - 1) + 1;
  const end = bytes.indexOf(0x0a, middle);
  return [from, end < 0 ? bytes.length : end + 1];
}

const flip = fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
  ([share, mask]): Mutation =>
    (bytes) => {
      const changed = Buffer.from(bytes);
      const i = Math.min(at(share, bytes.length), bytes.length - 1);
      if (i >= 0) changed[i] = (changed[i] as number) ^ mask;
      return changed;
    },
);
/** How many times a phrase is inserted: mostly once, and sometimes so many times that limits are exceeded. */
const often = fc.oneof(
  { weight: 300, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(1200) },
);
const insert = fc.tuple(place, fc.constantFrom(...PHRASES), often).map(
  ([share, phrase, times]): Mutation =>
    (bytes) => {
      const i = at(share, bytes.length);
      return splice(bytes, i, i, Buffer.concat(Array.from({ length: times }, () => phrase)));
    },
);
const insertLine = fc.tuple(place, fc.constantFrom(...PHRASES)).map(
  ([share, phrase]): Mutation =>
    (bytes) => {
      const [from] = lineAt(bytes, share);
      return splice(bytes, from, from, phrase);
    },
);
const remove = fc.tuple(place, fc.integer({ min: 1, max: 20 })).map(
  ([share, length]): Mutation =>
    (bytes) => {
      const i = at(share, bytes.length);
      return splice(bytes, i, i + length, NOTHING);
    },
);
const removeLine = place.map(
  (share): Mutation =>
    (bytes) =>
      splice(bytes, ...lineAt(bytes, share), NOTHING),
);
const duplicateLine = fc.tuple(place, place).map(
  ([share, to]): Mutation =>
    (bytes) => {
      const line = bytes.subarray(...lineAt(bytes, share));
      const [target] = lineAt(bytes, to);
      return splice(bytes, target, target, line);
    },
);
/** Repeats a few bytes, sometimes so many times that limits are exceeded. */
const repeat = fc.tuple(place, fc.integer({ min: 1, max: 12 }), fc.constantFrom(2, 3, 20, 500)).map(
  ([share, length, times]): Mutation =>
    (bytes) => {
      const i = at(share, bytes.length);
      const slice = bytes.subarray(i, i + length);
      return splice(bytes, i, i, Buffer.concat(Array.from({ length: times }, () => slice)));
    },
);
const cut = place.map(
  (share): Mutation =>
    (bytes) =>
      bytes.subarray(0, at(share, bytes.length)),
);

function crossing(vectors: readonly Vector[]): fc.Arbitrary<Mutation> {
  return fc.tuple(fc.constantFrom(...vectors), place, place).map(
    ([other, head, tail]): Mutation =>
      (bytes) => {
        const rest = other.bytes.subarray(at(tail, other.bytes.length));
        return splice(bytes, at(head, bytes.length), bytes.length, rest);
      },
  );
}

/** Generates pairs of a vector and the bytes of that vector after one to six random mutations. */
export function mutated(
  vectors: readonly Vector[],
): fc.Arbitrary<{ readonly vector: Vector; readonly bytes: Buffer }> {
  const mutation = fc.oneof(
    ...[flip, insert, insertLine, remove, removeLine, duplicateLine, repeat, cut],
    crossing(vectors),
  );
  return fc
    .tuple(fc.constantFrom(...vectors), fc.array(mutation, { minLength: 1, maxLength: 6 }))
    .map(([vector, mutations]) => ({
      vector,
      bytes: mutations.reduce((bytes, mutate) => mutate(bytes), vector.bytes),
    }));
}
