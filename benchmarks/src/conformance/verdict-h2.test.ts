// Judges invented outcomes over HTTP/2, most of which break Tandem's rules, to make sure that a broken rule is found.
import t from "tap";
import type { Case, Observed } from "./case.ts";
import { answered, nothingForwarded } from "./checks.ts";
import { connectionError, cutOn, streamError, usable } from "./checks-h2.ts";
import { judge } from "./verdict.ts";
import {
  ACK,
  CODES,
  CONTINUATION,
  type Code,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  headers,
  NO_FLAG,
  ping,
  reset,
  u32,
} from "./wire/h2/frames.ts";
import { block } from "./wire/h2/hpack-write.ts";
import { readH2 } from "./wire/h2/seen.ts";
import { readRequests } from "./wire/message.ts";

function seen(received: string, ending: Observed["ending"], ...servers: string[]): Observed {
  const h2 = readH2(received);
  return {
    received,
    responses: h2.streams.flatMap(({ answers }) => answers),
    ending,
    h2,
    requests: servers.flatMap((bytes) => readRequests(bytes)),
    connections: servers.map((bytes) => ({ bytes, open: false, headAt: [], answeredAt: [] })),
    elapsedMs: 0,
  };
}

const about = { id: "x", title: "x", source: "x", rule: "x", protocol: "h2", send: [] } as const;
const OK: readonly (readonly [string, string])[] = [[":status", "200"]];
const whole = (id: number, status = "200") =>
  headers(id, block([[":status", status]]), END_HEADERS | END_STREAM);
const PONG = ping("conforms", ACK);
const code = (name: Code) => CODES.indexOf(name);
const goaway = (name: Code) => frame(GOAWAY, NO_FLAG, 0, u32(0) + u32(code(name)));

t.test("a connection error", (t) => {
  const which: Case = {
    ...{ ...about, answers: 0, refuses: "frame" },
    checks: [connectionError("FRAME_SIZE_ERROR")],
  };
  const judged = (observed: Observed) => {
    const { mark, word } = judge(which, observed);
    return `${mark} ${word}`;
  };
  t.equal(judged(seen(goaway("FRAME_SIZE_ERROR"), "closed")), "same GOAWAY FRAME_SIZE_ERROR");
  t.equal(judged(seen(goaway("PROTOCOL_ERROR"), "closed")), "as-safe GOAWAY PROTOCOL_ERROR");
  t.equal(judged(seen("", "closed")), "as-safe closed");
  t.match(judged(seen(goaway("FRAME_SIZE_ERROR"), "open")), /^as-safe/, "it has to be closed");
  t.equal(judged(seen(whole(1) + reset(1, code("CANCEL")), "open")), "as-safe 200, RST CANCEL");
  t.equal(judged(seen(PONG, "open")), "other goes on");
  t.equal(judged(seen(whole(1) + PONG, "open")), "other 200");
  t.equal(judged(seen("", "open")), "other hang");
  t.end();
});

t.test("a stream error", (t) => {
  const which: Case = {
    ...{ ...about, answers: 1, refuses: "head" },
    checks: [nothingForwarded, streamError(1, "PROTOCOL_ERROR"), usable],
  };
  const judged = (observed: Observed) => {
    const { mark, word } = judge(which, observed);
    return `${mark} ${word}`;
  };
  const refused = reset(1, code("PROTOCOL_ERROR"));
  const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  t.equal(judged(seen(refused + PONG, "open")), "same RST PROTOCOL_ERROR");
  t.equal(judged(seen(refused + PONG, "open", request)), "other forwarded");
  t.match(judged(seen(refused, "open")), /^as-safe/, "no answer to PING");
  t.equal(judged(seen(whole(1, "400") + PONG, "open")), "as-safe 400");
  t.equal(judged(seen(refused + whole(3) + PONG, "open")), "same RST PROTOCOL_ERROR, 200");
  t.equal(judged(seen(goaway("PROTOCOL_ERROR"), "closed")), "as-safe GOAWAY PROTOCOL_ERROR");
  t.end();
});

t.test("an answer", (t) => {
  const which: Case = { ...about, answers: 1, checks: [answered(200)] };
  const problem = (received: string) => judge(which, seen(received, "open")).problem;
  const begun = (fields: typeof OK) => headers(1, block(fields), END_HEADERS);
  t.equal(problem(begun(OK) + data(1, "x", END_STREAM)), undefined);
  t.equal(problem(begun(OK) + data(1, "x")), "answer incomplete");
  t.equal(
    problem(begun([...OK, ["content-length", "2"]]) + data(1, "x", END_STREAM)),
    "answer incomplete",
  );
  t.equal(problem(headers(1, "\xff\xff\xff\xff", END_HEADERS)), "answers: none");
  t.equal(
    problem(begun(OK) + headers(1, block([[":status", "200"]]), END_HEADERS | END_STREAM)),
    "a pseudo-field in trailers",
  );
  t.equal(
    problem(headers(1, block([...OK, ["Connection", "x"]]), END_HEADERS | END_STREAM)),
    "the field Connection",
  );
  t.equal(
    problem(headers(1, block([...OK, ["upgrade", "x"]]), END_HEADERS | END_STREAM)),
    "the field upgrade",
  );
  const cut = block([[":status", "103"]]);
  const parts =
    headers(1, cut.slice(0, 3), NO_FLAG) + frame(CONTINUATION, END_HEADERS, 1, cut.slice(3));
  t.equal(problem(parts + whole(1)), undefined, "an interim answer in two frames");
  t.end();
});

t.test("an answer that was cut", (t) => {
  const which: Case = { ...about, answers: 1, checks: [cutOn(1)] };
  const problem = (received: string) => judge(which, seen(received, "open")).problem;
  const begun = headers(1, block([...OK, ["content-length", "9"]]), END_HEADERS) + data(1, "x");
  t.equal(problem(begun + reset(1, code("INTERNAL_ERROR"))), undefined);
  t.equal(problem(begun + reset(1, code("NO_ERROR"))), "ended: not");
  t.equal(problem(begun + data(1, "", END_STREAM)), undefined, "its length says so");
  t.equal(problem(begun), "ended: not");
  t.equal(problem(whole(1)), "passed as complete");
  t.end();
});
