// Cases about the length of a request's body (RFC 9112 §6). Most of them are requests whose length
// two servers could understand differently.
import type { Case, Topic } from "../case.ts";
import { all, answered, body, forwardedTimes, has, keptOpen, lacks, request } from "../checks.ts";
import { get, head, post, refused, refusedWithTail } from "./wording.ts";

const LENGTH = "RFC 9112 §6.2";
const CODING = "RFC 9112 §6.1";
const CL_HEX: readonly (readonly [id: string, value: string])[] = [
  ["sign", "+5"],
  ["minus", "-5"],
  ["hex", "0x5"],
  ["list-differing", "5, 6"],
  ["list-hole", "5,,5"],
  ["space-inside", "5 5"],
  ["semicolon", "5;"],
  ["fraction", "5.0"],
  ["over-2-53", "9007199254740993"],
  ["huge", "99999999999999999999999"],
];

const badLength = CL_HEX.map(([id, value]) =>
  refusedWithTail(
    400,
    { id: `cl-${id}`, title: `\`Content-Length: ${value}\``, source: LENGTH },
    post([`Content-Length: ${value}`], "hello"),
  ),
);

const CODINGS: readonly (readonly [id: string, status: number, value: string])[] = [
  ["gzip-chunked", 501, "gzip, chunked"],
  ["gzip", 501, "gzip"],
  ["identity", 501, "identity"],
  ["xchunked", 501, "xchunked"],
  ["chunked-gzip", 400, "chunked, gzip"],
  ["twice", 400, "chunked, chunked"],
  ["leading-comma", 400, ",chunked"],
  ["trailing-comma", 400, "chunked,"],
  ["parameter", 400, "chunked;q=1"],
  ["quoted", 400, '"chunked"'],
  ["two-spaces", 400, " chunked"],
  ["tab", 400, "\tchunked"],
  ["trailing-space", 400, "chunked "],
  ["empty", 400, ""],
];

const badCoding = CODINGS.map(([id, status, value]) =>
  refusedWithTail(
    status,
    {
      id: `te-${id}`,
      title: `\`Transfer-Encoding: ${value.replace("\t", "␉")}\``,
      source: CODING,
    },
    post([`Transfer-Encoding: ${value}`], "5\r\nhello\r\n0\r\n\r\n"),
  ),
);

const CHUNKED = "5\r\nhello\r\n0\r\n\r\n";

/**
 * Makes a case with a chunked body on a request with this method. The body must reach the origin
 * chunked.
 */
function chunkedOn(method: string): Case {
  return {
    id: `chunked-${method.toLowerCase()}`,
    title: `chunked body on ${method}`,
    source: "RFC 9110 §9.3, RFC 9112 §6.3",
    rule: "streamed chunked",
    send: [
      head(`${method} / HTTP/1.1`, "Host: example.com", "Transfer-Encoding: chunked") + CHUNKED,
    ],
    methods: [method],
    answers: 1,
    checks: [
      answered(200),
      forwardedTimes(1),
      request(0, all(body("hello"), has("transfer-encoding", "chunked"))),
    ],
  };
}

const forwardedLength = (id: string, title: string, source: string, ...fields: string[]): Case => ({
  id,
  title,
  source,
  rule: "forwarded with one `Content-Length: 5`",
  send: [post(fields, "hello")],
  answers: 1,
  checks: [
    answered(200),
    keptOpen,
    forwardedTimes(1),
    request(0, all(has("content-length", "5"), lacks("transfer-encoding"), body("hello"))),
  ],
});

