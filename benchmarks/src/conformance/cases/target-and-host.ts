// Cases about the request line, its target and the Host field (RFC 9112 §3, RFC 9110 §7.2).
import type { Case, Topic } from "../case.ts";
import {
  all,
  answered,
  answeredWithOneOf,
  closed,
  forwardedTimes,
  has,
  nothingForwarded,
  request,
  starts,
} from "../checks.ts";
import { get, head, refused } from "./wording.ts";

const HOST = "RFC 9112 §3.2";
const LINE = "RFC 9112 §3";

const badHost = (
  [
    ["host-twice", "two differing Host lines", ["Host: a.example", "Host: b.example"]],
    ["host-twice-equal", "two equal Host lines", ["Host: example.com", "Host: example.com"]],
    ["host-missing", "no Host on HTTP/1.1", ["X-A: b"]],
    ["host-empty", "empty Host", ["Host: "]],
    ["host-path", "`Host: example.com/x`", ["Host: example.com/x"]],
    ["host-userinfo", "`Host: user@example.com`", ["Host: user@example.com"]],
    ["host-space", "`Host: example.com evil`", ["Host: example.com evil"]],
    ["host-comma", "`Host: a.example, b.example`", ["Host: a.example, b.example"]],
    ["host-port", "`Host: example.com:x`", ["Host: example.com:x"]],
    ["host-port-range", "`Host: example.com:99999`", ["Host: example.com:99999"]],
    ["host-bracket", "`Host: [::1`", ["Host: [::1"]],
  ] as const
).map(([id, title, lines]) =>
  refused(400, { id, title, source: HOST }, head("GET / HTTP/1.1", ...lines)),
);

/** Cases with a request line that must be refused. The Host field of each request is valid. */
const badLine = (
  [
    ["target-fragment", 400, "`/#x`", "RFC 9112 §3.2.1", "GET /#x HTTP/1.1"],
    ["target-space", 400, "a space in the target", LINE, "GET /a b HTTP/1.1"],
    ["target-control", 400, "a control byte in the target", LINE, "GET /\x01 HTTP/1.1"],
    ["target-nul", 400, "NUL in the target", LINE, "GET /a\0b HTTP/1.1"],
    ["target-tab", 400, "a tab between method and target", LINE, "GET\t/ HTTP/1.1"],
    ["target-high-byte", 400, "byte 0xE9 in the target", "RFC 3986 §2", "GET /\xe9 HTTP/1.1"],
    ["target-backslash", 400, "`/a\\b`", "RFC 3986 §2", "GET /a\\b HTTP/1.1"],
    ["target-percent", 400, "`/%zz`", "RFC 3986 §2.1", "GET /%zz HTTP/1.1"],
    ["target-relative", 400, "a target without `/`", "RFC 9112 §3.2", "GET x HTTP/1.1"],
    ["target-star-get", 400, "`GET *`", "RFC 9112 §3.2.4", "GET * HTTP/1.1"],
    [
      "target-scheme",
      400,
      "`ftp://example.com/`",
      "RFC 9112 §3.2.2",
      "GET ftp://example.com/ HTTP/1.1",
    ],
    [
      "target-userinfo",
      400,
      "`http://user@example.com/`",
      "RFC 9110 §4.2.4",
      "GET http://user@example.com/ HTTP/1.1",
    ],
    ["two-spaces", 400, "two spaces before the target", LINE, "GET  / HTTP/1.1"],
    ["leading-space", 400, "a space before the method", LINE, " GET / HTTP/1.1"],
    ["trailing-space", 400, "a space after the version", LINE, "GET / HTTP/1.1 "],
    ["bad-method", 400, "method `G(T`", "RFC 9112 §3.1", "G(T / HTTP/1.1"],
    ["http-0.9", 400, "HTTP/0.9", LINE, "GET /"],
    ["version-2", 505, "`HTTP/2.0`", "RFC 9110 §15.6.6", "GET / HTTP/2.0"],
    ["version-3", 505, "`HTTP/3.0`", "RFC 9110 §15.6.6", "GET / HTTP/3.0"],
    ["version-lower-case", 400, "`http/1.1`", "RFC 9112 §2.3", "GET / http/1.1"],
    ["version-zeros", 400, "`HTTP/01.1`", "RFC 9112 §2.3", "GET / HTTP/01.1"],
    ["version-1.10", 400, "`HTTP/1.10`", "RFC 9112 §2.3", "GET / HTTP/1.10"],
  ] as const
).map(([id, status, title, source, line]) =>
  refused(status, { id, title, source }, head(line, "Host: example.com")),
);

/**
 * An HTTP/0.9 request consists of its first line only. The proxy must refuse the request after that
 * line, because a wait for fields would only end with a timeout.
 */
const barePath = refused(
  400,
  { id: "http-0.9-alone", title: "`GET /` and nothing more", source: LINE },
  "GET /\r\n",
);

const authority = "RFC 9112 §3.2.2";

/**
 * Makes a case that sends the request line `asked`. The origin must receive the request line `line`
 * and the Host field `host`.
 */
