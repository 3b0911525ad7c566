// Cases about Expect: 100-continue (RFC 9110 §10.1.1), interim answers (§15.2), and answers that
// come while the client is still sending (RFC 9112 §9.5, §9.6).
import type { Case, Check, Topic } from "../case.ts";
import {
  answered,
  answeredWithOneOf,
  body,
  closeAnnounced,
  closed,
  forwardedTimes,
  has,
  informed,
  interims,
  lacks,
  nothingComplete,
  request,
  response,
} from "../checks.ts";
import { BODY, CONTINUE } from "../wire/steps.ts";
import { get, head, ok, post, turn, turnAtHead } from "./wording.ts";

const EXPECT = "RFC 9110 §10.1.1";
const INTERIM = "RFC 9110 §15.2";
const HELLO = `${ok("Content-Length: 5")}hello`;
const EARLY_HINTS = head("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload");

const no100: Check = (observed) =>
  interims(observed).includes(100) ? "100 of its own" : undefined;

const expect: readonly Case[] = [
  {
    id: "expect-relayed",
    title: "Expect: 100-continue, the server sends 100",
    source: EXPECT,
    rule: "head forwarded, the server's 100 relayed",
    send: [post(["Expect: 100-continue", "Content-Length: 5"]), /100 Continue/, "hello"],
    origin: [turnAtHead(100, CONTINUE, BODY, HELLO)],
    answers: 1,
    checks: [
      answered(200),
      informed(100),
      forwardedTimes(1),
      request(0, has("expect", "100-continue")),
      request(0, body("hello")),
    ],
  },
  {
    id: "expect-no-own-100",
    title: "Expect: 100-continue, the server says nothing for 300 ms",
    source: EXPECT,
    rule: "no 100 of our own",
    send: [post(["Expect: 100-continue", "Content-Length: 5"]), 300, "hello"],
    origin: [turnAtHead(BODY, HELLO)],
    answers: 1,
    checks: [answered(200), no100, forwardedTimes(1)],
  },
  {
    id: "expect-refused",
    title: "Expect: 100-continue, the server answers 417",
    source: EXPECT,
    rule: "417 relayed before any body, no 100",
    send: [post(["Expect: 100-continue", "Content-Length: 5"])],
    origin: [turnAtHead(head("HTTP/1.1 417 Expectation Failed", "Content-Length: 0"))],
    answers: 1,
    checks: [answered(417), no100],
  },
  {
    id: "expect-refused-close",
    title: "417, and the body never comes",
    source: "RFC 9110 §10.1.1, RFC 9112 §9.6",
    rule: "kept open for the body, or closed with `Connection: close`",
    send: [post(["Expect: 100-continue", "Content-Length: 5"]), /417/, 100],
    origin: [turnAtHead(head("HTTP/1.1 417 Expectation Failed", "Content-Length: 0"))],
    answers: 1,
    checks: [answered(417), closeAnnounced],
  },
  {
    id: "expect-http-1.0",
    title: "Expect: 100-continue on HTTP/1.0",
    source: EXPECT,
    rule: "ignored: no 100 to the client, and the server is not asked",
    send: [
      `${head("POST / HTTP/1.0", "Host: example.com", "Expect: 100-continue", "Content-Length: 5")}hello`,
    ],
    origin: [turnAtHead(CONTINUE, BODY, HELLO)],
    answers: 1,
    checks: [answered(200), informed(), forwardedTimes(1), request(0, lacks("expect"))],
  },
  {
    id: "expect-unknown",
    title: "an unknown expectation",
    source: EXPECT,
    rule: "ignored, or 417",
    send: [get("Expect: the-unexpected")],
    answers: 1,
    checks: [answeredWithOneOf(200, 417)],
  },
];

const interim: readonly Case[] = [
  {
    id: "early-hints",
    title: "103, twice, before the answer",
    source: INTERIM,
    rule: "both relayed",
    send: [get()],
    origin: [turn(EARLY_HINTS, EARLY_HINTS, HELLO)],
    answers: 1,
    checks: [answered(200), informed(103, 103), response(0, body("hello"))],
  },
  {
    id: "early-hints-http-1.0",
    title: "103 for a client of HTTP/1.0",
    source: INTERIM,
    rule: "not relayed",
    send: [head("GET / HTTP/1.0", "Host: example.com")],
    origin: [turn(EARLY_HINTS, HELLO)],
    answers: 1,
    checks: [answered(200), informed()],
  },
  {
    id: "unasked-100",
    title: "100 without a request for it",
    source: INTERIM,
    rule: "relayed, then the answer",
    send: [get()],
    origin: [turn(head("HTTP/1.1 100 Continue"), HELLO)],
    answers: 1,
    checks: [answered(200), response(0, body("hello"))],
  },
];

const TOO_LARGE = `${head("HTTP/1.1 413 Content Too Large", "Content-Length: 3")}big`;
const MIB = 1024 * 1024;

const early: readonly Case[] = [
  {
    id: "early-answer",
    title: "413 while the client has sent a tenth of its body",
    source: "RFC 9112 §9.5",
    rule: "relayed at once",
    send: [post(["Content-Length: 1000"], "a".repeat(100)), /413/, "a".repeat(100)],
    origin: [turnAtHead(TOO_LARGE)],
    answers: 1,
    checks: [answered(413), response(0, body("big")), nothingComplete],
  },
  {
    id: "early-answer-upload",
    title: "413 and close, the client has a megabyte under way",
    source: "RFC 9112 §9.6",
    rule: "413 reaches the client, no RST before it",
    send: [
      post([`Content-Length: ${4 * MIB}`]),
      ...Array.from({ length: 16 }, () => "a".repeat(MIB / 16)),
    ],
    origin: [
      turnAtHead(head("HTTP/1.1 413 Content Too Large", "Content-Length: 0", "Connection: close")),
    ],
    answers: 0,
    checks: [answered(413), closed, nothingComplete],
    patienceMs: 4_000,
  },
  {
    id: "body-streamed",
    title: "a body in two parts, 0.4 s apart",
    source: "RFC 9110 §7.6",
    rule: "the first part is forwarded at once",
    send: [post(["Content-Length: 10"], "hello"), 400, "hello"],
    origin: [turnAtHead(BODY, HELLO)],
    answers: 1,
    checks: [
      answered(200),
      request(0, body("hellohello")),
      ({ connections }) => {
        const [first] = connections;
        const waited = (first?.answeredAt[0] ?? 0) - (first?.headAt[0] ?? 0);
        return waited >= 100 ? undefined : "held back until complete";
      },
    ],
  },
  {
    id: "body-1-mib",
    title: "an answer of 1 MiB, chunked",
    source: "RFC 9112 §7.1",
    rule: "relayed byte for byte",
    send: [get()],
    origin: [
      turn(
        ok("Transfer-Encoding: chunked"),
        ...Array.from({ length: 16 }, () => `10000\r\n${"b".repeat(65_536)}\r\n`),
        "0\r\n\r\n",
      ),
    ],
    answers: 1,
    checks: [answered(200), response(0, body("b".repeat(MIB)))],
  },
];

export const bodiesAndExpect: Topic = {
  name: "bodies-and-expect",
  title: "Expect, interim answers, early answers",
  cases: [...expect, ...interim, ...early],
};
