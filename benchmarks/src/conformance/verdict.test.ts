// Judges invented outcomes, most of which break Tandem's rules, to make sure that a broken rule is
// found.
import t from "tap";
import type { Observed } from "./case.ts";
import { get, post, refused, refusedInBody } from "./cases/wording.ts";
import { judge } from "./verdict.ts";
import { readRequests, readResponses } from "./wire/message.ts";

/**
 * Makes an outcome from the bytes that the client received, the end of its connection, and the
 * bytes that the origin received on each connection.
 */
function seen(received: string, ending: Observed["ending"], ...servers: string[]): Observed {
  return {
    received,
    responses: readResponses(received, [], ending !== "open"),
    ending,
    h2: undefined,
    requests: servers.flatMap((bytes) => readRequests(bytes)),
    connections: servers.map((bytes) => ({ bytes, open: false, headAt: [], answeredAt: [] })),
    elapsedMs: 0,
  };
}

const BAD_REQUEST = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const about = { id: "x", title: "x", source: "x" };
const inHead = refused(400, about, get("X : y"));
const inBody = refusedInBody(400, about, post(["Transfer-Encoding: chunked"], "g\r\n"));

t.test("a refused head", (t) => {
  const judged = (observed: Observed) => {
    const { mark, word } = judge(inHead, observed);
    return `${mark} ${word}`;
  };
  t.equal(judged(seen(OK, "open", get("X : y"))), "other forwarded");
  t.equal(judged(seen(BAD_REQUEST, "closed", get())), "other forwarded");
  t.equal(judged(seen("", "open")), "other hang");
  t.equal(judged(seen(OK, "closed")), "other 200");
  t.equal(judged(seen(BAD_REQUEST, "open")), "as-safe 400, left open");
  t.equal(judged(seen("", "reset")), "as-safe reset");
  t.equal(judged(seen(BAD_REQUEST.replace("400", "501"), "closed")), "as-safe 501");
  t.equal(judged(seen(BAD_REQUEST, "closed")), "same 400");
  t.end();
});

t.test("a refused body", (t) => {
  const cut = post(["Transfer-Encoding: chunked"]);
  const whole = post(["Content-Length: 1"], "g");
  t.equal(judge(inBody, seen(BAD_REQUEST, "closed", whole)).word, "forwarded");
  t.equal(judge(inBody, seen(BAD_REQUEST, "closed", cut, cut)).problem, "POST repeated");
  const both = post(["Content-Length: 9", "Transfer-Encoding: chunked"]);
  const smuggled = judge(inBody, seen(BAD_REQUEST, "closed", both));
  t.equal(smuggled.problem, "Content-Length and Transfer-Encoding forwarded");
  t.equal(smuggled.mark, "other");
  t.equal(judge(inBody, seen(BAD_REQUEST, "closed", cut)).mark, "same");
  t.end();
});

t.test("what a server must not be handed", (t) => {
  const served = { ...inHead, answers: 1, checks: [] };
  const { refuses: _, ...any } = served;
  const fault = (bytes: string) => judge(any, seen(OK, "open", bytes)).problem;
  t.equal(fault("GET / HTTP/1.1\r\n\r\n"), "no Host on HTTP/1.1 forwarded");
  t.equal(fault(get("Host: b")), "2 Host lines forwarded");
  t.equal(fault(get("X : y")), "malformed field line forwarded");
  t.equal(fault(get("X: a\nY: b")), "bare CR, LF or NUL forwarded");
  t.equal(fault("GET /# HTTP/1.1\r\nHost: a\r\n\r\n"), "malformed request line forwarded");
  t.equal(fault(post(["Content-Length: +1"], "a")), "malformed Content-Length forwarded");
  t.equal(fault(post(["Transfer-Encoding: xchunked"])), "odd Transfer-Encoding forwarded");
  t.equal(fault(post(["Transfer-Encoding: chunked"], "z\r\n\r\n")), "bad chunk line forwarded");
  t.equal(fault(get("X: y")), undefined);
  t.end();
});
