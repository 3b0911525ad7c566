// Cases about the head of a request: pseudo-fields and fields that may not be there (RFC 9113 §8.2, §8.3). A malformed request
// must not be forwarded; its stream is reset (§8.1.1).
import type { Case, Topic } from "../../case.ts";
import {
  answered,
  forwardedTimes,
  has,
  lacks,
  nothingForwarded,
  request,
  starts,
} from "../../checks.ts";
import { usable } from "../../checks-h2.ts";
import {
  accepted,
  bare,
  type Fields,
  get,
  h2Case,
  malformed,
  PROBE,
  pseudo,
  settled,
} from "./wording.ts";

const PSEUDO = "RFC 9113 §8.3";
const REQUEST = "RFC 9113 §8.3.1";
const CONNECTION = "RFC 9113 §8.2.2";
const NAMES = "RFC 9113 §8.2, §8.2.1";

const without = (...names: readonly string[]): Fields =>
  pseudo().filter(([name]) => !names.includes(name));
const replaced = (name: string, value: string): Fields =>
  pseudo().map((field) => (field[0] === name ? [name, value] : field));

/** Heads that are valid HTTP/2 and whose meaning is none: they get an answer, as over HTTP/1.1. */
const ANSWERED: ReadonlySet<string> = new Set([
  ...[
    "path-star",
    "path-space",
    "path-fragment",
    "authority-user",
    "authority-empty",
    "no-authority",
  ],
]);

/** Makes a case of a head that is refused with an answer on its stream. */
function refusedHead(
  about: Pick<Case, "id" | "title" | "source" | "h2spec">,
  fields: Fields,
  status = 400,
): Case {
  return h2Case(
    { ...about, rule: `${status}, not forwarded`, refuses: "head" },
    [bare(fields), settled(1), ...PROBE],
    1,
    nothingForwarded,
    answered(status),
    usable,
  );
}

