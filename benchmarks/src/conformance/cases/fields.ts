// Cases about the field lines of requests (RFC 9112 §5) and which fields a proxy forwards to the
// server (RFC 9110 §7.6).
import type { Case, Topic } from "../case.ts";
import {
  all,
  answered,
  answeredWithOneOf,
  forwardedTimes,
  has,
  type Look,
  lacks,
  nothingForwarded,
  request,
} from "../checks.ts";
import { valuesOf } from "../wire/message.ts";
import { ECHO } from "../wire/steps.ts";
import { get, head, refused, turn } from "./wording.ts";

const LINE = "RFC 9112 §5";
const VALUE = "RFC 9110 §5.5";

const BAD: readonly (readonly [id: string, title: string, source: string, bytes: string])[] = [
  ["bare-lf", "bare LF as line end", "RFC 9112 §2.2", "GET / HTTP/1.1\nHost: example.com\n\n"],
  [
    "bare-lf-field",
    "bare LF after one field",
    "RFC 9112 §2.2",
    "GET / HTTP/1.1\r\nHost: example.com\r\nX-A: b\nX-C: d\r\n\r\n",
  ],
  ["bare-cr", "bare CR in a value", "RFC 9112 §2.2", get("X-A: b\rX-C: d")],
  ["obs-fold", "a folded line", "RFC 9112 §5.2", get("X-A: b\r\n c")],
  [
    "fold-first",
    "white space before the first field",
    "RFC 9112 §2.2",
    head("GET / HTTP/1.1", " Host: a", "Host: example.com"),
  ],
  ["space-before-colon", "space before the colon", "RFC 9112 §5.1", get("X-A : b")],
  ["tab-before-colon", "tab before the colon", "RFC 9112 §5.1", get("X-A\t: b")],
  ["nul", "NUL in a value", VALUE, get("X-A: b\0c")],
  ["control", "control byte in a value", VALUE, get("X-A: b\x01c")],
  ["delete", "DEL in a value", VALUE, get("X-A: b\x7fc")],
  ["empty-name", "a field without a name", LINE, get(": b")],
  ["no-colon", "a field without a colon", LINE, get("X-A")],
  ["space-in-name", "space in a field name", "RFC 9110 §5.1", get("X A: b")],
  ["bad-name", "field name `X(A)`", "RFC 9110 §5.1", get("X(A): b")],
  ["high-byte-name", "byte 0xE9 in a field name", "RFC 9110 §5.1", get("X-\xe9: b")],
];

const refusals = BAD.map(([id, title, source, bytes]) =>
  refused(400, { id, title, source }, bytes),
);

/** Makes a case with a GET that has `fields`. The request that the origin receives must pass all checks `looks`. */
function forwardedAs(
  about: Pick<Case, "id" | "title" | "source" | "rule">,
  fields: readonly string[],
  ...looks: readonly Look[]
): Case {
  return {
    ...about,
    send: [get(...fields)],
    answers: 1,
    checks: [answered(200), forwardedTimes(1), request(0, all(...looks))],
  };
}

const HOP = "RFC 9110 §7.6.1";

const hopByHop: readonly Case[] = [
  forwardedAs(
    {
      id: "connection-named",
      title: "`Connection: close, X-Secret`",
      source: HOP,
      rule: "both removed",
    },
    ["Connection: close, X-Secret", "X-Secret: 1", "X-Kept: 1"],
    lacks("x-secret"),
    has("x-kept", "1"),
    ({ fields }) =>
      valuesOf({ fields }, "connection").join().includes("X-Secret")
        ? "Connection kept"
        : undefined,
  ),
  forwardedAs(
    {
      id: "connection-two-lines",
      title: "fields named by a second Connection line",
      source: HOP,
      rule: "removed",
    },
    ["Connection: keep-alive", "Connection: x-secret", "X-Secret: 1"],
    lacks("x-secret"),
  ),
  forwardedAs(
    {
      id: "hop-by-hop-set",
      title: "Keep-Alive, Proxy-Connection, TE, Proxy-Authorization",
      source: HOP,
      rule: "removed, named or not",
    },
    [
      "Keep-Alive: timeout=5",
      "Proxy-Connection: keep-alive",
      "TE: gzip",
      "Proxy-Authorization: Basic eA==",
    ],
    lacks("keep-alive", "proxy-connection", "te", "proxy-authorization"),
  ),
  ...["Host", "Content-Length", "X-Forwarded-For"].map((name) =>
    refused(
      400,
      {
        id: `connection-names-${name.toLowerCase()}`,
        title: `\`Connection: ${name}\``,
        source: HOP,
      },
      get(`Connection: ${name}`),
    ),
  ),
];

const MAX_FORWARDS = "RFC 9110 §7.6.2";
const options = (value: string): string =>
  head("OPTIONS / HTTP/1.1", "Host: example.com", `Max-Forwards: ${value}`);

const maxForwards: readonly Case[] = [
  {
    id: "max-forwards-0",
    title: "OPTIONS with `Max-Forwards: 0`",
    source: MAX_FORWARDS,
    rule: "answered here, not forwarded",
    send: [options("0")],
    answers: 1,
    checks: [answeredWithOneOf(200, 204), nothingForwarded],
  },
  {
    id: "max-forwards-5",
    title: "OPTIONS with `Max-Forwards: 5`",
    source: MAX_FORWARDS,
    rule: "forwarded as 4",
    send: [options("5")],
    answers: 1,
    checks: [answered(200), request(0, has("max-forwards", "4"))],
  },
  forwardedAs(
    {
      id: "max-forwards-get",
      title: "GET with `Max-Forwards: 0`",
      source: MAX_FORWARDS,
      rule: "means nothing: forwarded as it is",
    },
    ["Max-Forwards: 0"],
    has("max-forwards", "0"),
  ),
];

