// Cases about servers that fail in the middle of an answer (RFC 9112 §8) or send an invalid answer
// (§6.3). The client must never take a part of an answer for the whole, nor an invalid answer for a
// valid one.
import type { Case, Check, Topic } from "../case.ts";
import { answered, truncated } from "../checks.ts";
import { HALF_CLOSE, RESET, type Step } from "../wire/steps.ts";
import { get, head, ok, turn } from "./wording.ts";

const LENGTH = "RFC 9112 §6.3";
const CUT = "RFC 9112 §8";

type About = Pick<Case, "id" | "title" | "source">;

/**
 * Makes a case in which the server breaks the protocol before the proxy has sent any part of the
 * answer to the client. The client must get 502, and the connection to the server must be closed.
 */
function badGateway(about: About, ...steps: readonly Step[]): Case {
  return {
    ...about,
    rule: "502, server connection closed",
    send: [get()],
    origin: [turn(...steps), turn(...steps), turn(...steps), turn(...steps)],
    answers: 1,
    refuses: "answer",
    checks: [
      answered(502),
      ({ connections }) =>
        connections.every(({ open }) => !open) ? undefined : "server connection kept",
    ],
  };
}

/**
 * Adds a check that the client gets the 502 within 900 ms. A later 502 could come from the proxy's
 * timeout for servers (1 s).
 */
function atOnce(which: Case): Case {
  const late: Check = ({ elapsedMs }) =>
    elapsedMs < 900 ? undefined : `after ${Math.round(elapsedMs)} ms`;
  return {
    ...which,
    rule: "502 at once, server connection closed",
    checks: [...which.checks, late],
    needs: "short timeouts",
  };
}

/**
 * Makes a case in which the answer is cut short. The client must be able to notice that the answer
 * is incomplete.
 */
function cutShort(about: About, ...steps: readonly Step[]): Case {
  return {
    ...about,
    rule: "truncation passed on",
    send: [get()],
    origin: [turn(...steps)],
    answers: 0,
    checks: [truncated],
  };
}

const half = `${ok("Content-Length: 10")}hello`;
const halfChunked = `${ok("Transfer-Encoding: chunked")}5\r\nhello\r\n`;

const truncation: readonly Case[] = [
  cutShort(
    { id: "dies-in-length", title: "the server dies within Content-Length", source: CUT },
    half,
    20,
    RESET,
  ),
  cutShort(
    { id: "closes-in-length", title: "the server closes within Content-Length", source: CUT },
    half,
    20,
    HALF_CLOSE,
  ),
  cutShort(
    { id: "dies-in-chunks", title: "the server dies before the last chunk", source: CUT },
    halfChunked,
    20,
    RESET,
  ),
  cutShort(
    { id: "closes-in-chunks", title: "the server closes before the last chunk", source: CUT },
    halfChunked,
    20,
    HALF_CLOSE,
  ),
  cutShort(
    { id: "dies-until-close", title: "RST in a body that lasts until close", source: CUT },
    `${ok()}hello`,
    20,
    RESET,
  ),
  cutShort(
    { id: "bad-chunk", title: "a malformed chunk in the answer", source: "RFC 9112 §7.1" },
    halfChunked,
    20,
    "g\r\n",
  ),
  {
    ...cutShort({ id: "server-stalls", title: "an answer that stops half-way", source: CUT }, half),
    needs: "short timeouts",
  },
];

/**
 * Answers that are cut short, for an HTTP/1.0 client. Such a client knows no chunks and recognizes
 * the end of these bodies only by the end of the connection.
 */
const truncationUntilClose: readonly Case[] = [
  cutShort(
    { id: "dies-in-chunks-1.0", title: "the server dies in chunks, HTTP/1.0 client", source: CUT },
    halfChunked,
    20,
    RESET,
  ),
  cutShort(
    {
      id: "closes-in-chunks-1.0",
      title: "the server closes in chunks, HTTP/1.0 client",
      source: CUT,
    },
    halfChunked,
    20,
    HALF_CLOSE,
  ),
].map((cut) => ({ ...cut, send: [head("GET / HTTP/1.0", "Host: example.com")] }));

