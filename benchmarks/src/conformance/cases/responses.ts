// Cases about valid answers, answers without a body, and bytes that the server sends without a
// request (RFC 9112 §6.3).
import type { Case, Topic } from "../case.ts";
import {
  all,
  answered,
  answeredWithOneOf,
  body,
  closed,
  finals,
  has,
  keptOpen,
  type Look,
  lacks,
  response,
  trailers,
} from "../checks.ts";
import { type Message, valuesOf } from "../wire/message.ts";
import { HALF_CLOSE, RESET, type Step } from "../wire/steps.ts";
import { get, head, ok, turn } from "./wording.ts";

const LENGTH = "RFC 9112 §6.3";

type About = Pick<Case, "id" | "title" | "source">;

const halfChunked = `${ok("Transfer-Encoding: chunked")}5\r\nhello\r\n`;

/**
 * Makes a case with two requests. The server sends `first` for the first request, and the client's
 * first answer must pass the check `look`. The second request must get its own answer, not bytes
 * that the server sent before the second request.
 */
function nextIsClean(
  about: About & { readonly rule: string },
  first: readonly Step[],
  look: Look,
  method = "GET",
): Case {
  return {
    ...about,
    send: [head(`${method} / HTTP/1.1`, "Host: example.com"), /\r\n\r\n/, 60, get()],
    methods: [method, "GET"],
    origin: [turn(...first), turn(`${ok("Content-Length: 3")}own`)],
    answers: 2,
    checks: [
      (observed) =>
        finals(observed).length === 2 ? undefined : `${finals(observed).length} answers`,
      response(0, look),
      response(1, all(body("own"))),
      keptOpen,
    ],
  };
}

const noBody =
  (status: number, ...looks: readonly Look[]) =>
  (message: Message) =>
    message.start.startsWith(`HTTP/1.1 ${status}`)
      ? all(...looks)(message)
      : `became ${message.start}`;

const bodiless: readonly Case[] = [
  nextIsClean(
    {
      id: "304-length",
      title: "304 with Content-Length",
      source: "RFC 9110 §15.4.5",
      rule: "passed through, no body",
    },
    [head("HTTP/1.1 304 Not Modified", "Content-Length: 5", 'ETag: "a"')],
    noBody(304, has("content-length", "5"), has("etag", '"a"')),
  ),
  nextIsClean(
    {
      id: "head-length",
      title: "HEAD with Content-Length",
      source: "RFC 9110 §9.3.2",
      rule: "passed through, no body",
    },
    [ok("Content-Length: 5")],
    noBody(200, has("content-length", "5")),
    "HEAD",
  ),
  nextIsClean(
    {
      id: "head-chunked",
      title: "HEAD with `Transfer-Encoding: chunked`",
      source: "RFC 9110 §9.3.2",
      rule: "no body, no last chunk",
    },
    [ok("Transfer-Encoding: chunked")],
    noBody(200),
    "HEAD",
  ),
  nextIsClean(
    {
      id: "head-body",
      title: "HEAD answered with a body",
      source: "RFC 9110 §9.3.2",
      rule: "bytes discarded, server connection closed",
    },
    [`${ok("Content-Length: 5")}hello`],
    noBody(200, has("content-length", "5")),
    "HEAD",
  ),
  nextIsClean(
    {
      id: "204-body",
      title: "204 with body bytes",
      source: "RFC 9110 §15.3.5",
      rule: "bytes discarded, server connection closed",
    },
    [`${head("HTTP/1.1 204 No Content", "Content-Length: 5")}hello`],
    noBody(204, lacks("content-length", "transfer-encoding")),
  ),
  nextIsClean(
    {
      id: "205-body",
      title: "205 with body bytes",
      source: "RFC 9110 §15.3.6",
      rule: "bytes discarded, server connection closed",
    },
    [`${head("HTTP/1.1 205 Reset Content", "Content-Length: 5")}hello`],
    noBody(205, body("")),
  ),
  nextIsClean(
    {
      id: "304-body",
      title: "304 with body bytes",
      source: "RFC 9110 §15.4.5",
      rule: "bytes discarded, server connection closed",
    },
    [`${head("HTTP/1.1 304 Not Modified", "Content-Length: 5")}hello`],
    noBody(304),
  ),
];

const evil = `${ok("Content-Length: 4")}evil`;

const extra: readonly Case[] = [
  nextIsClean(
    {
      id: "extra-response",
      title: "a second answer behind the first",
      source: LENGTH,
      rule: "never an answer; connection discarded",
    },
    [`${ok("Content-Length: 5")}hello${evil}`],
    body("hello"),
  ),
  nextIsClean(
    {
      id: "late-response",
      title: "a second answer 30 ms later",
      source: LENGTH,
      rule: "never an answer; connection discarded",
    },
    [`${ok("Content-Length: 5")}hello`, 30, evil],
    body("hello"),
  ),
];

const connectionOf = (message: Message) => valuesOf(message, "connection").join().toLowerCase();

