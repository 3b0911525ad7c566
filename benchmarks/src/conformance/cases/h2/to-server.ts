// Cases about what becomes of a request over HTTP/2 on its way to a server of HTTP/1.1 (RFC 9113 §8.1, §8.2.3).
import type { Case, Topic } from "../../case.ts";
import {
  all,
  answered,
  body,
  forwardedTimes,
  has,
  informed,
  lacks,
  request,
  response,
  starts,
  trailers,
} from "../../checks.ts";
import { usable } from "../../checks-h2.ts";
import { data, END_HEADERS, END_STREAM, headers } from "../../wire/h2/frames.ts";
import { block } from "../../wire/h2/hpack-write.ts";
import { BODY, CONTINUE } from "../../wire/steps.ts";
import { head, ok, turn, turnAtHead } from "../wording.ts";
import {
  accepted,
  bare,
  ends,
  get,
  h2Case,
  headOn,
  PROBE,
  post,
  pseudo,
  settled,
} from "./wording.ts";

const EXCHANGE = "RFC 9113 §8.1";
const LENGTH = "RFC 9113 §8.1.1";

const methods: readonly Case[] = [
  accepted(
    {
      id: "h2-get",
      title: "GET",
      source: EXCHANGE,
      rule: "forwarded without a body",
      h2spec: ["generic/4/1"],
    },
    [get(1, [], "/a?b=c")],
    1,
    answered(200),
    request(
      0,
      all(
        starts("GET /a?b=c HTTP/1.1"),
        has("host", "example.com"),
        lacks("content-length", "transfer-encoding"),
      ),
    ),
    response(0, body("hello")),
  ),
  accepted(
    {
      id: "h2-head",
      title: "HEAD",
      source: EXCHANGE,
      rule: "the length, and no body",
      h2spec: ["generic/4/2"],
      origin: [turn(ok("Content-Length: 5"))],
    },
    [bare(pseudo("HEAD"))],
    1,
    answered(200),
    response(0, all(has("content-length", "5"), body(""))),
  ),
  accepted(
    {
      id: "h2-post",
      title: "POST without a length",
      source: EXCHANGE,
      rule: "forwarded in chunks",
      h2spec: ["generic/4/3"],
    },
    [post() + data(1, "hello ") + data(1, "you", END_STREAM)],
    1,
    answered(200),
    request(0, body("hello you")),
  ),
  accepted(
    { id: "h2-post-length", title: "POST with a length", source: LENGTH, rule: "forwarded whole" },
    [post(1, [["content-length", "9"]]) + data(1, "hello ") + data(1, "you", END_STREAM)],
    1,
    answered(200),
    request(0, body("hello you")),
  ),
  accepted(
    {
      id: "h2-post-trailers",
      title: "POST with trailers that `trailer` announces",
      source: EXCHANGE,
      rule: "forwarded, with the trailers",
      h2spec: ["generic/4/4"],
    },
    [post(1, [["trailer", "x-sum"]]) + data(1, "hello") + ends([["x-sum", "1"]])],
    1,
    answered(200),
    request(0, all(body("hello"), trailers("x-sum: 1"))),
  ),
  accepted(
    {
      id: "h2-get-body",
      title: "GET with a body",
      source: EXCHANGE,
      rule: "forwarded with its body",
    },
    [headers(1, block(pseudo()), END_HEADERS) + data(1, "hello", END_STREAM)],
    1,
    answered(200),
    request(0, body("hello")),
  ),
  accepted(
    {
      id: "h2-post-empty",
      title: "POST that ends with its head",
      source: EXCHANGE,
      rule: "forwarded with `Content-Length: 0`, or none",
    },
    [bare(pseudo("POST"))],
    1,
    answered(200),
    forwardedTimes(1),
    request(0, body("")),
  ),
];

const cookies: readonly Case[] = [
  accepted(
    {
      id: "h2-cookies",
      title: "three cookie fields",
      source: "RFC 9113 §8.2.3",
      rule: "one Cookie, joined with `; `",
    },
    [
      get(1, [
        ["cookie", "a=1"],
        ["cookie", "b=2"],
        ["x-one", "1"],
        ["cookie", "c=3; d=4"],
      ]),
    ],
    1,
    answered(200),
    request(0, has("cookie", "a=1; b=2; c=3; d=4")),
  ),
  accepted(
    {
      id: "h2-two-fields",
      title: "two fields of one name",
      source: "RFC 9110 §5.3",
      rule: "both forwarded, in order",
    },
    [
      get(1, [
        ["x-one", "1"],
        ["x-two", "x"],
        ["x-one", "2"],
      ]),
    ],
    1,
    answered(200),
    request(0, ({ fields }) =>
      fields
        .filter(([name]) => name.toLowerCase() === "x-one")
        .map(([, value]) => value)
        .join(", ") === "1, 2"
        ? undefined
        : "changed",
    ),
  ),
];

const expect: readonly Case[] = [
  accepted(
    {
      id: "h2-expect",
      title: "`expect: 100-continue`",
      source: "RFC 9110 §10.1.1",
      rule: "100, then the answer",
      origin: [turnAtHead(CONTINUE, BODY, `${ok("Content-Length: 2")}ok`)],
    },
    [
      post(1, [
        ["expect", "100-continue"],
        ["content-length", "5"],
      ]),
      headOn(1),
      data(1, "hello", END_STREAM),
    ],
    1,
    answered(200),
    informed(100),
    request(0, body("hello")),
  ),
  h2Case(
    {
      id: "h2-expect-refused",
      title: "`expect: 100-continue`, refused by the server",
      source: "RFC 9110 §10.1.1",
      rule: "417 without 100",
      origin: [turnAtHead(head("HTTP/1.1 417 Expectation Failed", "Content-Length: 0"))],
    },
    [
      post(1, [
        ["expect", "100-continue"],
        ["content-length", "5"],
      ]),
      settled(1),
      ...PROBE,
    ],
    1,
    answered(417),
    informed(),
    usable,
  ),
];

export const h2ToServer: Topic = {
  name: "h2-to-server",
  title: "HTTP/2: requests on their way to HTTP/1.1",
  cases: [...methods, ...cookies, ...expect],
};
