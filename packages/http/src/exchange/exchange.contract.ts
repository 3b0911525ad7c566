// Tests of the guarantees that every exchange gives its handler and its client, whatever protocol carries the
// exchange. `exchange.test.ts` runs these tests for each kind of exchange.
import t, { type Test } from "tap";
import { Fields } from "../message/fields.ts";
import { CHUNKED, UNTIL_CLOSE } from "../message/head.ts";
import type { BodySink } from "./body-sink.ts";
import type { AbortCause, Exchange, ExchangeListener } from "./exchange.ts";

/** The parts of an answer that a client has received so far. */
export interface Received {
  readonly interim: readonly number[];
  readonly status: number;
  readonly fields: Fields | undefined;
  readonly body: string;
  readonly trailers: Fields | undefined;
  readonly state: "open" | "complete" | "truncated";
}

/** A client whose request has reached the handler. */
export interface Client {
  readonly exchange: Exchange;
  readonly received: () => Received;
  send(body: string): void;
  /** Ends the body of the request. */
  endBody(): void;
  /** Makes the client stop reading until `read` is called. */
  stall(): void;
  read(): void;
  halfClose(): void;
  leave(): void;
}

export interface RequestLine {
  readonly method?: string;
  /** Whether the head announces a body of unknown length. */
  readonly body?: boolean;
  readonly upgrade?: boolean;
}

/** Records the request's body and the events of the client, with one word for each call. */
class Heard implements BodySink, ExchangeListener {
  readonly words: string[] = [];
  readonly holds = false;

  bodyData(chunk: Buffer): void {
    this.words.push(chunk.toString("latin1"));
  }

  bodyEnd(): void {
    this.words.push("end");
  }

  drained(): void {
    this.words.push("drained");
  }

  halfClosed(): void {
    this.words.push("half-closed");
  }

  aborted(cause: AbortCause): void {
    this.words.push(cause);
  }
}

const text = (words: string): Buffer => Buffer.from(words, "latin1");

export function exchangeContract(name: string, open: (request: RequestLine) => Client): void {
  t.test(`${name}: the request`, async (t) => requestContract(t, open));
  t.test(`${name}: the answer`, async (t) => answerContract(t, open));
  t.test(`${name}: the client's side`, async (t) => clientContract(t, open));
  t.test(`${name}: a tunnel`, async (t) => tunnelContract(t, open));
}

function requestContract(t: Test, open: (request: RequestLine) => Client): void {
  t.test("a body waits for its reader, then comes in order, and ends once", async (t) => {
    const client = open({ method: "POST", body: true });
    const { exchange } = client;
    const heard = new Heard();
    client.send("one ");
    t.equal(exchange.bodyDone, false);
    exchange.readBody(heard);
    client.send("two");
    client.endBody();
    t.equal(heard.words.join(""), "one twoend");
    t.match(exchange, { bodyDone: true, bytesReceived: 7 });
  });

  t.test("no bytes of a paused body come", async (t) => {
    const client = open({ method: "POST", body: true });
    const { exchange } = client;
    const heard = new Heard();
    exchange.readBody(heard);
    exchange.pauseBody();
    t.equal(exchange.bodyPaused, true);
    client.send("late");
    client.endBody();
    t.same(heard.words, []);
    exchange.resumeBody();
    t.equal(heard.words.join(""), "lateend");
    exchange.resumeBody();
    t.equal(heard.words.join(""), "lateend", "once");
  });

  t.test("without a body, the end comes at once", async (t) => {
    const heard = new Heard();
    const { exchange } = open({});
    t.equal(exchange.bodyDone, true);
    exchange.readBody(heard);
    t.same(heard.words, ["end"]);
  });
}

