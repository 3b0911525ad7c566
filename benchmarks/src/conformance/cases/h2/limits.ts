// Cases about limits on requests over HTTP/2 (RFC 9110 §15.5.14, RFC 6585 §5), and about access rules for hosts and paths.
import type { Case, Topic } from "../../case.ts";
import {
  answered,
  body,
  forwardedTimes,
  nothingComplete,
  nothingForwarded,
  request,
} from "../../checks.ts";
import { usable } from "../../checks-h2.ts";
import {
  CONTINUATION,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  NO_FLAG,
} from "../../wire/h2/frames.ts";
import { literal } from "../../wire/h2/hpack-write.ts";
import { BODY_LIMIT_BYTES } from "../limits.ts";
import {
  accepted,
  bare,
  endsConnection,
  type Fields,
  get,
  h2Case,
  PROBE,
  post,
  pseudo,
  requestBlock,
  settled,
} from "./wording.ts";

const KIB = 1024;
const long = (bytes: number) => "a".repeat(bytes);

/** Returns a GET whose block is cut into frames of at most 16 KiB. */
function large(fields: Fields, id = 1, path = "/"): string {
  const block = requestBlock("GET", fields, path);
  let frames = "";
  for (let at = 0; at < block.length; at += 16 * KIB) {
    const part = block.slice(at, at + 16 * KIB);
    const last = at + 16 * KIB >= block.length ? END_HEADERS : NO_FLAG;
    frames += at === 0 ? headers(id, part, END_STREAM | last) : frame(CONTINUATION, last, id, part);
  }
  return frames;
}

function refusedHead(
  status: number,
  about: Pick<Case, "id" | "title" | "source">,
  bytes: string,
): Case {
  return h2Case(
    { ...about, rule: `${status}, the connection goes on`, refuses: "head" },
    [bytes, settled(1), ...PROBE],
    1,
    nothingForwarded,
    answered(status),
    usable,
  );
}

const many = (count: number): Fields =>
  Array.from({ length: count }, (_, index) => [`x-${index}`, "1"]);

const heads: readonly Case[] = [
  refusedHead(
    414,
    { id: "h2-path-too-long", title: "`:path` of 9 KiB", source: "RFC 9110 §15.5.15" },
    large([], 1, `/${long(9 * KIB)}`),
  ),
  refusedHead(
    431,
    { id: "h2-field-too-long", title: "one field of 40 KiB", source: "RFC 9113 §10.5.1" },
    large([["x-long", long(40 * KIB)]]),
  ),
  refusedHead(
    431,
    { id: "h2-head-too-long", title: "100 fields of 400 bytes", source: "RFC 9113 §10.5.1" },
    large(many(100).map(([name]) => [name, long(400)])),
  ),
  refusedHead(
    431,
    { id: "h2-fields-129", title: "129 fields", source: "RFC 6585 §5" },
    large(many(129)),
  ),
  accepted(
    {
      id: "h2-head-then-next",
      title: "a request behind one whose head is too large",
      source: "RFC 9113 §10.5.1",
      rule: "431, then answered",
    },
    [large([["x-long", long(40 * KIB)]]) + get(3)],
    2,
    answered(431, 200),
    forwardedTimes(1),
  ),
  accepted(
    {
      id: "h2-path-8-kib",
      title: "`:path` of 8000 bytes",
      source: "RFC 9110 §4.1",
      rule: "forwarded",
    },
    [large([], 1, `/${long(7_999)}`)],
    1,
    answered(200),
    forwardedTimes(1),
  ),
  endsConnection(
    "ENHANCE_YOUR_CALM",
    {
      id: "h2-block-endless",
      title: "a head of 1 MiB in CONTINUATION frames",
      source: "RFC 9113 §10.5.1",
      rule: "GOAWAY, close",
    },
    headers(1, requestBlock(), END_STREAM) +
      frame(CONTINUATION, NO_FLAG, 1, literal("x", long(16_000))).repeat(64),
  ),
];

const bodies: readonly Case[] = [
  h2Case(
    {
      id: "h2-body-announced",
      title: "Content-Length over the limit",
      source: "RFC 9110 §15.5.14",
      rule: "413, not forwarded",
      refuses: "body",
      needs: "body limit",
    },
    [
      post(1, [["content-length", String(BODY_LIMIT_BYTES + 1)]]) + data(1, "hello"),
      settled(1),
      ...PROBE,
    ],
    1,
    nothingComplete,
    answered(413),
    usable,
  ),
  h2Case(
    {
      id: "h2-body-grows",
      title: "a body that grows over the limit",
      source: "RFC 9110 §15.5.14",
      rule: "413, cut off at the server",
      refuses: "body",
      needs: "body limit",
    },
    [
      post() + data(1, long(16 * KIB)).repeat(3),
      50,
      data(1, long(15 * KIB)) + data(1, long(2 * KIB)),
      settled(1),
      ...PROBE,
    ],
    1,
    nothingComplete,
    answered(413),
    usable,
  ),
  accepted(
    {
      id: "h2-body-at-limit",
      title: "a body of 64 KiB less one byte",
      source: "RFC 9110 §8.6",
      rule: "forwarded whole",
      needs: "body limit",
    },
    [post() + data(1, long(16 * KIB)).repeat(3) + data(1, long(16 * KIB - 1), END_STREAM)],
    1,
    answered(200),
    request(0, body(long(64 * KIB - 1))),
  ),
];

const rules: readonly Case[] = (
  [
    ["authority", "`:authority: private.example`", [[":authority", "private.example"]], "/"],
    [
      "authority-case",
      "`:authority: PRIVATE.Example:80`",
      [[":authority", "PRIVATE.Example:80"]],
      "/",
    ],
    ["host", "`Host: private.example` without `:authority`", [["host", "private.example"]], "/"],
    [
      "host-behind",
      "`Host: private.example` behind another `:authority`",
      [
        [":authority", "example.com"],
        ["host", "private.example"],
      ],
      "/",
    ],
    ["path", "`:path` of `/private/x`", [[":authority", "example.com"]], "/private/x"],
    [
      "path-dots",
      "`:path` of `/a/../private/x`",
      [[":authority", "example.com"]],
      "/a/../private/x",
    ],
    ["path-escaped", "`:path` of `/%70rivate/x`", [[":authority", "example.com"]], "/%70rivate/x"],
  ] as const
).map(([id, title, fields, path]) =>
  h2Case(
    {
      id: `h2-rule-${id}`,
      title,
      source: "RFC 9113 §8.3.1, RFC 3986 §6.2.2",
      rule: "the rule holds",
      refuses: "head",
      needs: "rules",
    },
    [
      bare([...pseudo("GET", path).filter(([name]) => name !== ":authority"), ...fields]),
      settled(1),
    ],
    1,
    nothingForwarded,
  ),
);

export const h2Limits: Topic = {
  name: "h2-limits",
  title: "HTTP/2: limits, and rules about hosts and paths",
  cases: [...heads, ...bodies, ...rules],
};
