// Connections beyond what a vector can show: what the owner does, and how time and the windows go on.
import t from "tap";
import { Script } from "../../test/h2/frames.ts";
import { openClient, openServer } from "../../test/h2/recorder.ts";
import { DEFAULT_LIMITS } from "../h1/limits.ts";
import { Allowance } from "./allowance.ts";
import { CANCEL } from "./error-code.ts";
import { FrameOutput } from "./frame-output.ts";
import type { H2Limits } from "./limits.ts";
import { CLIENT_PREFACE } from "./preface.ts";
import type { H2Stream } from "./stream.ts";

const GET = ":method=GET :scheme=http :path=/ :authority=a";
const POST = ":method=POST :scheme=http :path=/ :authority=a";

function begun(limits: Partial<H2Limits> = {}, answers?: number) {
  const server = openServer({ heads: DEFAULT_LIMITS, limits, answers });
  const script = new Script();
  const send = (...lines: readonly string[]): void => {
    for (const line of lines) server.connection.receive(script.line(line), 0);
    server.connection.flush();
  };
  server.connection.receive(Buffer.from(CLIENT_PREFACE), 0);
  send("SETTINGS");
  const only = (): H2Stream => [...server.connection.streams.values()][0] as H2Stream;
  return { ...server, send, only };
}

t.test("the first frames: settings and the window of the connection; then an ACK", async (t) => {
  const { bytes, frames } = begun();
  t.equal(bytes().readUIntBE(0, 3), 18, "three settings");
  t.equal(bytes().readUInt32BE(27 + 9), 1024 * 1024 - 65_535);
  t.same(frames(), ["SETTINGS ack"]);
});

t.test("draining takes two GOAWAYs (§6.8)", async (t) => {
  const { connection, send, frames, events } = begun();
  send(`HEADERS 1 eh ${POST}`);
  connection.control.drain();
  connection.control.drain();
  connection.flush();
  t.same(frames().slice(1), ["GOAWAY 2147483647 NO_ERROR", "PING draining"]);
  send(`HEADERS 3 es eh ${GET}`);
  t.equal(events.length, 2, "a request that was on its way is served");
  send("PING ack draining", "PING ack draining", `HEADERS 5 es eh ${GET}`, "DATA 1 es x");
  t.same(frames().slice(3), ["GOAWAY 3 NO_ERROR", "RST_STREAM 5 REFUSED_STREAM"]);
  t.same(events.slice(2), ["data 1 x", "end 1"]);
  t.equal(connection.failure, undefined);
});

t.test("room is given back when half of a window was used, and not before", async (t) => {
  const { connection, send, only, frames } = begun({ streamWindow: 100, connectionWindow: 65_535 });
  send(`HEADERS 1 eh ${POST}`);
  const taken: Buffer[] = [];
  only().listener = {
    data: (chunk) => taken.push(Buffer.from(chunk)),
    ended() {},
    drained() {},
    aborted() {},
  };
  send("DATA 1 #100");
  t.equal(taken.length, 1);
  only().used(49);
  connection.flush();
  t.same(frames().slice(1), [], "less than half");
  only().used(1);
  connection.flush();
  t.same(frames().slice(1), ["WINDOW_UPDATE 1 50"]);
  send("DATA 1 #50");
  t.equal(connection.streams.size, 1, "as much may come again");
  send("DATA 1 #1");
  t.same(frames().slice(2), ["RST_STREAM 1 FLOW_CONTROL_ERROR"]);
});

t.test("the connection gets the room back that a dead stream had taken", async (t) => {
  const { connection, send, only, frames } = begun({
    streamWindow: 65_535,
    connectionWindow: 65_535,
  });
  send(`HEADERS 1 eh ${POST}`);
  only().listener = { data() {}, ended() {}, drained() {}, aborted() {} };
  send("2x DATA 1 #16384");
  only().reset(CANCEL);
  send("DATA 1 #16384");
  connection.flush();
  t.same(frames().slice(1), ["RST_STREAM 1 CANCEL", "WINDOW_UPDATE 0 32768"]);
});

t.test("the connection of an owner that has gone ends every stream", async (t) => {
  const { connection, send, events, bytes } = begun();
  send(`HEADERS 1 eh ${POST}`, `HEADERS 3 es eh ${GET}`);
  const { length } = bytes();
  connection.cut({ code: CANCEL, fault: "closed", message: "" });
  connection.cut({ code: CANCEL, fault: "closed", message: "" });
  send(`HEADERS 5 es eh ${GET}`);
  t.same(events.slice(2), [
    ...["aborted 1 CANCEL closed", "closed 1", "aborted 3 CANCEL closed", "closed 3"],
    "over CANCEL closed",
  ]);
  t.equal(bytes().length, length, "nothing is written any more");
});

t.test("a body is sent in pieces of any size, and its end with the last one", async (t) => {
  const { connection, send, only, frames } = begun();
  send(`HEADERS 1 es eh ${GET}`);
  const stream = only();
  stream.write(Buffer.from("one"));
  t.equal(stream.flush(), true);
  stream.write(Buffer.alloc(0));
  stream.write(Buffer.from("two"));
  stream.write(Buffer.from("three"));
  stream.end();
  stream.end();
  stream.write(Buffer.from("late"));
  connection.flush();
  t.same(frames().slice(1), ["DATA 1 one", "DATA 1 two", "DATA 1 es three"]);
  t.match(stream, { closed: true });
});

