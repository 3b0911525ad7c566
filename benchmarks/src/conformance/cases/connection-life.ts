// Cases about the life of client connections (RFC 9112 §9): order of answers, persistence,
// half-close and timeouts.
import type { Case, Check, Topic } from "../case.ts";
import {
  answered,
  body,
  closed,
  cutOff,
  forwardedTimes,
  has,
  keptOpen,
  nothingComplete,
  nothingForwarded,
  oneAtATime,
  response,
} from "../checks.ts";
import { dribble, HALF_CLOSE, RESET } from "../wire/steps.ts";
import { get, head, ok, post, turn } from "./wording.ts";

const PIPELINE = "RFC 9112 §9.3.2";
const PERSIST = "RFC 9112 §9.3";
const CLOSE = "RFC 9112 §9.6";

const path = (name: string) => head(`GET /${name} HTTP/1.1`, "Host: example.com");
const says = (text: string) => `${ok(`Content-Length: ${text.length}`)}${text}`;

const silent: Check = ({ received }) => (received === "" ? undefined : "answered");
/** Checks that the case took at least `least` and at most `most` milliseconds. */
const took =
  (least: number, most: number): Check =>
  ({ elapsedMs }) =>
    elapsedMs >= least && elapsedMs <= most ? undefined : `after ${Math.round(elapsedMs)} ms`;

const pipelining: readonly Case[] = [
  {
    id: "pipeline",
    title: "three requests in one packet, the first one slow",
    source: PIPELINE,
    rule: "answered in order, one at a time",
    send: [path("1") + path("2") + path("3")],
    origin: [turn(150, says("one")), turn(says("two")), turn(says("three"))],
    answers: 3,
    checks: [
      answered(200, 200, 200),
      response(0, body("one")),
      response(1, body("two")),
      response(2, body("three")),
      forwardedTimes(3),
      oneAtATime,
    ],
  },
  {
    id: "pipeline-then-bad",
    title: "a good request, then a malformed one",
    source: PIPELINE,
    rule: "200, then 400 and close",
    send: [`${path("1")}GET / HTTP/1.1\r\nHost : x\r\n\r\n`],
    answers: 0,
    checks: [answered(200, 400), forwardedTimes(1), closed],
  },
  {
    id: "pipeline-after-close",
    title: "a request behind one with `Connection: close`",
    source: CLOSE,
    rule: "not read",
    send: [get("Connection: close") + path("2")],
    answers: 0,
    checks: [answered(200), forwardedTimes(1), closed],
  },
];

const persistence: readonly Case[] = [
  {
    id: "keep-alive",
    title: "two requests, one after the other",
    source: PERSIST,
    rule: "one connection serves both",
    send: [path("1"), /hello/, path("2")],
    answers: 2,
    checks: [answered(200, 200), keptOpen, forwardedTimes(2)],
  },
  {
    id: "close",
    title: "`Connection: close`",
    source: CLOSE,
    rule: "answered with `Connection: close`, closed",
    send: [get("Connection: close")],
    answers: 0,
    checks: [answered(200), response(0, has("connection", "close")), closed],
  },
  {
    id: "http-1.0",
    title: "HTTP/1.0",
    source: PERSIST,
    rule: "closed after the answer",
    send: [head("GET / HTTP/1.0", "Host: example.com")],
    answers: 0,
    checks: [answered(200), closed],
  },
  {
    id: "http-1.0-keep-alive",
    title: "HTTP/1.0 with `Connection: keep-alive`",
    source: "RFC 9112 §9.3, App. C.2.2",
    rule: "kept, and said so",
    send: [head("GET / HTTP/1.0", "Host: example.com", "Connection: keep-alive")],
    answers: 1,
    checks: [
      answered(200),
      keptOpen,
      response(0, ({ head: text }) =>
        /^connection: *keep-alive/im.test(text) ? undefined : "not said so",
      ),
    ],
  },
];

