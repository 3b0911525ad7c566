// Cases about chunked request bodies (RFC 9112 §7.1). When a proxy finds a malformed chunk, it has
// already sent the request's head to the server. The request must then stay incomplete at the
// server, so that the server does not act on the request.
import type { Case, Topic } from "../case.ts";
import {
  all,
  answered,
  body,
  forwardedTimes,
  has,
  keptOpen,
  type Look,
  lacks,
  request,
  trailers,
} from "../checks.ts";
import { get, post, refusedInBody } from "./wording.ts";

const LINE = "RFC 9112 §7.1";
const EXTENSION = "RFC 9112 §7.1.1";

const BAD: readonly (readonly [id: string, title: string, source: string, body: string])[] = [
  ["chunk-not-hex", "chunk size `g`", LINE, "g\r\nhello\r\n0\r\n\r\n"],
  ["chunk-0x", "chunk size `0x5`", LINE, "0x5\r\nhello\r\n0\r\n\r\n"],
  ["chunk-plus", "chunk size `+5`", LINE, "+5\r\nhello\r\n0\r\n\r\n"],
  ["chunk-minus", "chunk size `-5`", LINE, "-5\r\nhello\r\n0\r\n\r\n"],
  ["chunk-empty", "empty chunk size", LINE, "\r\nhello\r\n0\r\n\r\n"],
  ["chunk-underscore", "chunk size `1_0`", LINE, "1_0\r\nhello\r\n0\r\n\r\n"],
  ["chunk-leading-space", "space before the chunk size", LINE, " 5\r\nhello\r\n0\r\n\r\n"],
  ["chunk-trailing-space", "space after the chunk size", LINE, "5 \r\nhello\r\n0\r\n\r\n"],
  [
    "chunk-over-64-bits",
    "chunk size of 17 digits",
    LINE,
    "10000000000000005\r\nhello\r\n0\r\n\r\n",
  ],
  ["chunk-bare-lf-size", "bare LF after the chunk size", LINE, "5\nhello\r\n0\r\n\r\n"],
  ["chunk-bare-cr-size", "bare CR after the chunk size", LINE, "5\rhello\r\n0\r\n\r\n"],
  ["chunk-no-crlf", "no CRLF after the chunk", LINE, "5\r\nhello0\r\n\r\n"],
  ["chunk-bare-lf-data", "bare LF after the chunk", LINE, "5\r\nhello\n0\r\n\r\n"],
  ["chunk-too-short", "a chunk longer than its size", LINE, "3\r\nhello\r\n0\r\n\r\n"],
  ["chunk-last-bare-lf", "bare LF after the last chunk", LINE, "5\r\nhello\r\n0\n\r\n"],
  ["chunk-ext-no-name", "chunk extension without a name", EXTENSION, "5;\r\nhello\r\n0\r\n\r\n"],
  ["chunk-ext-lf", "bare LF in a chunk extension", EXTENSION, "5;a\nb\r\nhello\r\n0\r\n\r\n"],
  [
    "chunk-ext-control",
    "control byte in a chunk extension",
    EXTENSION,
    "5;a=\x01\r\nhello\r\n0\r\n\r\n",
  ],
  [
    "chunk-ext-flood",
    "64 KiB of chunk extension",
    EXTENSION,
    `5;a=${"a".repeat(65_536)}\r\nhello\r\n0\r\n\r\n`,
  ],
  ["trailer-obs-fold", "a folded trailer line", "RFC 9112 §5.2", "0\r\nX-A: b\r\n c\r\n\r\n"],
  ["trailer-no-colon", "a trailer line without a colon", LINE, "0\r\nX-A\r\n\r\n"],
];

const refusals = BAD.map(([id, title, source, bytes]) =>
  refusedInBody(400, { id, title, source }, post(["Transfer-Encoding: chunked"], bytes) + get()),
);

/** Makes a case with a valid chunked POST. The request that the origin receives must pass all checks in `looks`. */
function relayed(
  about: Pick<Case, "id" | "title" | "source" | "rule">,
  fields: readonly string[],
  bytes: string,
  ...looks: readonly Look[]
): Case {
  return {
    ...about,
    send: [post(["Transfer-Encoding: chunked", ...fields], bytes)],
    answers: 1,
    checks: [answered(200), keptOpen, forwardedTimes(1), request(0, all(...looks))],
  };
}

const good: readonly Case[] = [
  relayed(
    { id: "chunk-ext", title: "a well-formed chunk extension", source: EXTENSION, rule: "dropped" },
    [],
    '5;name=value;other="a;b"\r\nhello\r\n0\r\n\r\n',
    body("hello"),
    ({ head }) => (head.includes("name=value") ? "extension kept" : undefined),
  ),
  relayed(
    {
      id: "chunk-upper-case",
      title: "chunk size `A` with a leading zero",
      source: LINE,
      rule: "forwarded",
    },
    [],
    "0A\r\nhellohello\r\n0\r\n\r\n",
    body("hellohello"),
  ),
  relayed(
    {
      id: "trailer-announced",
      title: "a trailer that `Trailer` announces",
      source: "RFC 9110 §6.5",
      rule: "forwarded, `Trailer` with it",
    },
    ["Trailer: X-Checksum"],
    "5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n",
    body("hello"),
    has("trailer", "X-Checksum"),
    trailers("x-checksum: 1"),
  ),
  {
    id: "trailer-with-length",
    title: "`Trailer` on a body that is not chunked",
    source: "RFC 9110 §6.6.2",
    rule: "removed: no trailer can follow",
    send: [post(["Content-Length: 5", "Trailer: X-Checksum"], "hello")],
    answers: 1,
    checks: [answered(200), request(0, all(body("hello"), lacks("trailer")))],
  },
  relayed(
    {
      id: "trailer-unannounced",
      title: "a trailer that nothing announced",
      source: "RFC 9110 §6.5.2",
      rule: "dropped",
    },
    [],
    "5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n",
    body("hello"),
    trailers(),
    lacks("trailer"),
  ),
  relayed(
    {
      id: "trailer-forbidden",
      title: "trailers `Content-Length`, `Host`, `Authorization`",
      source: "RFC 9110 §6.5.1",
      rule: "dropped, announced or not",
    },
    ["Trailer: Content-Length, Host, Authorization, X-Checksum"],
    "5\r\nhello\r\n0\r\nContent-Length: 9\r\nHost: evil\r\nAuthorization: x\r\nX-Checksum: 1\r\n\r\n",
    body("hello"),
    trailers("x-checksum: 1"),
  ),
  relayed(
    {
      id: "trailer-hop-by-hop",
      title: "a trailer that `Connection` names",
      source: "RFC 9110 §7.6.1",
      rule: "ends here",
    },
    ["Connection: X-Hop", "Trailer: X-Hop, X-Checksum"],
    "5\r\nhello\r\n0\r\nX-Hop: 1\r\nX-Checksum: 1\r\n\r\n",
    body("hello"),
    trailers("x-checksum: 1"),
  ),
];

export const chunks: Topic = {
  name: "chunks",
  title: "Chunked request bodies and trailers",
  cases: [...refusals, ...good],
};