function answerContract(t: Test, open: (request: RequestLine) => Client): void {
  t.test("an answer in one piece", async (t) => {
    const { exchange, received } = open({});
    t.match(exchange, { status: 0, bytesSent: 0, responseEnded: false });
    exchange.answer(404, "Not Found", new Fields(), text("no"));
    t.match(received(), { status: 404, body: "no", state: "complete" });
    t.match(exchange, { status: 404, responseEnded: true, settled: true });
    t.ok(exchange.bytesSent >= 2);
    exchange.end();
    exchange.truncate();
    t.match(received(), { body: "no", state: "complete" }, "later writes are dropped");
  });

  t.test("an answer of unknown length, with trailers", async (t) => {
    const { exchange, received } = open({});
    exchange.respond(200, "OK", new Fields(), CHUNKED);
    exchange.write(text("some "));
    exchange.flush();
    t.match(received(), { status: 200, body: "some ", state: "open" });
    exchange.write(text("more"));
    const trailers = new Fields();
    trailers.add("X-Sum", "1");
    exchange.end(trailers);
    t.match(received(), { body: "some more", state: "complete" });
    t.equal(received().trailers?.get("x-sum"), "1");
  });

  t.test("an answer of announced length", async (t) => {
    const { exchange, received } = open({});
    exchange.respond(200, "OK", new Fields(), 6);
    exchange.writeText("exa");
    exchange.write(text("ct!"));
    exchange.end();
    t.match(received(), { body: "exact!", state: "complete" });
  });

  t.test("an answer shorter than its announced length does not look complete", async (t) => {
    const { exchange, received } = open({});
    exchange.respond(200, "OK", new Fields(), 10);
    exchange.write(text("half"));
    exchange.end();
    t.equal(received().state, "truncated");
    t.equal(exchange.responseEnded, true);
  });

  t.test("a truncated answer does not look complete", async (t) => {
    const { exchange, received } = open({});
    exchange.respond(200, "OK", new Fields(), CHUNKED);
    exchange.write(text("half"));
    exchange.flush();
    exchange.truncate();
    t.match(received(), { state: "truncated" });
  });

  t.test("a status or method without a body gets none", async (t) => {
    for (const [method, status] of [["HEAD", 200] as const, ["GET", 204], ["GET", 304]]) {
      const { exchange, received } = open({ method: String(method) });
      exchange.respond(Number(status), "", new Fields(), CHUNKED);
      exchange.write(text("none"));
      exchange.end();
      t.match(received(), { status, body: "", state: "complete" }, `${method} ${status}`);
    }
    const { exchange, received } = open({ method: "HEAD" });
    exchange.answer(200, "OK", new Fields(), text("four"));
    t.equal(received().fields?.get("content-length"), "4", "the answer to HEAD has the length");
  });

  t.test("an answer may be taken back until some of it has left", async (t) => {
    const { exchange, received } = open({});
    t.equal(exchange.takeBack(), true, "no answer was begun");
    exchange.respond(200, "OK", new Fields(), 6);
    exchange.write(text("secret"));
    t.equal(exchange.takeBack(), true);
    t.match(exchange, { status: 0, bytesSent: 0 });
    exchange.respond(502, "Bad Gateway", new Fields(), UNTIL_CLOSE);
    exchange.write(text("sorry"));
    exchange.flush();
    t.equal(exchange.takeBack(), false);
    exchange.end();
    t.match(received(), { status: 502, body: "sorry" });
  });

  t.test("interim answers come before the final answer", async (t) => {
    const { exchange, received } = open({});
    exchange.inform(103, "Early Hints", new Fields());
    t.equal(exchange.status, 0);
    exchange.answer(200, "OK", new Fields(), text("x"));
    exchange.inform(103, "Early Hints", new Fields());
    t.match(received(), { interim: [103], status: 200, body: "x" });
  });
}

function clientContract(t: Test, open: (request: RequestLine) => Client): void {
  t.test("the handler waits for a slow client, and is told when it takes more", async (t) => {
    const client = open({});
    const { exchange, received } = client;
    const heard = new Heard();
    exchange.listener = heard;
    exchange.respond(200, "OK", new Fields(), 8);
    client.stall();
    exchange.write(text("slow"));
    t.equal(exchange.flush(), false);
    t.same(heard.words, []);
    client.read();
    t.same(heard.words, ["drained"]);
    exchange.write(text("next"));
    t.equal(exchange.flush(), true);
    exchange.end();
    t.match(received(), { body: "slownext", state: "complete" });
  });

  t.test("when the client leaves, the handler is told once and nothing after that", async (t) => {
    const client = open({});
    const { exchange } = client;
    const heard = new Heard();
    exchange.listener = heard;
    exchange.respond(200, "OK", new Fields(), CHUNKED);
    exchange.flush();
    client.leave();
    client.leave();
    t.same(heard.words, ["client-closed"]);
    t.equal(exchange.responseEnded, true);
    exchange.end();
    exchange.truncate();
    t.same(heard.words, ["client-closed"]);
  });

  t.test("a client that half-closes after its request still gets the answer", async (t) => {
    const client = open({});
    const { exchange, received } = client;
    const heard = new Heard();
    exchange.listener = heard;
    client.halfClose();
    t.same(heard.words, ["half-closed"]);
    exchange.answer(200, "OK", new Fields(), text("still"));
    t.match(received(), { status: 200, body: "still", state: "complete" });
  });

  t.test("a client that half-closes within its body counts as gone", async (t) => {
    const client = open({ method: "POST", body: true });
    const heard = new Heard();
    client.exchange.listener = heard;
    client.exchange.readBody(heard);
    client.send("half");
    client.halfClose();
    t.same(heard.words, ["half", "client-closed"]);
  });
}

function tunnelContract(t: Test, open: (request: RequestLine) => Client): void {
  t.test("a tunnel carries bytes and the end of each side", async (t) => {
    const client = open({ upgrade: true });
    const { exchange, received } = client;
    const heard: string[] = [];
    exchange.switchProtocols(
      "Switching Protocols",
      new Fields(),
      (chunk) => heard.push(chunk.toString("latin1")),
      () => heard.push("ended"),
    );
    t.match(exchange, { status: 101 });
    t.equal(received().status, 101);
    client.send("ping");
    t.equal(exchange.writeTunnel(text("pong")), true);
    t.match(received(), { body: "pong" });
    exchange.pauseTunnel();
    client.halfClose();
    exchange.resumeTunnel();
    t.same(heard, ["ping", "ended"]);
    exchange.endTunnel();
    t.equal(exchange.responseEnded, true);
    t.equal(received().state, "complete");
  });
}