const faults: readonly Case[] = [
  badGateway(
    {
      id: "bad-chunk-at-once",
      title: "a malformed chunk in the packet of the head",
      source: "RFC 9112 §7.1",
    },
    `${halfChunked}g\r\n`,
  ),
  badGateway(
    { id: "length-twice", title: "two differing Content-Length", source: LENGTH },
    `${ok("Content-Length: 5", "Content-Length: 6")}hello!`,
  ),
  badGateway(
    { id: "length-list", title: "`Content-Length: 5, 6`", source: LENGTH },
    `${ok("Content-Length: 5, 6")}hello!`,
  ),
  badGateway(
    { id: "length-sign", title: "`Content-Length: +5`", source: LENGTH },
    `${ok("Content-Length: +5")}hello`,
  ),
  badGateway(
    { id: "length-and-coding", title: "Content-Length and Transfer-Encoding", source: LENGTH },
    `${ok("Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`,
  ),
  badGateway(
    { id: "coding-gzip", title: "`Transfer-Encoding: gzip`", source: LENGTH },
    `${ok("Transfer-Encoding: gzip")}hello`,
    HALF_CLOSE,
  ),
  badGateway(
    { id: "coding-not-last", title: "`Transfer-Encoding: chunked, gzip`", source: LENGTH },
    `${ok("Transfer-Encoding: chunked, gzip")}hello`,
    HALF_CLOSE,
  ),
  badGateway(
    { id: "coding-http-1.0", title: "Transfer-Encoding on HTTP/1.0", source: "RFC 9112 §6.1" },
    `${head("HTTP/1.0 200 OK", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    HALF_CLOSE,
  ),
  badGateway(
    { id: "status-garbage", title: "no status line", source: "RFC 9112 §4" },
    "hello\r\n\r\n",
    HALF_CLOSE,
  ),
  ...(
    [
      ["status-ssh", "`SSH-2.0-…` and nothing more", "SSH-2.0-OpenSSH_9.6\r\n"],
      ["status-smtp", "`220 mail ESMTP` and nothing more", "220 mail ESMTP\r\n"],
      ["status-unfinished", "`+OK` without the end of its line", "+OK"],
      ["status-http-2", "`HTTP/2.0 200 OK` and nothing more", "HTTP/2.0 200 OK\r\n"],
    ] as const
  ).map(([id, title, bytes]) => atOnce(badGateway({ id, title, source: "RFC 9112 §4" }, bytes))),
  badGateway(
    { id: "status-two-digits", title: "`HTTP/1.1 20 OK`", source: "RFC 9112 §4" },
    head("HTTP/1.1 20 OK", "Content-Length: 0"),
  ),
  badGateway(
    { id: "response-bare-lf", title: "bare LF as line end", source: "RFC 9112 §2.2" },
    "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
  ),
  badGateway(
    { id: "response-fold", title: "a folded line", source: "RFC 9112 §5.2" },
    `${ok("X-A: b\r\n c", "Content-Length: 5")}hello`,
  ),
  badGateway(
    { id: "response-nul", title: "NUL in a value", source: "RFC 9110 §5.5" },
    `${ok("X-A: b\0c", "Content-Length: 5")}hello`,
  ),
  badGateway(
    { id: "response-space-before-colon", title: "space before the colon", source: "RFC 9112 §5.1" },
    `${ok("Content-Length : 5")}hello`,
    HALF_CLOSE,
  ),
  badGateway(
    { id: "response-head-too-long", title: "a head of 128 KiB", source: "RFC 9110 §15.6.3" },
    `${ok(`X-Long: ${"a".repeat(131_072)}`, "Content-Length: 5")}hello`,
  ),
  badGateway(
    {
      id: "connection-names-length",
      title: "`Connection: Content-Length`",
      source: "RFC 9110 §7.6.1",
    },
    `${ok("Connection: Content-Length", "Content-Length: 5")}hello`,
  ),
];

export const serverFaults: Topic = {
  name: "server-faults",
  title: "Servers that stop short or break the protocol",
  cases: [...truncation, ...truncationUntilClose, ...faults],
};
