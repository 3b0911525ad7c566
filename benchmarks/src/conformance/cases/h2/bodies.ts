// Cases about the body of a request and its end: Content-Length against DATA, and trailers (RFC 9113 §8.1, §8.1.1).
import type { Case, Topic } from "../../case.ts";
import { answered, cutOff, nothingComplete, request, trailers } from "../../checks.ts";
import { usable } from "../../checks-h2.ts";
import { data, END_HEADERS, END_STREAM } from "../../wire/h2/frames.ts";
import {
  accepted,
  bare,
  ends,
  endsStream,
  h2Case,
  PROBE,
  post,
  pseudo,
  settled,
} from "./wording.ts";

const EXCHANGE = "RFC 9113 §8.1";
const LENGTH = "RFC 9113 §8.1.1";
const FIELDS = "RFC 9113 §8.2.2";

const badLengths: readonly Case[] = (
  [
    [
      "short",
      "a body shorter than Content-Length",
      [data(1, "hell", END_STREAM)],
      ["http2/8.1.2.6/1"],
    ],
    [
      "short-frames",
      "a body of two frames, shorter than Content-Length",
      [data(1, "he"), data(1, "ll", END_STREAM)],
      ["http2/8.1.2.6/2"],
    ],
    ["long", "a body longer than Content-Length", [data(1, "hello!", END_STREAM)], []],
    [
      "long-frames",
      "a second frame beyond Content-Length",
      [data(1, "hello"), data(1, "!", END_STREAM)],
      [],
    ],
    [
      "trailers",
      "trailers before Content-Length is reached",
      [data(1, "hell"), ends([["x-sum", "1"]])],
      [],
    ],
  ] as const
).map(([id, title, frames, h2spec]) => {
  const which = endsStream(
    "PROTOCOL_ERROR",
    { id: `h2-length-${id}`, title, source: LENGTH, h2spec, refuses: "body" },
    post(1, [["content-length", "5"]]),
    ...frames,
  );
  return {
    ...which,
    rule: "RST_STREAM PROTOCOL_ERROR, cut off at the server",
    checks: [nothingComplete, ...which.checks, cutOff],
  };
});

const noBody: readonly Case[] = [
  endsStream(
    "PROTOCOL_ERROR",
    {
      id: "h2-length-none",
      title: "Content-Length of 5 and the end of the stream",
      source: LENGTH,
      refuses: "head",
    },
    bare([...pseudo("POST"), ["content-length", "5"]]),
  ),
  ...(
    [
      ["word", "Content-Length of `five`", ["five"]],
      ["sign", "Content-Length of `+5`", ["+5"]],
      ["list", "Content-Length of `5, 6`", ["5, 6"]],
      ["two", "two Content-Length that differ", ["5", "6"]],
    ] as const
  ).map(([id, title, values]) =>
    h2Case(
      {
        id: `h2-length-${id}`,
        title,
        source: "RFC 9110 §8.6",
        rule: "400, not forwarded",
        refuses: "head",
      },
      [
        post(
          1,
          values.map((value) => ["content-length", value] as const),
        ) + data(1, "hello", END_STREAM),
        settled(1),
        ...PROBE,
      ],
      1,
      nothingComplete,
      answered(400),
      usable,
    ),
  ),
];

const badTrailers: readonly Case[] = [
  cutTrailers("pseudo", "a pseudo-field in trailers", "RFC 9113 §8.3", ends([[":method", "GET"]]), [
    "http2/8.1.2.1/3",
  ]),
  cutTrailers(
    "open",
    "trailers that do not end the stream",
    EXCHANGE,
    ends([["x-sum", "1"]], END_HEADERS),
    ["http2/8.1/1"],
  ),
  cutTrailers(
    "uppercase",
    "a trailer with a capital letter",
    "RFC 9113 §8.2",
    ends([["X-Sum", "1"]]),
    [],
  ),
  cutTrailers(
    "connection",
    "a trailer about the connection",
    FIELDS,
    ends([["transfer-encoding", "chunked"]]),
    [],
  ),
  cutTrailers(
    "crlf",
    "a trailer with a line end",
    "RFC 9113 §8.2.1",
    ends([["x-sum", "1\r\n\r\nGET /x HTTP/1.1"]]),
    [],
  ),
];

function cutTrailers(
  id: string,
  title: string,
  source: string,
  bytes: string,
  h2spec: readonly string[],
): Case {
  const which = endsStream(
    "PROTOCOL_ERROR",
    { id: `h2-trailers-${id}`, title, source, h2spec, refuses: "body" },
    post() + data(1, "hello"),
    bytes,
  );
  return {
    ...which,
    rule: "RST_STREAM PROTOCOL_ERROR, cut off at the server",
    checks: [nothingComplete, ...which.checks, cutOff],
  };
}

const forbidden: Case = accepted(
  {
    id: "h2-trailers-framing",
    title: "trailers named content-length and host",
    source: "RFC 9110 §6.5.1",
    rule: "dropped, the others forwarded",
  },
  [
    post(1, [["trailer", "x-sum, content-length, host"]]) +
      data(1, "hello") +
      ends([
        ["content-length", "9"],
        ["host", "example.org"],
        ["x-sum", "1"],
      ]),
  ],
  1,
  answered(200),
  request(0, trailers("x-sum: 1")),
);

export const h2Bodies: Topic = {
  name: "h2-bodies",
  title: "HTTP/2: bodies, lengths and trailers of requests",
  cases: [...badLengths, ...noBody, ...badTrailers, forbidden],
};