const bad = (
  [
    [
      "unknown",
      "an unknown pseudo-field",
      PSEUDO,
      [...pseudo(), [":test", "x"]],
      ["http2/8.1.2.1/1"],
    ],
    ["status", "`:status`", PSEUDO, [...pseudo(), [":status", "200"]], ["http2/8.1.2.1/2"]],
    [
      "late",
      "a pseudo-field behind a field",
      PSEUDO,
      [...without(":path"), ["x-one", "1"], [":path", "/"]],
      ["http2/8.1.2.1/4"],
    ],
    ["path-empty", "an empty `:path`", REQUEST, replaced(":path", ""), ["http2/8.1.2.3/1"]],
    ["no-method", "no `:method`", REQUEST, without(":method"), ["http2/8.1.2.3/2"]],
    ["no-scheme", "no `:scheme`", REQUEST, without(":scheme"), ["http2/8.1.2.3/3"]],
    ["no-path", "no `:path`", REQUEST, without(":path"), ["http2/8.1.2.3/4"]],
    [
      "two-methods",
      "two of `:method`",
      PSEUDO,
      [...pseudo(), [":method", "GET"]],
      ["http2/8.1.2.3/5"],
    ],
    [
      "two-schemes",
      "two of `:scheme`",
      PSEUDO,
      [...pseudo(), [":scheme", "http"]],
      ["http2/8.1.2.3/6"],
    ],
    ["two-paths", "two of `:path`", PSEUDO, [...pseudo(), [":path", "/"]], ["http2/8.1.2.3/7"]],
    [
      "two-authorities",
      "two of `:authority`",
      PSEUDO,
      [...pseudo(), [":authority", "example.com"]],
      [],
    ],
    ["path-relative", "`:path` of `x`", REQUEST, replaced(":path", "x"), []],
    ["path-uri", "`:path` with a whole URI", REQUEST, replaced(":path", "http://example.com/"), []],
    ["path-star", "GET with `:path` of `*`", REQUEST, replaced(":path", "*"), []],
    ["method-space", "`:method` of `GET /x`", REQUEST, replaced(":method", "GET /x"), []],
    ["method-empty", "an empty `:method`", REQUEST, replaced(":method", ""), []],
    ["no-authority", "neither `:authority` nor `Host`", REQUEST, without(":authority"), []],
    ["authority-empty", "an empty `:authority`", REQUEST, replaced(":authority", ""), []],
    [
      "authority-user",
      "`:authority` with a user",
      REQUEST,
      replaced(":authority", "user@example.com"),
      [],
    ],
    [
      "host-differs",
      "`Host` that differs from `:authority`",
      REQUEST,
      [...pseudo(), ["host", "example.org"]],
      [],
    ],
    [
      "hosts-differ",
      "two of `Host` that differ, and no `:authority`",
      REQUEST,
      [...without(":authority"), ["host", "example.com"], ["host", "example.org"]],
      [],
    ],
    ["path-lf", "a line feed in `:path`", NAMES, replaced(":path", "/\nX: y"), []],
    [
      "path-crlf",
      "a whole request in `:path`",
      NAMES,
      replaced(":path", "/ HTTP/1.1\r\nHost: a\r\n\r\nGET /x"),
      [],
    ],
    ["authority-crlf", "a line in `:authority`", NAMES, replaced(":authority", "a\r\nX: y"), []],
    ["path-space", "a space in `:path`", REQUEST, replaced(":path", "/a b"), []],
    ["path-fragment", "a fragment in `:path`", REQUEST, replaced(":path", "/a#b"), []],
    [
      "uppercase",
      "a name with a capital letter",
      NAMES,
      [...pseudo(), ["X-One", "1"]],
      ["http2/8.1.2/1"],
    ],
    ["name-empty", "an empty name", NAMES, [...pseudo(), ["", "1"]], []],
    ["name-space", "a name with a space", NAMES, [...pseudo(), ["x one", "1"]], []],
    ["name-colon", "a name with a colon", NAMES, [...pseudo(), ["x:one", "1"]], []],
    ["name-crlf", "a name with a line end", NAMES, [...pseudo(), ["x\r\nhost: b\r\ny", "1"]], []],
    ["name-nul", "a name with NUL", NAMES, [...pseudo(), ["x\0", "1"]], []],
    ["name-high", "a name with the byte 0xff", NAMES, [...pseudo(), ["x\xff", "1"]], []],
    ["value-lf", "a value with a line feed", NAMES, [...pseudo(), ["x-one", "1\nx-two: 2"]], []],
    [
      "value-crlf",
      "a value with a line end",
      NAMES,
      [...pseudo(), ["x-one", "1\r\ntransfer-encoding: chunked"]],
      [],
    ],
    ["value-cr", "a value with a carriage return", NAMES, [...pseudo(), ["x-one", "1\r2"]], []],
    ["value-nul", "a value with NUL", NAMES, [...pseudo(), ["x-one", "1\0"]], []],
    ["value-space", "a value that begins with a space", NAMES, [...pseudo(), ["x-one", " 1"]], []],
    ["value-tab", "a value that ends with a tab", NAMES, [...pseudo(), ["x-one", "1\t"]], []],
    [
      "connection",
      "`connection: keep-alive`",
      CONNECTION,
      [...pseudo(), ["connection", "keep-alive"]],
      ["http2/8.1.2.2/1"],
    ],
    ["keep-alive", "`keep-alive`", CONNECTION, [...pseudo(), ["keep-alive", "timeout=5"]], []],
    [
      "proxy-connection",
      "`proxy-connection`",
      CONNECTION,
      [...pseudo(), ["proxy-connection", "keep-alive"]],
      [],
    ],
    [
      "transfer-encoding",
      "`transfer-encoding: chunked`",
      CONNECTION,
      [...pseudo(), ["transfer-encoding", "chunked"]],
      [],
    ],
    ["upgrade", "`upgrade: h2c`", CONNECTION, [...pseudo(), ["upgrade", "h2c"]], []],
    [
      "te",
      "`te: gzip`",
      CONNECTION,
      [...pseudo(), ["te", "trailers, deflate;q=0.5"]],
      ["http2/8.1.2.2/2"],
    ],
    [
      "connect-scheme",
      "CONNECT with `:scheme` and `:path`",
      "RFC 9113 §8.5",
      pseudo("CONNECT"),
      [],
    ],
    ["connect-bare", "CONNECT without `:authority`", "RFC 9113 §8.5", [[":method", "CONNECT"]], []],
    [
      "protocol",
      "GET with `:protocol`",
      "RFC 8441 §4",
      [...pseudo(), [":protocol", "websocket"]],
      [],
    ],
  ] as const satisfies readonly (readonly [string, string, string, Fields, readonly string[]])[]
).map(([id, title, source, fields, h2spec]): Case => {
  const about = { id: `h2-head-${id}`, title, source, h2spec };
  return ANSWERED.has(id) ? refusedHead(about, fields) : malformed(about, bare(fields));
});