const kept: readonly Case[] = [
  forwardedAs(
    {
      id: "order-and-case",
      title: "order and case of fields",
      source: "RFC 9110 §5.3",
      rule: "kept",
    },
    ["x-lower: 1", "X-UPPER: 2", "X-Mixed: 3", "x-lower: 4"],
    ({ fields }) => {
      const names = fields
        .map(([name]) => name)
        .filter((name) => /^x-(lower|upper|mixed)/i.test(name));
      return names.join(" ") === "x-lower X-UPPER X-Mixed x-lower"
        ? undefined
        : `became ${names.join(" ")}`;
    },
  ),
  forwardedAs(
    {
      id: "duplicates",
      title: "two lines of one name",
      source: "RFC 9110 §5.3",
      rule: "kept apart",
    },
    ["Accept: text/html", "Accept: text/plain"],
    has("accept", "text/html", "text/plain"),
  ),
  forwardedAs(
    {
      id: "obs-text",
      title: "bytes above 0x7F in a value",
      source: VALUE,
      rule: "kept as they are",
    },
    ["X-Name: Ren\xe9"],
    has("x-name", "Ren\xe9"),
  ),
  forwardedAs(
    {
      id: "underscore",
      title: "`X_Under_Score` in a name",
      source: "RFC 9110 §5.1",
      rule: "never becomes `X-Under-Score`",
    },
    ["X_Under_Score: 1"],
    lacks("x-under-score"),
  ),
];

const identity: readonly Case[] = [
  forwardedAs(
    {
      id: "xff-overwritten",
      title: "X-Forwarded-For from an untrusted client",
      source: "RFC 7239 §8.1",
      rule: "replaced",
    },
    ["X-Forwarded-For: 6.6.6.6"],
    has("x-forwarded-for", "127.0.0.1"),
  ),
  forwardedAs(
    {
      id: "forwarding-overwritten",
      title: "X-Forwarded-Proto, -Host, Forwarded, X-Real-IP from an untrusted client",
      source: "RFC 7239 §8.1",
      rule: "replaced or removed",
    },
    [
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: evil",
      "Forwarded: for=6.6.6.6",
      "X-Real-IP: 6.6.6.6",
    ],
    (seen) => (/6\.6\.6\.6|evil/.test(seen.head) ? "believed" : undefined),
    (seen) => (valuesOf(seen, "x-forwarded-proto").includes("https") ? "believed" : undefined),
  ),
  forwardedAs(
    {
      id: "underscore-lookalikes",
      title: "`X_Forwarded_For`, `X-Real_IP`, `Content_Length` from an untrusted client",
      source: "RFC 3875 §4.1.18",
      rule: "removed: a CGI-like server takes them for those with hyphens",
    },
    ["X_Forwarded_For: 6.6.6.6", "X-Real_IP: 6.6.6.6", "Content_Length: 3"],
    lacks("x_forwarded_for", "x-real_ip", "content_length"),
  ),
  forwardedAs(
    {
      id: "request-id",
      title: "X-Request-Id from an untrusted client",
      source: "—",
      rule: "replaced by our own",
    },
    ["X-Request-Id: mine"],
    (seen) => {
      const [id = "", ...more] = valuesOf(seen, "x-request-id");
      return id.length > 8 && more.length === 0 ? undefined : `X-Request-Id: ${id || "none"}`;
    },
  ),
  forwardedAs(
    {
      id: "via",
      title: "Via on the forwarded request",
      source: "RFC 9110 §7.6.3",
      rule: "appended",
    },
    ["Via: 1.0 other"],
    (seen) => {
      const vias = valuesOf(seen, "via").join(", ").split(/, */);
      return vias.length === 2 && vias[0] === "1.0 other" && /^1\.1 /.test(vias[1] ?? "")
        ? undefined
        : `Via: ${vias.join(", ") || "none"}`;
    },
  ),
  {
    id: "via-loop",
    title: "a request with our own Via: it has come back",
    source: "RFC 9110 §7.6.3",
    rule: "400, forwarded no second time",
    send: [
      get(),
      /\r\n\r\n$/,
      (received) => get(`Via: ${/^via: *(.*)\r$/im.exec(received)?.[1] ?? "1.1 nobody"}`),
    ],
    origin: [turn(ECHO)],
    answers: 2,
    checks: [answered(200, 400), forwardedTimes(1)],
  },
  {
    ...forwardedAs(
      {
        id: "xff-trusted",
        title: "X-Forwarded-For from a trusted proxy",
        source: "RFC 7239 §5.2",
        rule: "appended to",
      },
      ["X-Forwarded-For: 9.9.9.9", "X-Forwarded-Proto: https"],
      has("x-forwarded-for", "9.9.9.9, 127.0.0.1"),
      has("x-forwarded-proto", "https"),
    ),
    needs: "trusted client",
  },
  {
    ...forwardedAs(
      {
        id: "xff-trusted-lines",
        title: "two lines each of X-Forwarded-For and -Proto from a trusted proxy",
        source: "RFC 9110 §5.3",
        rule: "one line each: all addresses, the last scheme",
      },
      [
        ...["X-Forwarded-For: 9.9.9.9", "X-Forwarded-Proto: https"],
        ...["X-Forwarded-For: 8.8.8.8", "X-Forwarded-Proto: http"],
      ],
      has("x-forwarded-for", "9.9.9.9, 8.8.8.8, 127.0.0.1"),
      has("x-forwarded-proto", "http"),
    ),
    needs: "trusted client",
  },
];

export const fields: Topic = {
  name: "fields",
  title: "Fields of requests",
  cases: [...refusals, ...hopByHop, ...maxForwards, ...kept, ...identity],
};
