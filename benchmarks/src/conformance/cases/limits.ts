// Cases about limits on the size of a request, and the status that refuses a larger request (RFC
// 9110 §15.5.14, RFC 6585 §5). The limits are Tandem's defaults. Bodies have no limit by default,
// so their limit is set to 64 KiB.
import type { Case, Topic } from "../case.ts";
import { answered, body, closed, forwardedTimes, nothingComplete, request } from "../checks.ts";
import { get, head, post, refused } from "./wording.ts";

const KIB = 1024;
/** The body limit with which the proxies are set up for these cases. */
export const BODY_LIMIT_BYTES = 64 * KIB;

const many = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: 1`);
const long = (bytes: number) => "a".repeat(bytes);

const refusals: readonly Case[] = [
  refused(
    414,
    { id: "line-too-long", title: "a request line of 9 KiB", source: "RFC 9110 §15.5.15" },
    head(`GET /${long(9 * KIB)} HTTP/1.1`, "Host: example.com"),
  ),
  refused(
    414,
    {
      id: "line-endless",
      title: "a request line of 64 KiB that does not end",
      source: "RFC 9110 §15.5.15",
    },
    `GET /${long(64 * KIB)}`,
  ),
  refused(
    431,
    { id: "field-too-long", title: "one field of 40 KiB", source: "RFC 6585 §5" },
    get(`X-Long: ${long(40 * KIB)}`),
  ),
  refused(
    431,
    { id: "head-too-long", title: "100 fields of 400 bytes", source: "RFC 6585 §5" },
    get(...many(100).map((line) => line + long(400))),
  ),
  refused(431, { id: "fields-129", title: "129 fields", source: "RFC 6585 §5" }, get(...many(128))),
];

const bodies: readonly Case[] = [
  {
    ...refused(
      413,
      { id: "body-announced", title: "Content-Length over the limit", source: "RFC 9110 §15.5.14" },
      post([`Content-Length: ${BODY_LIMIT_BYTES + 1}`], long(KIB)),
    ),
    needs: "body limit",
  },
  {
    id: "body-chunked",
    title: "a chunked body that grows over the limit",
    source: "RFC 9110 §15.5.14",
    rule: "413, close; cut off at the server",
    send: [
      post(["Transfer-Encoding: chunked"]),
      ...Array.from({ length: 5 }, () => `${(16 * KIB).toString(16)}\r\n${long(16 * KIB)}\r\n`),
    ],
    answers: 0,
    refuses: "body",
    needs: "body limit",
    checks: [nothingComplete, answered(413), closed],
  },
  {
    id: "body-chunked-last-read",
    title: "a chunked body that grows over the limit in the bytes that end it",
    source: "RFC 9110 §15.5.14",
    rule: "413, close; cut off at the server",
    send: [
      post(["Transfer-Encoding: chunked"]),
      `${(60 * KIB).toString(16)}\r\n${long(60 * KIB)}\r\n`,
      200,
      `${(8 * KIB).toString(16)}\r\n${long(8 * KIB)}\r\n0\r\n\r\n`,
    ],
    answers: 0,
    refuses: "body",
    needs: "body limit",
    checks: [nothingComplete, answered(413), closed],
  },
];

const within: readonly Case[] = [
  {
    id: "fields-128",
    title: "128 fields",
    source: "RFC 9110 §5.4",
    rule: "forwarded",
    send: [get(...many(127))],
    answers: 1,
    checks: [answered(200), forwardedTimes(1)],
  },
  {
    id: "line-8-kib",
    title: "a request line of 8000 bytes",
    source: "RFC 9112 §3",
    rule: "forwarded",
    send: [head(`GET /${long(7985)} HTTP/1.1`, "Host: example.com")],
    answers: 1,
    checks: [answered(200), forwardedTimes(1)],
  },
  {
    id: "body-at-limit",
    title: "a body of 64 KiB",
    source: "RFC 9110 §8.6",
    rule: "forwarded whole",
    send: [post([`Content-Length: ${BODY_LIMIT_BYTES}`], long(BODY_LIMIT_BYTES))],
    answers: 1,
    checks: [answered(200), forwardedTimes(1), request(0, body(long(BODY_LIMIT_BYTES)))],
  },
];

export const limits: Topic = {
  name: "limits",
  title: "Limits on requests",
  cases: [...refusals, ...bodies, ...within],
};