function becomes(
  id: string,
  asked: string,
  line: string,
  host: string,
  rule: string,
  source: string,
): Case {
  const method = asked.slice(0, asked.indexOf(" "));
  return {
    id,
    title: `\`${asked}\``,
    source,
    rule,
    send: [head(`${asked} HTTP/1.1`, "Host: example.com")],
    methods: [method],
    answers: 1,
    checks: [
      answered(200),
      forwardedTimes(1),
      request(0, all(starts(`${line} HTTP/1.1`), has("host", host))),
    ],
  };
}

/**
 * Makes a case with a path that some servers read as another path. The proxy must pass the path on
 * unchanged, so that the server decides which path is meant.
 */
const asWritten = (id: string, path: string) =>
  becomes(
    ...([id, `GET ${path}`, `GET ${path}`, "example.com", "forwarded as written"] as const),
    "RFC 9112 §3.2.1",
  );

/**
 * Makes a case with dot segments (`..`) in the path `asked`. The proxy must forward the resolved
 * `path`. Clients resolve dot segments themselves, so a request that contains them is likely an
 * attempt to get past an access rule.
 */
const undotted = (id: string, asked: string, path: string) =>
  becomes(
    ...([id, `GET ${asked}`, `GET ${path}`, "example.com", `forwarded as \`${path}\``] as const),
    "RFC 3986 §5.2.4",
  );

const good: readonly Case[] = [
  becomes(
    "absolute-form",
    "GET http://a.example/x?y",
    "GET /x?y",
    "a.example",
    "authority from the target, Host rewritten",
    authority,
  ),
  becomes(
    "absolute-form-port",
    "GET http://a.example:8080/",
    "GET /",
    "a.example:8080",
    "authority from the target, Host rewritten",
    authority,
  ),
  becomes(
    "absolute-form-bare",
    "GET http://a.example",
    "GET /",
    "a.example",
    "forwarded as `/`",
    authority,
  ),
  becomes(
    "options-star",
    "OPTIONS *",
    "OPTIONS *",
    "example.com",
    "forwarded as it is",
    "RFC 9112 §3.2.4",
  ),
  becomes(
    "method-unknown",
    "FROB /",
    "FROB /",
    "example.com",
    "forwarded as it is",
    "RFC 9110 §9.1",
  ),
  becomes(
    "absolute-form-as-written",
    "GET http://a.example//x/%7e",
    "GET //x/%7e",
    "a.example",
    "its path forwarded as written",
    authority,
  ),
  asWritten("double-slash", "//x"),
  asWritten("url-in-path", "/hash/http://x/y"),
  asWritten("many-slashes", "/a///b//"),
  asWritten("escaped-slash", "/a%2fb"),
  asWritten("escaped-letter", "/%61"),
  asWritten("escaped-tilde", "/%7Euser/%7e"),
  asWritten("escaped-utf-8", "/caf%c3%A9"),
  asWritten("signed-url", "/key%20a%2Bb/?X-Amz-Signature=a%2fb%2Fc"),
  asWritten("dots-in-names", "/..a/.well-known/...//x"),
  asWritten("query-untouched", "/?a=//../%2e"),
  undotted("escaped-dots", "/%2e%2e/x", "/x"),
  undotted("half-escaped-dots", "/a/b/.%2E/%2e/x", "/a/x"),
  undotted("dots-above-root", "/a/../../b", "/b"),
  undotted("dots-at-the-end", "/a/b/..", "/a/"),
  undotted("dots-beside-slashes", "/a//b/../c/./%7e", "/a//c/%7e"),
  {
    id: "host-missing-1.0",
    title: "no Host on HTTP/1.0",
    source: HOST,
    rule: "served; the server gets a well-formed request",
    send: [head("GET / HTTP/1.0")],
    answers: 1,
    checks: [answered(200), forwardedTimes(1)],
  },
  {
    id: "empty-line-first",
    title: "an empty line before the request line",
    source: "RFC 9112 §2.2",
    rule: "ignored",
    send: [`\r\n${get()}`],
    answers: 1,
    checks: [answered(200), forwardedTimes(1), request(0, starts("GET / HTTP/1.1"))],
  },
  {
    id: "connect",
    title: "CONNECT",
    source: "RFC 9110 §9.3.6",
    rule: "405, no tunnel",
    send: [head("CONNECT example.com:443 HTTP/1.1", "Host: example.com:443")],
    methods: ["CONNECT"],
    answers: 1,
    refuses: "head",
    checks: [nothingForwarded, answered(405)],
  },
  {
    id: "connect-then-request",
    title: "CONNECT, and a request that may be meant for its tunnel",
    source: "RFC 9931 §8",
    rule: "405, close; not read as a request",
    send: [head("CONNECT example.com:443 HTTP/1.1", "Host: example.com:443") + get()],
    methods: ["CONNECT"],
    answers: 0,
    refuses: "head",
    checks: [nothingForwarded, answered(405), closed],
  },
  {
    id: "h2-preface",
    title: "the preface of HTTP/2",
    source: "RFC 9113 §3.4",
    rule: "400 or 505, close",
    send: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    answers: 0,
    refuses: "head",
    checks: [nothingForwarded, answeredWithOneOf(400, 505), closed],
  },
];

export const targetAndHost: Topic = {
  name: "target-and-host",
  title: "Request line, target and Host",
  cases: [...badHost, ...badLine, barePath, ...good],
};