const accepted: readonly Case[] = [
  forwardedLength(
    "cl-list-equal",
    "`Content-Length: 5, 5`",
    "RFC 9112 §6.3",
    "Content-Length: 5, 5",
  ),
  forwardedLength(
    "cl-lines-equal",
    "two equal Content-Length lines",
    "RFC 9112 §6.3",
    "Content-Length: 5",
    "Content-Length: 5",
  ),
  forwardedLength("cl-zeros", "`Content-Length: 005`", LENGTH, "Content-Length: 005"),
  {
    id: "te-upper-case",
    title: "`Transfer-Encoding: CHUNKED`",
    source: "RFC 9112 §7",
    rule: "accepted",
    send: [post(["Transfer-Encoding: CHUNKED"], CHUNKED)],
    answers: 1,
    checks: [answered(200), request(0, body("hello"))],
  },
  {
    id: "body-like-request",
    title: "a body that looks like a request",
    source: "RFC 9112 §6.3",
    rule: "one request, with its body",
    send: [post([`Content-Length: ${get().length}`], get())],
    answers: 1,
    checks: [answered(200), keptOpen, forwardedTimes(1), request(0, body(get()))],
  },
  {
    id: "no-length-no-body",
    title: "POST without a length, then a GET",
    source: "RFC 9112 §6.3",
    rule: "two requests, the first without a body",
    send: [post([]) + get()],
    answers: 2,
    checks: [answered(200, 200), forwardedTimes(2), request(0, body(""))],
  },
  {
    id: "length-then-request",
    title: "a body, then a GET in the same packet",
    source: "RFC 9112 §9.3.2",
    rule: "two requests",
    send: [post(["Content-Length: 5"], "hello") + get()],
    answers: 2,
    checks: [answered(200, 200), forwardedTimes(2), request(0, body("hello"))],
  },
  {
    id: "get-with-length",
    title: "GET with a body",
    source: "RFC 9110 §9.3.1",
    rule: "forwarded with its body",
    send: [`${get("Content-Length: 5")}hello`],
    answers: 1,
    checks: [answered(200), forwardedTimes(1), request(0, body("hello"))],
  },
];

const clAndTe: readonly Case[] = [
  refusedWithTail(
    400,
    { id: "cl-te", title: "Content-Length, then Transfer-Encoding", source: "RFC 9112 §6.1" },
    post(["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
  ),
  refusedWithTail(
    400,
    { id: "te-cl", title: "Transfer-Encoding, then Content-Length", source: "RFC 9112 §6.1" },
    post(["Transfer-Encoding: chunked", "Content-Length: 5"], "0\r\n\r\n"),
  ),
  refusedWithTail(
    400,
    { id: "te-http-1.0", title: "Transfer-Encoding on HTTP/1.0", source: "RFC 9112 §6.1" },
    `${head("POST / HTTP/1.0", "Host: example.com", "Transfer-Encoding: chunked")}0\r\n\r\n`,
  ),
  refusedWithTail(
    400,
    { id: "te-two-lines", title: "two lines of Transfer-Encoding", source: CODING },
    post(["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], CHUNKED),
  ),
  refusedWithTail(
    400,
    { id: "te-vertical-tab", title: "`Transfer-Encoding: \\x0bchunked`", source: CODING },
    post(["Transfer-Encoding: \x0bchunked"], CHUNKED),
  ),
  refused(
    400,
    {
      id: "te-space-before-colon",
      title: "`Transfer-Encoding : chunked`",
      source: "RFC 9112 §5.1",
    },
    post(["Content-Length: 5", "Transfer-Encoding : chunked"], "0\r\n\r\n"),
  ),
  refusedWithTail(
    400,
    {
      id: "cl-lines-differing",
      title: "two differing Content-Length lines",
      source: "RFC 9112 §6.3",
    },
    post(["Content-Length: 5", "Content-Length: 6"], "hello"),
  ),
  refusedWithTail(
    400,
    { id: "cl-empty", title: "empty Content-Length", source: LENGTH },
    post(["Content-Length: "], "hello"),
  ),
  refusedWithTail(
    400,
    {
      id: "cl-empty-then-5",
      title: "an empty Content-Length line before a good one",
      source: LENGTH,
    },
    post(["Content-Length: ", "Content-Length: 5"], "hello"),
  ),
];

export const framing: Topic = {
  name: "framing",
  title: "Framing of requests",
  cases: [
    ...clAndTe,
    ...badCoding,
    ...badLength,
    ...accepted,
    ...["GET", "DELETE", "OPTIONS", "PUT"].map(chunkedOn),
  ],
};