const good: readonly Case[] = [
  accepted(
    {
      id: "h2-authority-port",
      title: "`:authority` with an address and a port",
      source: REQUEST,
      rule: "forwarded as Host",
    },
    [bare(replaced(":authority", "[::1]:8080"))],
    1,
    answered(200),
    request(0, has("host", "[::1]:8080")),
  ),
  accepted(
    { id: "h2-te-trailers", title: "`te: trailers`", source: CONNECTION },
    [get(1, [["te", "trailers"]])],
    1,
    answered(200),
    forwardedTimes(1),
  ),
  accepted(
    { id: "h2-host", title: "`Host` in place of `:authority`", source: REQUEST, rule: "forwarded" },
    [bare([...without(":authority"), ["host", "example.com"]])],
    1,
    answered(200),
    request(0, has("host", "example.com")),
  ),
  accepted(
    {
      id: "h2-host-same",
      title: "`Host` that agrees with `:authority`",
      source: REQUEST,
      rule: "forwarded, one Host",
    },
    [get(1, [["host", "Example.com"]])],
    1,
    answered(200),
    request(0, ({ fields }) =>
      fields.filter(([name]) => name.toLowerCase() === "host").length === 1
        ? undefined
        : "two Hosts",
    ),
  ),
  accepted(
    {
      id: "h2-options",
      title: "OPTIONS with `:path` of `*`",
      source: REQUEST,
      rule: "forwarded as `OPTIONS *`",
    },
    [bare(pseudo("OPTIONS", "*"))],
    1,
    answered(200),
    request(0, starts("OPTIONS * HTTP/1.1")),
  ),
  accepted(
    {
      id: "h2-scheme-https",
      title: "`:scheme` of https on a connection without TLS",
      source: REQUEST,
      rule: "forwarded",
    },
    [bare(replaced(":scheme", "https"))],
    1,
    answered(200),
    forwardedTimes(1),
  ),
  accepted(
    {
      id: "h2-value-bytes",
      title: "a value with bytes above 0x7f",
      source: NAMES,
      rule: "forwarded as it is",
    },
    [get(1, [["x-one", "caf\xe9 \xff"]])],
    1,
    answered(200),
    request(0, has("x-one", "caf\xe9 \xff")),
  ),
  accepted(
    { id: "h2-value-empty", title: "an empty value", source: NAMES, rule: "forwarded" },
    [get(1, [["x-one", ""]])],
    1,
    answered(200),
    request(0, has("x-one", "")),
  ),
  accepted(
    {
      id: "h2-priority-field",
      title: "`priority: u=1, i`",
      source: "RFC 9218 §4",
      rule: "passed on",
    },
    [get(1, [["priority", "u=1, i"]])],
    1,
    answered(200),
    request(0, has("priority", "u=1, i")),
  ),
  accepted(
    {
      id: "h2-forwarded-head",
      title: "what HTTP/1.1 has for its connections",
      source: "RFC 9113 §8.2.2",
      rule: "not added for the server",
    },
    [get()],
    1,
    answered(200),
    request(0, lacks("http2-settings", "upgrade")),
  ),
];

const plainConnect: Case = refusedHead(
  { id: "h2-connect", title: "CONNECT", source: "RFC 9113 §8.5", h2spec: [] },
  [
    [":method", "CONNECT"],
    [":authority", "example.com:443"],
  ],
  405,
);

export const h2Requests: Topic = {
  name: "h2-requests",
  title: "HTTP/2: heads of requests",
  cases: [...bad, plainConnect, ...good],
};
