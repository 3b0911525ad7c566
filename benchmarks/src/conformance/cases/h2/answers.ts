// Cases about the answer of a server of HTTP/1.1 on its way to a client of HTTP/2 (RFC 9113 §8.1, §8.2.2).
import type { Case, Topic } from "../../case.ts";
import { all, answered, body, has, informed, lacks, response, trailers } from "../../checks.ts";
import { seen, stream } from "../../checks-h2.ts";
import { DATA, data } from "../../wire/h2/frames.ts";
import { HALF_CLOSE } from "../../wire/steps.ts";
import { head, ok, turn, turnAtHead } from "../wording.ts";
import { accepted, get, post } from "./wording.ts";

const EXCHANGE = "RFC 9113 §8.1";
const FIELDS = "RFC 9113 §8.2.2";
const answers: readonly Case[] = [
  accepted(
    {
      id: "h2-answer-connection",
      title: "an answer with fields about its connection",
      source: FIELDS,
      rule: "they end at the proxy",
      origin: [
        turn(
          ok(
            "Connection: keep-alive, x-gone",
            "Keep-Alive: timeout=5",
            "X-Gone: 1",
            "X-Kept: 1",
            "Content-Length: 0",
          ),
        ),
      ],
    },
    [get()],
    1,
    answered(200),
    response(0, all(lacks("connection", "keep-alive", "x-gone"), has("x-kept", "1"))),
  ),
  accepted(
    {
      id: "h2-answer-capital",
      title: "names of an answer with capital letters",
      source: "RFC 9113 §8.2",
      rule: "sent in lower case",
      origin: [turn(ok("X-ONE: A", "Content-Length: 0"))],
    },
    [get()],
    1,
    answered(200),
    response(0, has("x-one", "A")),
  ),
  accepted(
    {
      id: "h2-answer-chunked",
      title: "an answer in chunks, with trailers",
      source: EXCHANGE,
      rule: "the body, then the trailers",
      origin: [
        turn(
          `${ok("Transfer-Encoding: chunked", "Trailer: X-Sum")}5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
        ),
      ],
    },
    [get(1, [["te", "trailers"]])],
    1,
    answered(200),
    response(0, all(body("hello"), trailers("x-sum: 1"), lacks("transfer-encoding"))),
  ),
  accepted(
    {
      id: "h2-answer-until-close",
      title: "an answer that ends with its connection",
      source: EXCHANGE,
      rule: "whole",
      origin: [turn(`${ok()}hello`, HALF_CLOSE)],
    },
    [get()],
    1,
    answered(200),
    response(0, body("hello")),
  ),
  accepted(
    {
      id: "h2-answer-204",
      title: "204 with a length",
      source: EXCHANGE,
      rule: "ends with its head, without the length",
      origin: [turn(head("HTTP/1.1 204 No Content", "Content-Length: 5"))],
    },
    [get()],
    1,
    answered(204),
    response(0, lacks("content-length")),
    seen(({ frames }) => (frames.some(({ type }) => type === DATA) ? "DATA behind it" : undefined)),
  ),
  accepted(
    {
      id: "h2-answer-304",
      title: "304 with a length",
      source: EXCHANGE,
      rule: "ends with its head",
      origin: [turn(head("HTTP/1.1 304 Not Modified", "Content-Length: 5", 'ETag: "x"'))],
    },
    [get()],
    1,
    answered(304),
    response(0, all(has("etag", '"x"'), body(""))),
  ),
  accepted(
    {
      id: "h2-answer-cookies",
      title: "two Set-Cookie",
      source: "RFC 6265 §3",
      rule: "both passed on",
      origin: [turn(ok("Set-Cookie: a=1", "Set-Cookie: b=2", "Content-Length: 0"))],
    },
    [get()],
    1,
    answered(200),
    response(0, has("set-cookie", "a=1", "b=2")),
  ),
  accepted(
    {
      id: "h2-answer-103",
      title: "103 with a length before the answer",
      source: "RFC 9113 §8.1, RFC 9110 §8.6",
      rule: "both passed on, 103 without the length",
      origin: [
        turn(
          head("HTTP/1.1 103 Early Hints", "Link: </x>", "Content-Length: 2"),
          `${ok("Content-Length: 2")}ok`,
        ),
      ],
    },
    [get()],
    1,
    answered(200),
    informed(103),
    ({ responses: [hints] }) => hints && all(has("link", "</x>"), lacks("content-length"))(hints),
  ),
  accepted(
    {
      id: "h2-answer-early",
      title: "an answer before the request's body has come",
      source: EXCHANGE,
      rule: "passed on, then RST_STREAM NO_ERROR or the body is taken",
      origin: [
        turnAtHead(
          `${head("HTTP/1.1 413 Content Too Large", "Content-Length: 0", "Connection: close")}`,
          HALF_CLOSE,
        ),
      ],
    },
    [post(1, [["content-length", "100000"]]) + data(1, "hello")],
    1,
    answered(413),
    stream(1, ({ reset: code }) =>
      code === undefined || code === "NO_ERROR" ? undefined : `ended: ${code}`,
    ),
  ),
];

export const h2Answers: Topic = {
  name: "h2-answers",
  title: "HTTP/2: answers on their way from HTTP/1.1",
  cases: answers,
};
