// Cases about servers that stop short or break HTTP/1.1, and about clients of HTTP/2 that leave. One stream ends; the
// connection serves the others (RFC 9113 §5.4.2).
import type { Case, Topic } from "../../case.ts";
import { answered, cutOff, forwardedTimes, nothingComplete } from "../../checks.ts";
import { answeredOn, cutOn, usable } from "../../checks-h2.ts";
import { CODES, data, reset } from "../../wire/h2/frames.ts";
import { HALF_CLOSE, RESET } from "../../wire/steps.ts";
import { head, ok, turn } from "../wording.ts";
import { get, h2Case, PROBE, post, settled } from "./wording.ts";

const EXCHANGE = "RFC 9113 §8.1";
const cuts: readonly Case[] = (
  [
    ["length", "within Content-Length", [`${ok("Content-Length: 10")}hello`, 50, RESET]],
    [
      "length-closed",
      "within Content-Length, by closing",
      [`${ok("Content-Length: 10")}hello`, 50, HALF_CLOSE],
    ],
    [
      "chunks",
      "before the last chunk",
      [`${ok("Transfer-Encoding: chunked")}5\r\nhello\r\n`, 50, RESET],
    ],
    [
      "chunks-closed",
      "before the last chunk, by closing",
      [`${ok("Transfer-Encoding: chunked")}5\r\nhello\r\n`, 50, HALF_CLOSE],
    ],
    [
      "chunk-bad",
      "with a malformed chunk",
      [`${ok("Transfer-Encoding: chunked")}5\r\nhello\r\n`, 50, "z\r\n"],
    ],
  ] as const
).map(([id, what, steps]) =>
  h2Case(
    {
      id: `h2-cut-${id}`,
      title: `the server stops ${what}`,
      source: "RFC 9113 §8.1",
      rule: "truncation passed on, the connection goes on",
      refuses: "answer",
      origin: [turn(...steps)],
    },
    [get(), settled(1), ...PROBE],
    1,
    cutOn(1),
    usable,
  ),
);

const refused: readonly Case[] = [
  ...(
    [
      ["garbage", "no answer of HTTP", "220 mail ESMTP\r\n\r\n"],
      [
        "101",
        "101 that was not asked for",
        head("HTTP/1.1 101 Switching Protocols", "Upgrade: x", "Connection: Upgrade"),
      ],
      [
        "lengths",
        "two differing Content-Length",
        `${ok("Content-Length: 5", "Content-Length: 6")}hello`,
      ],
      ["nul", "NUL in a value", ok("X-One: 1\0", "Content-Length: 0")],
    ] as const
  ).map(([id, title, bytes]) =>
    h2Case(
      {
        id: `h2-answer-bad-${id}`,
        title: `the server sends ${title}`,
        source: "RFC 9110 §15.6.3",
        rule: "502, the connection goes on",
        refuses: "answer",
        origin: [turn(bytes)],
      },
      [get(), settled(1), ...PROBE],
      1,
      answered(502),
      usable,
    ),
  ),
  h2Case(
    {
      id: "h2-server-silent",
      title: "a server that does not answer",
      source: "RFC 9110 §15.6.5",
      rule: "504, the connection goes on",
      refuses: "answer",
      needs: "short timeouts",
      origin: [turn(5_000)],
    },
    [get(), settled(1), ...PROBE],
    1,
    answered(504),
    cutOff,
    usable,
  ),
];

const leaving: readonly Case[] = [
  h2Case(
    {
      id: "h2-cancel",
      title: "RST_STREAM CANCEL while the server works",
      source: "RFC 9113 §5.4.2",
      rule: "the server is left, other streams go on",
      origin: [turn(5_000)],
    },
    [get(1), 50, reset(1, CODES.indexOf("CANCEL")), 50, get(3), settled(1), ...PROBE],
    1,
    answeredOn(3, 200),
    ({ connections }) =>
      connections[0]?.open === true ? "server connection left open" : undefined,
    usable,
  ),
  h2Case(
    {
      id: "h2-cancel-body",
      title: "RST_STREAM within the request's body",
      source: EXCHANGE,
      rule: "never complete at the server",
    },
    [post(1) + data(1, "hello"), 50, reset(1), 50, ...PROBE],
    0,
    nothingComplete,
    cutOff,
    usable,
  ),
  h2Case(
    {
      id: "h2-client-gone",
      title: "the client's connection ends while the server works",
      source: "RFC 9113 §5.4.1",
      rule: "the server's connection is closed",
      origin: [turn(5_000)],
    },
    [get(), 50, RESET, 250],
    0,
    forwardedTimes(1),
    cutOff,
  ),
];

export const h2Failures: Topic = {
  name: "h2-failures",
  title: "HTTP/2: servers that fail, clients that leave",
  cases: [...cuts, ...refused, ...leaving],
};