const relayed: readonly Case[] = [
  {
    id: "until-close",
    title: "a body that lasts until close",
    source: LENGTH,
    rule: "relayed chunked, client connection kept",
    send: [get()],
    origin: [turn(`${ok()}hello`, HALF_CLOSE)],
    answers: 1,
    checks: [
      answered(200),
      response(0, all(body("hello"), has("transfer-encoding", "chunked"))),
      keptOpen,
    ],
  },
  {
    id: "chunked-to-http-1.0",
    title: "a chunked answer with a trailer for a client of HTTP/1.0",
    source: "RFC 9112 §6.1",
    rule: "unchunked, no `Trailer`, until close",
    send: [head("GET / HTTP/1.0", "Host: example.com")],
    origin: [
      turn(
        `${ok("Trailer: X-Sum", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
      ),
    ],
    answers: 0,
    checks: [
      answered(200),
      response(0, all(body("hello"), lacks("transfer-encoding", "trailer", "x-sum"))),
      closed,
    ],
  },
  {
    id: "length-equal",
    title: "`Content-Length: 5, 5`",
    source: LENGTH,
    rule: "one `Content-Length: 5`",
    send: [get()],
    origin: [turn(`${ok("Content-Length: 5, 5")}hello`)],
    answers: 1,
    checks: [answered(200), response(0, all(has("content-length", "5"), body("hello")))],
  },
  {
    id: "set-cookie",
    title: "two Set-Cookie lines",
    source: "RFC 9110 §5.3, RFC 6265 §3",
    rule: "kept apart, in order",
    send: [get()],
    origin: [
      turn(`${ok("Set-Cookie: a=1", "X-Between: 1", "Set-Cookie: b=2", "Content-Length: 5")}hello`),
    ],
    answers: 1,
    checks: [answered(200), response(0, has("set-cookie", "a=1", "b=2"))],
  },
  {
    id: "response-case",
    title: "order and case of the answer's fields",
    source: "RFC 9110 §5.3",
    rule: "kept",
    send: [get()],
    origin: [turn(`${ok("x-lower: 1", "X-UPPER: 2", "x-lower: 3", "Content-Length: 5")}hello`)],
    answers: 1,
    checks: [
      response(0, ({ fields }) => {
        const names = fields.map(([name]) => name).filter((name) => /^x-(lower|upper)/i.test(name));
        return names.join(" ") === "x-lower X-UPPER x-lower"
          ? undefined
          : `became ${names.join(" ")}`;
      }),
    ],
  },
  {
    id: "response-connection-named",
    title: "`Connection: X-Secret` in the answer",
    source: "RFC 9110 §7.6.1",
    rule: "both removed",
    send: [get()],
    origin: [
      turn(
        `${ok("Connection: X-Secret", "X-Secret: 1", "Keep-Alive: timeout=5", "Content-Length: 5")}hello`,
      ),
    ],
    answers: 1,
    checks: [
      answered(200),
      response(0, lacks("x-secret")),
      response(0, (message) =>
        connectionOf(message).includes("x-secret") ? "Connection kept" : undefined,
      ),
      response(0, (message) =>
        valuesOf(message, "keep-alive").includes("timeout=5") ? "Keep-Alive kept" : undefined,
      ),
    ],
  },
  {
    id: "response-trailers",
    title: "announced trailers for a client that takes them",
    source: "RFC 9110 §6.5",
    rule: "relayed with `Trailer`",
    send: [get("TE: trailers", "Connection: TE")],
    origin: [
      turn(
        `${ok("Transfer-Encoding: chunked", "Trailer: X-Checksum")}5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n`,
      ),
    ],
    answers: 1,
    checks: [
      answered(200),
      response(0, all(body("hello"), has("trailer", "X-Checksum"))),
      response(0, trailers("x-checksum: 1")),
    ],
  },
  {
    id: "response-trailers-hop-by-hop",
    title: "a trailer that `Connection` names",
    source: "RFC 9110 §7.6.1",
    rule: "ends here",
    send: [get("TE: trailers", "Connection: TE")],
    origin: [
      turn(
        `${ok("Transfer-Encoding: chunked", "Connection: X-Hop", "Trailer: X-Hop")}5\r\nhello\r\n0\r\nX-Hop: 1\r\n\r\n`,
      ),
    ],
    answers: 1,
    checks: [answered(200), response(0, all(body("hello"), trailers()))],
  },
  {
    id: "response-trailers-unannounced",
    title: "trailers that nothing announced",
    source: "RFC 9110 §6.5.2",
    rule: "dropped",
    send: [get("TE: trailers", "Connection: TE")],
    origin: [turn(`${halfChunked}0\r\nX-Checksum: 1\r\n\r\n`)],
    answers: 1,
    checks: [answered(200), response(0, all(body("hello"), trailers()))],
  },
  {
    id: "status-no-reason",
    title: "a status line without a reason",
    source: "RFC 9112 §4",
    rule: "relayed",
    send: [get()],
    origin: [turn(`${head("HTTP/1.1 200", "Content-Length: 5")}hello`)],
    answers: 1,
    checks: [answered(200), response(0, body("hello"))],
  },
  {
    id: "proxy-status",
    title: "a 502 of the proxy's own",
    source: "RFC 9209 §2",
    rule: "says why in Proxy-Status",
    send: [get()],
    origin: [turn(RESET)],
    answers: 1,
    checks: [
      response(0, (message) =>
        valuesOf(message, "proxy-status").length === 1 ? undefined : "no Proxy-Status",
      ),
    ],
  },
  {
    id: "many-interim",
    title: "interim answers without end",
    source: "RFC 9110 §15.2",
    rule: "given up: 502",
    send: [get()],
    origin: [turn(head("HTTP/1.1 103 Early Hints").repeat(1_000))],
    answers: 1,
    refuses: "answer",
    needs: "short timeouts",
    checks: [answeredWithOneOf(502, 504)],
  },
  {
    id: "many-interim-at-once",
    title: "65 interim answers and a final one in one packet",
    source: "RFC 9110 §15.2",
    rule: "given up: 502",
    send: [get()],
    origin: [turn(`${head("HTTP/1.1 103 Early Hints").repeat(65)}${ok("Content-Length: 5")}hello`)],
    answers: 1,
    refuses: "answer",
    checks: [answered(502)],
  },
];

export const responses: Topic = {
  name: "responses",
  title: "Responses",
  cases: [...bodiless, ...extra, ...relayed],
};
