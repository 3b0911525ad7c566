// Tests how the generator and the origin read HTTP, and how the output of other generators is read.
import t from "tap";
import { canned, variedAnswer } from "../origin/answers.ts";
import { RequestReader } from "../origin/request-reader.ts";
import { browserRequest } from "./browser.ts";
import { AnswerReader, requestBytes } from "./client-connection.ts";
import { readResult } from "./h2load.ts";
import type { LoadJob } from "./load.ts";
import { readReport, wrkScript } from "./wrk.ts";

const JOB: LoadJob = {
  port: 1,
  tls: false,
  path: "/upload",
  method: "POST",
  uploadBytes: 10,
  expectBytes: 2,
  connections: 1,
  seconds: 1,
  newConnections: false,
};

/** Reads `bytes` once for every place at which they can be cut into two pieces, and returns all results. */
function everySplit<T>(bytes: Buffer, read: (pieces: readonly Buffer[]) => T): readonly T[] {
  return Array.from(bytes, (_, at) => read([bytes.subarray(0, at), bytes.subarray(at)]));
}

function answersOf(pieces: readonly Buffer[], expectBytes: number): readonly string[] {
  const reader = new AnswerReader(expectBytes);
  return pieces
    .filter((piece) => piece.length > 0)
    .map((piece) => reader.push(piece))
    .filter((wrong) => wrong !== undefined);
}

t.test("an answer that is not the expected one is an error", async (t) => {
  const bad: Record<string, Buffer> = {
    "status 502 instead of 200": canned(5, "502 Bad Gateway"),
    "status 0 instead of 200": Buffer.from("SSH-2.0\r\nContent-Length: 5\r\n\r\nxxxxx"),
    "a body of 4 bytes instead of 5": canned(4),
    "a body of 6 bytes instead of 5": canned(6),
    "no Content-Length": Buffer.from("HTTP/1.1 200 OK\r\n\r\nxxxxx"),
    "bytes after the answer": Buffer.concat([canned(5), Buffer.from("x")]),
  };
  for (const [why, bytes] of Object.entries(bad)) t.same(answersOf([bytes], 5), [why]);
  t.same(answersOf([canned(5).subarray(0, -1)], 5), [], "a truncated one is no answer yet");
});

t.test("an answer is read wherever it is cut, and then the next one", async (t) => {
  const bytes = canned(5);
  for (const [at, answers] of everySplit(bytes, (pieces) => answersOf(pieces, 5)).entries())
    t.same(answers, [""], `cut at ${at}`);
  t.same(answersOf([bytes, bytes], 5), ["", ""]);
});

t.test("the origin finds the end of requests wherever they are cut", async (t) => {
  const chunked = "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxxx\r\n0\r\n\r\n";
  const bytes = Buffer.concat([
    Buffer.from("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"),
    requestBytes(JOB),
    Buffer.from("POST /b HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
    Buffer.from(chunked),
  ]);
  const read = (pieces: readonly Buffer[]) => {
    const paths: string[] = [];
    const reader = new RequestReader((path) => paths.push(path));
    for (const piece of pieces) reader.push(piece);
    return paths;
  };
  for (const [at, paths] of everySplit(bytes, read).entries())
    t.same(paths, ["/a", "/upload", "/b", "/c"], `cut at ${at}`);
});

t.test("varied requests and answers differ, and are of one size", async (t) => {
  const job = { ...JOB, method: "GET", path: "/varied", uploadBytes: 0, port: 12345 } as const;
  const [first, second] = [browserRequest(job), browserRequest(job)];
  const lines = (text: string) => text.trimEnd().split("\r\n").slice(1);
  t.equal(lines(first).length, 10);
  t.ok(first.length > 450 && first.length < 600, `${first.length} bytes`);
  const differing = lines(first).filter((line, i) => line !== lines(second)[i]);
  t.same(
    differing.map((line) => line.split(":")[0]),
    ["Referer", "Cookie"],
  );
  t.not(first.split(" ")[1], second.split(" ")[1], "the path");
  const answers = [variedAnswer(5), variedAnswer(5)].map((text) => Buffer.from(text));
  t.notSame(answers[0], answers[1]);
  t.same(answersOf(answers, 5), ["", ""]);
});

t.test("what other generators are told and tell", async (t) => {
  t.match(wrkScript(JOB), 'wrk.body = string.rep("x", 10)');
  t.notMatch(wrkScript({ ...JOB, uploadBytes: 0 }), "wrk.body");
});

const H2LOAD = (done: number, errored: number, bytes: number) =>
  `requests: ${done} total, ${done} started, ${done} done, ${done} succeeded, 0 failed, ${errored} errored, 0 timeout
traffic: 1KB (1000) total, 1KB (900) headers (space savings 0.00%), 1KB (${bytes}) data
`;

t.test("h2load's log and summary", async (t) => {
  const job = { ...JOB, seconds: 0.0024 };
  const good = "1700000000000000\t200\t1500\n1700000000001500\t200\t900\n";
  const read = (log: string, errored: number, bytes: number, connections = 1) =>
    readResult(log, H2LOAD(2, errored, bytes), { ...job, connections });
  const right = read(good, 0, 4);
  t.match(right, { requests: 2, errors: 0, wrong: {} });
  t.ok(Math.abs(right.p99Ms - 1.5) < 0.01);
  t.match(read(good, 0, 6), { errors: 0 }, "one more had begun");
  t.match(read(good, 0, 4, 2), { wrong: { "never answered": 1 } }, "the second connection");
  const log = `${good}1700000000000001\t502\t900\n1700000000000002\t-1\t0\n`;
  const wrong = { "status 502 instead of 200": 1, "no answer": 1 };
  t.match(read(log, 0, 4), { requests: 2, errors: 2, wrong });
  t.match(read(good, 3, 4), { errors: 3 });
  for (const bytes of [3, 7]) t.match(read(good, 0, bytes), { errors: 1 });
});

t.test("wrk's report", async (t) => {
  const report = {
    ...{ seconds: 1, p50Ms: 1, p99Ms: 2, p999Ms: 3 },
    sent: 114,
    failures: { connect: 0, read: 1, write: 0 },
    answers: [
      [200, 2, 100],
      [200, 1, 7],
      [302, 0, 5],
    ],
  };
  t.same(readReport(JSON.stringify(report), JOB), {
    ...{ seconds: 1, p50Ms: 1, p99Ms: 2, p999Ms: 3 },
    requests: 100,
    errors: 15,
    wrong: {
      "a body of 1 bytes instead of 2": 7,
      "status 302 instead of 200": 5,
      "wrk's read errors": 1,
      "never answered": 2,
    },
  });
});
