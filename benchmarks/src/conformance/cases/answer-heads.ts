// Cases about two fields in the head of an answer: Date, the time at which the answer was made (RFC
// 9110 §6.6.1), and Upgrade, the protocols to which a server offers to switch (§7.8).
import type { Case, Topic } from "../case.ts";
import { all, answered, body, has, type Look, lacks, response } from "../checks.ts";
import { valuesOf } from "../wire/message.ts";
import { get, head, ok, turn } from "./wording.ts";

/** Checks that the message has exactly one Date, in the form that senders must use (RFC 9110 §5.6.7). */
const dated: Look = (message) => {
  const [date = "", ...more] = valuesOf(message, "date");
  if (date === "") return "no Date";
  return more.length === 0 && new Date(date).toUTCString() === date ? undefined : `Date: ${date}`;
};

const namesUpgrade: Look = (message) =>
  /\bupgrade\b/i.test(valuesOf(message, "connection").join()) ? undefined : "Connection lost it";

const cases: readonly Case[] = [
  {
    id: "date-missing",
    title: "an answer without Date",
    source: "RFC 9110 §6.6.1",
    rule: "gets that of its arrival",
    send: [get()],
    origin: [turn(`${ok("Content-Length: 5")}hello`)],
    answers: 1,
    checks: [answered(200), response(0, all(body("hello"), dated))],
  },
  {
    id: "date-missing-chunked",
    title: "a chunked 404 without Date",
    source: "RFC 9110 §6.6.1",
    rule: "gets that of its arrival",
    send: [get()],
    origin: [turn(`${head("HTTP/1.1 404 Not Found", "Transfer-Encoding: chunked")}0\r\n\r\n`)],
    answers: 1,
    checks: [answered(404), response(0, dated)],
  },
  {
    id: "date-kept",
    title: "an answer with a Date long past",
    source: "RFC 9110 §6.6.1",
    rule: "kept as it is",
    send: [get()],
    origin: [turn(`${ok("Date: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Length: 5")}hello`)],
    answers: 1,
    checks: [answered(200), response(0, has("date", "Sun, 06 Nov 1994 08:49:37 GMT"))],
  },
  {
    id: "refusal-dated",
    title: "a 400 of the proxy's own",
    source: "RFC 9110 §6.6.1",
    rule: "has a Date",
    send: [head("GET / HTTP/1.1", "Host: a", "Host: b")],
    answers: 0,
    checks: [response(0, dated)],
  },
  {
    id: "upgrade-required",
    title: "426 with `Upgrade`",
    source: "RFC 9110 §15.5.22",
    rule: "keeps `Upgrade`, and `Connection` names it",
    send: [get()],
    origin: [
      turn(
        head(
          "HTTP/1.1 426 Upgrade Required",
          "Upgrade: websocket, TLS/1.3",
          "Connection: Upgrade",
          "Content-Length: 0",
        ),
      ),
    ],
    answers: 1,
    checks: [
      answered(426),
      response(0, has("upgrade", "websocket, TLS/1.3")),
      response(0, namesUpgrade),
    ],
  },
  {
    id: "upgrade-advertised",
    title: "200 with `Upgrade: h2c`",
    source: "RFC 9110 §7.8",
    rule: "ends here: it is about the server's connection",
    send: [get()],
    origin: [turn(`${ok("Upgrade: h2c", "Connection: Upgrade", "Content-Length: 5")}hello`)],
    answers: 1,
    checks: [answered(200), response(0, all(body("hello"), lacks("upgrade")))],
  },
];

export const answerHeads: Topic = { name: "answer-heads", title: "Heads of answers", cases };
