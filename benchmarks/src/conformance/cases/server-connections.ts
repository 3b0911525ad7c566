// Cases about connections to servers: when a connection may carry another request, and which
// requests may be sent again after their connection has failed (RFC 9110 §9.2.2).
import type { Case, Check, Topic } from "../case.ts";
import {
  answered,
  answeredWithOneOf,
  body,
  forwardedTimes,
  keptOpen,
  request,
  response,
  starts,
} from "../checks.ts";
import { RESET, type Step } from "../wire/steps.ts";
import { get, head, ok, post, turn, turnAtHead } from "./wording.ts";

const CLOSE = "RFC 9112 §9.6";
const RETRY = "RFC 9110 §9.2.2";

const path = (name: string) => head(`GET /${name} HTTP/1.1`, "Host: example.com");
const says = (text: string) => `${ok(`Content-Length: ${text.length}`)}${text}`;

const dies = turn(RESET);

/**
 * Returns the 401 answer with which a server asks a client to log in. With NTLM the server sends a
 * second 401 in the middle of the login.
 */
const challenge = (...lines: string[]) =>
  head("HTTP/1.1 401 Unauthorized", "Content-Length: 0", ...lines);
const step = (authorization: string) =>
  head("GET /alice HTTP/1.1", "Host: example.com", `Authorization: ${authorization}`);

/**
 * The sources for cases in which a login holds for a connection instead of a request. RFC 4559
 * describes the danger of such logins, and RFC 9110 forbids servers to use them.
 */
const LOGIN = "RFC 9110 §3.3, RFC 4559";

/**
 * Checks that the `count` requests of the first client (alice) share one server connection, and
 * that the request of the second client (bob) is on another connection.
 */
const shared =
  (count: number): Check =>
  ({ connections }) => {
    const theirs = connections.filter(({ bytes }) => bytes.includes("GET /alice"));
    if (connections.some(({ bytes }) => bytes.includes("GET /alice") && bytes.includes("GET /bob")))
      return "another client on it";
    if (!connections.some(({ bytes }) => bytes.includes("GET /bob"))) return "other request lost";
    const steps = theirs[0]?.bytes.split("GET /alice").length ?? 0;
    return theirs.length === 1 && steps === count + 1 ? undefined : "login torn apart";
  };

const bob: readonly Step[] = [path("bob"), /hello/];

const logins: readonly Case[] = [
  {
    id: "ntlm-private",
    title: "NTLM on a kept server connection, then another client",
    source: LOGIN,
    rule: "a connection on which NTLM was used carries no other client's request",
    send: [path("alice"), /401/, step("NTLM one"), /NTLM two/, step("ntlm three"), /hello/],
    thenAnother: bob,
    origin: [
      turn(challenge("WWW-Authenticate: Basic realm=x", "WWW-Authenticate: NTLM")),
      turn(challenge("WWW-Authenticate: NTLM two")),
    ],
    answers: 3,
    checks: [answered(401, 401, 200), shared(3), forwardedTimes(4)],
  },
  {
    id: "negotiate-unasked",
    title: "`Authorization: Negotiate` without a challenge, then another client",
    source: LOGIN,
    rule: "the same",
    send: [step("Negotiate one"), /hello/, path("alice")],
    thenAnother: bob,
    answers: 2,
    checks: [answered(200, 200), shared(2), forwardedTimes(3)],
  },
  {
    id: "negotiate-in-list",
    title: "`Negotiate` as the second member of a challenge, then another client",
    source: LOGIN,
    rule: "the same",
    send: [path("alice"), /401/, path("alice")],
    thenAnother: bob,
    origin: [turn(challenge('WWW-Authenticate: Basic realm="a, b", Negotiate'))],
    answers: 2,
    checks: [answered(401, 200), shared(2), forwardedTimes(3)],
  },
];

const retries: readonly Case[] = [
  {
    id: "stale-get",
    title: "GET on a kept connection that the server resets",
    source: RETRY,
    rule: "repeated once, on a new connection",
    send: [path("1"), /hello/, path("2")],
    origin: [turn(says("hello")), dies, turn(says("again"))],
    answers: 2,
    checks: [answered(200, 200), response(1, body("again")), forwardedTimes(3)],
  },
  {
    id: "stale-post",
    title: "POST on a kept connection that the server resets",
    source: RETRY,
    rule: "never repeated: 502",
    send: [path("1"), /hello/, post(["Content-Length: 5"], "again")],
    origin: [turn(says("hello")), dies],
    answers: 2,
    checks: [forwardedTimes(2), answered(200, 502)],
  },
  {
    id: "fresh-post-dies",
    title: "POST, and the server dies before it answers",
    source: RETRY,
    rule: "never repeated: 502",
    send: [post(["Content-Length: 5"], "hello")],
    origin: [dies],
    answers: 1,
    refuses: "answer",
    checks: [forwardedTimes(1), answered(502)],
  },
  {
    id: "fresh-get-dies",
    title: "GET, and the only server closes without a byte",
    source: "RFC 9110 §15.6.3",
    rule: "502",
    send: [get()],
    origin: [dies, dies, dies, dies],
    answers: 1,
    refuses: "answer",
    checks: [answeredWithOneOf(502)],
  },
  {
    id: "partial-answer",
    title: "half a status line, then the server dies",
    source: RETRY,
    rule: "never repeated: 502",
    send: [get()],
    origin: [turn("HTTP/1.1 2", 20, RESET)],
    answers: 1,
    refuses: "answer",
    checks: [forwardedTimes(1), answered(502)],
  },
  {
    id: "server-closes-politely",
    title: "the server says `Connection: close`",
    source: CLOSE,
    rule: "the client's connection lives on",
    send: [path("1"), /hello/, path("2")],
    origin: [turn(`${ok("Content-Length: 5", "Connection: close")}hello`)],
    answers: 2,
    checks: [
      answered(200, 200),
      keptOpen,
      request(1, starts("GET /2 HTTP/1.1")),
      ({ connections }) => (connections.length === 2 ? undefined : "server connection reused"),
    ],
  },
  {
    id: "early-answer-no-reuse",
    title: "an answer before the request was whole",
    source: "RFC 9112 §9.5",
    rule: "that server connection carries nothing more",
    send: [post(["Content-Length: 10"], "hello"), /early/, "hello", 50, path("2")],
    origin: [turnAtHead(says("early"))],
    answers: 1,
    checks: [
      response(0, body("early")),
      ({ connections }) =>
        connections.some(({ bytes }) => bytes.includes("POST") && bytes.includes("/2"))
          ? "server connection reused"
          : undefined,
    ],
  },
];

export const serverConnections: Topic = {
  name: "server-connections",
  title: "Reuse of server connections, and what is repeated",
  cases: [...retries, ...logins],
};