const leaving: readonly Case[] = [
  {
    id: "half-close",
    title: "the client half-closes after its request",
    source: CLOSE,
    rule: "the answer is delivered",
    send: [get(), HALF_CLOSE],
    origin: [turn(150, says("hello"))],
    answers: 0,
    checks: [answered(200), response(0, body("hello")), closed],
  },
  {
    id: "half-close-in-body",
    title: "the client half-closes in the middle of its body",
    source: "RFC 9112 §8",
    rule: "never complete at the server",
    send: [post(["Content-Length: 10"], "hello"), 50, HALF_CLOSE],
    answers: 0,
    checks: [nothingComplete, closed, cutOff],
  },
  {
    id: "half-close-in-chunks",
    title: "the client half-closes before the last chunk",
    source: "RFC 9112 §8",
    rule: "never complete at the server",
    send: [post(["Transfer-Encoding: chunked"], "5\r\nhello\r\n"), 50, HALF_CLOSE],
    answers: 0,
    checks: [nothingComplete, closed, cutOff],
  },
  {
    id: "half-close-in-head",
    title: "the client half-closes in the middle of its head",
    source: "RFC 9112 §8",
    rule: "nothing forwarded, closed",
    send: ["GET / HTTP/1.1\r\nHost: exa", 20, HALF_CLOSE],
    answers: 0,
    checks: [nothingForwarded, closed],
  },
  {
    id: "client-gone",
    title: "the client resets while the server works",
    source: CLOSE,
    rule: "the server's connection is closed",
    send: [get(), 100, RESET, 250],
    origin: [turn(5_000)],
    answers: 0,
    checks: [forwardedTimes(1), cutOff],
  },
];

const timers: readonly Case[] = [
  {
    id: "head-dribbles",
    title: "a head, one byte each 100 ms",
    source: "RFC 9110 §15.5.9",
    rule: "408 when the whole head took too long, close",
    send: dribble(get(), 100),
    answers: 0,
    needs: "short timeouts",
    checks: [nothingForwarded, answered(408), closed, took(700, 2_500)],
  },
  {
    id: "silent-client",
    title: "a connection that never sends a byte",
    source: "RFC 9112 §9.5",
    rule: "closed without a word",
    send: [],
    answers: 0,
    needs: "short timeouts",
    checks: [silent, nothingForwarded, closed],
  },
  {
    id: "keep-alive-idle",
    title: "idle after an answer",
    source: "RFC 9112 §9.5",
    rule: "closed without a word",
    send: [get(), /hello/],
    answers: 0,
    needs: "short timeouts",
    checks: [answered(200), closed],
  },
  {
    id: "body-stalls",
    title: "a body that stops half-way",
    source: "RFC 9110 §15.5.9",
    rule: "408, close; cut off at the server",
    send: [post(["Content-Length: 10"], "hello")],
    answers: 0,
    needs: "short timeouts",
    checks: [nothingComplete, answered(408), closed, cutOff],
  },
  {
    id: "body-dribbles",
    title: "a body, one byte each 100 ms",
    source: "RFC 9110 §15.5.9",
    rule: "408 below a minimum rate, close",
    send: [post(["Content-Length: 1000"]), ...dribble("a".repeat(22), 100)],
    answers: 0,
    needs: "short timeouts",
    checks: [nothingComplete, answered(408), closed, cutOff],
  },
  {
    id: "server-silent",
    title: "a server that does not answer",
    source: "RFC 9110 §15.6.5",
    rule: "504, asked once",
    send: [get()],
    origin: [turn(10_000)],
    answers: 1,
    refuses: "answer",
    needs: "short timeouts",
    checks: [answered(504), forwardedTimes(1), cutOff],
  },
];

export const connectionLife: Topic = {
  name: "connection-life",
  title: "Life of connections",
  cases: [...pipelining, ...persistence, ...leaving, ...timers],
};