t.test("the listener of a stream is told when its body has left, once", async (t) => {
  const { connection, send, only, events, frames } = begun();
  send("SETTINGS 4=3", `HEADERS 1 es eh ${GET}`);
  const stream = only();
  stream.write(Buffer.from("12345"));
  t.equal(stream.flush(), false);
  send("WINDOW_UPDATE 1 1");
  t.notOk(events.includes("drained 1"));
  send("WINDOW_UPDATE 1 1", "WINDOW_UPDATE 1 1");
  t.equal(events.filter((event) => event === "drained 1").length, 1);
  connection.flush();
  t.same(frames().slice(2), ["DATA 1 123", "DATA 1 4", "DATA 1 5"]);
});

t.test("idle: no stream, and no frame that has begun", async (t) => {
  const { connection } = begun({}, 0);
  t.equal(connection.idle, true);
  connection.receive(Buffer.from([0]), 0);
  t.equal(connection.idle, false);
  const fresh = begun({}, 0);
  fresh.send(`HEADERS 1 es ${GET}`);
  t.equal(fresh.connection.idle, false, "a head without its end");
  fresh.send("CONTINUATION 1 eh x=y");
  t.equal(fresh.connection.idle, true);
});

t.test("an allowance fills again with time, up to its burst, and by work", async (t) => {
  const allowance = new Allowance({ burst: 2, perSecond: 10 }, 0);
  t.same([allowance.take(0), allowance.take(0), allowance.take(0)], [true, true, false]);
  t.equal(allowance.take(99), false);
  t.equal(allowance.take(150), true);
  t.same([allowance.take(9000), allowance.take(9000), allowance.take(9000)], [true, true, false]);
  allowance.give(100);
  t.same([allowance.take(9000), allowance.take(9000), allowance.take(9000)], [true, true, false]);
});

t.test("a client opens as many streams as the server allows", async (t) => {
  const client = openClient(["GET /", "GET /"], DEFAULT_LIMITS);
  t.equal(client.side.available, true);
  client.connection.receive(new Script().line("SETTINGS 3=2"), 0);
  t.equal(client.side.available, false);
  client.connection.receive(new Script().line("HEADERS 1 es eh :status=204"), 0);
  t.equal(client.side.available, true);
  client.connection.receive(new Script().line("GOAWAY 0 NO_ERROR"), 0);
  t.equal(client.side.available, false);
  t.match(client.events.join(), "aborted 3 REFUSED_STREAM not-processed");
});

t.test(
  "a client drops frames on its streams that are closed, and refuses those on others",
  async (t) => {
    const client = openClient(["GET /"], DEFAULT_LIMITS);
    const script = new Script();
    const receive = (line: string): void => client.connection.receive(script.line(line), 0);
    for (const line of ["SETTINGS", "HEADERS 1 eh :status=200", "DATA 1 es x"]) receive(line);
    for (const line of ["DATA 1 late", "HEADERS 1 eh :status=200"]) receive(line);
    t.equal(client.connection.failure, undefined);
    receive("DATA 3 never");
    t.match(client.connection.failure, { fault: "idle-stream" });
  },
);

t.test("memory is lent to the connection that writes, and given back", async (t) => {
  const texts: string[] = [];
  const sink = { text: (text: string) => texts.push(text), bytes: () => {} };
  const [one, two] = [new FrameOutput(sink), new FrameOutput(sink)];
  one.buffer.text("one");
  two.buffer.text("two");
  one.flush();
  two.flush();
  one.flush();
  const memory = one.buffer;
  one.flush();
  t.equal(two.buffer, memory);
  t.same(texts, ["one", "two"], "empty memory is not passed on");
});

t.test("large memory is not lent again before the sink has sent what is in it", async (t) => {
  const sent: Buffer[] = [];
  const sink = { settled: false, text: () => {}, bytes: (chunk: Buffer) => sent.push(chunk) };
  const output = new FrameOutput(sink);
  const other = new FrameOutput(sink);
  const write = (to: FrameOutput, character: string): void => {
    to.buffer.text("head");
    to.piece(Buffer.alloc(10_000, character), 0, 10_000);
    to.flush();
  };
  write(output, "a");
  output.settled();
  write(other, "b");
  t.equal(sent[0]?.toString(), `head${"a".repeat(10_000)}`);
  t.not(sent[0]?.buffer, sent[1]?.buffer);
  sink.settled = true;
  other.settled();
  write(output, "c");
  t.equal(sent[2]?.buffer, sent[1]?.buffer);
  for (let i = 0; i < 40; i++) output.piece(Buffer.alloc(10_000), 0, 10_000);
  t.equal(sent.length, 4, "more than fits leaves before the rest is added");
  t.equal(output.length, 400_000 - (sent[3]?.length ?? 0));
});
