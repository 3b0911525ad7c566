// Tests h2load with HTTP/2: how its output is read with several streams, and that it counts no wrong answer as good.
import { once } from "node:events";
import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { descriptorLimit } from "../process/descriptors.ts";
import { freePort } from "../process/free-port.ts";
import { http2Answers } from "../run/http2-answers.ts";
import { requireValid } from "../run/load-round.ts";
import { generatorFor } from "./generators.ts";
import { IGNORED, JOB } from "./given.ts";
import { h2load, readResult } from "./h2load.ts";
import type { LoadJob } from "./load.ts";
import { LoadSide } from "./load-side.ts";
import { own } from "./own.ts";

const HTTP2_JOB: LoadJob = { ...JOB, streams: 3 };
const BODY = "x".repeat(JOB.expectBytes);

/** Answers with a body whose length is in no field. */
function answer(stream: ServerHttp2Stream, status: number, body: string): void {
  stream.respond({ ":status": status });
  stream.end(body);
}

/** Begins a right answer and sends half of its body. */
function begin(stream: ServerHttp2Stream, then: () => void): void {
  stream.respond({ ":status": 200, "content-length": BODY.length });
  stream.write(BODY.slice(64), then);
}

/** Ways to answer, by name. Each must be counted as wrong, except the first, which is right. */
const LIES: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  "nothing wrong": (stream) => answer(stream, 200, BODY),
  "a redirect": (stream) => answer(stream, 302, BODY),
  "a 204": (stream) => answer(stream, 204, ""),
  "a 502": (stream) => answer(stream, 502, BODY),
  "a shorter body": (stream) => answer(stream, 200, BODY.slice(120)),
  "a longer body": (stream) => answer(stream, 200, `${BODY}${BODY}${BODY}`),
  "less than its Content-Length": (stream) => begin(stream, () => stream.end()),
  "half an answer and a reset": (stream) => begin(stream, () => stream.close(2)),
  "half an answer and no more": (stream) => begin(stream, () => undefined),
  "no answer": () => undefined,
  "a lost connection": (stream) => stream.session?.destroy(),
};

/** Starts a server that answers every third request of a session by `lie`. It has answered once when this returns. */
async function liar(t: Test, lie: (stream: ServerHttp2Stream) => void): Promise<number> {
  const sessions = new Set<Http2Session>();
  const server = createServer();
  server.on("session", (session: Http2Session) => {
    let asked = 0;
    sessions.add(session.on("error", () => undefined));
    session.on("stream", (stream: ServerHttp2Stream) => {
      stream.on("error", () => undefined);
      if (++asked % 3 === 0) lie(stream);
      else answer(stream, 200, BODY);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  t.ok(await http2Answers(port), "the server is ready");
  return port;
}

/** Runs a measurement and returns its outcome in words. */
async function outcome(port: number, side: LoadSide, seconds: number): Promise<string> {
  try {
    requireValid(await h2load.run({ ...HTTP2_JOB, port, seconds }, side, IGNORED), "h2load");
    return "accepted";
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`;
  }
}

const skip = h2load.missing() ?? false;
t.test("HTTP/2: a measurement with a wrong answer is refused", { skip }, async (t) => {
  await using side = new LoadSide([], descriptorLimit());
  for (const [name, lie] of Object.entries(LIES)) {
    const right = name === "nothing wrong";
    // A server in this process may stand still for a moment on a busy machine, and must not seem to hang for that.
    const what = await outcome(await liar(t, lie), side, right ? 3 : 1);
    t.equal(what === "accepted", right, `${name}: ${what}`);
  }
  t.not(await outcome(await freePort(), side, 1), "accepted", "no server listens");
});

t.test("HTTP/2: log and summary of several streams", async (t) => {
  const job: LoadJob = { ...JOB, expectBytes: 2, connections: 1, streams: 2, seconds: 0.0024 };
  const summary = (bytes: number) =>
    `requests: 4 total, 6 started, 4 done, 4 succeeded, 0 failed, 0 errored, 0 timeout
traffic: 1KB (1000) total, 1KB (900) headers (space savings 0.00%), 1KB (${bytes}) data
`;
  const first = "1700000000000000\t200\t1500\n1700000000001500\t200\t900\n";
  const log = first + first;
  const read = (bytes: number, streams = 2) => readResult(log, summary(bytes), { ...job, streams });
  t.match(read(8), { requests: 4, errors: 0, wrong: {} });
  t.match(read(12), { errors: 0 }, "the beginnings of two more answers");
  for (const bytes of [7, 13]) t.match(read(bytes), { errors: 1 }, `${bytes} bytes`);
  t.match(read(8, 3), { wrong: { "never answered": 1 } }, "the third stream");
});

t.test("HTTP/2 is asked of h2load, whatever generator is preferred", async (t) => {
  const job = { newConnections: false };
  t.equal(generatorFor({ ...job, streams: 10 }, own), h2load);
  t.equal(generatorFor(job, own), own);
  t.match(h2load.cannot({ ...job, rate: 10 }), "no open loop");
});
