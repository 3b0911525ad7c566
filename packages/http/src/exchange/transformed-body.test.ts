// Sends bodies through transforms. Tests the bytes that come out, which side has to wait when the client or a transform
// is slow, and what happens when a transform fails.
import t from "tap";
import { DEFAULT_LIMITS } from "../h1/limits.ts";
import { parseRequestHead } from "../h1/parse-request.ts";
import { Fields } from "../message/fields.ts";
import { CHUNKED, RequestHead } from "../message/head.ts";
import { CollectedAnswer } from "./answer-sink.ts";
import type { BodyTransform, MakeTransform, TransformTarget } from "./body-transform.ts";
import type { AbortCause } from "./exchange.ts";
import { MemoryExchange } from "./memory-exchange.ts";
import { TransformedBody, type TransformOwner } from "./transformed-body.ts";

const text = (words: string): Buffer => Buffer.from(words, "latin1");

/** Turns the body into upper case, chunk by chunk. */
const upperCase: MakeTransform = (target) => ({
  write: (chunk) => target.write(text(chunk.toString("latin1").toUpperCase())),
  end: (trailers) => target.end(trailers),
});

/** Appends the body's number of bytes to the body. */
const counted: MakeTransform = (target) => {
  let bytes = 0;
  return {
    write(chunk) {
      bytes += chunk.length;
      target.write(chunk);
    },
    end(trailers) {
      target.write(text(`(${bytes})`));
      target.end(trailers);
    },
  };
};

/** Keeps the body until the test releases it. */
class Later implements BodyTransform {
  kept = "";
  trailers: Fields | undefined = undefined;
  words: string[] = [];
  readonly target: TransformTarget;

  constructor(target: TransformTarget) {
    this.target = target;
  }

  write(chunk: Buffer): void {
    this.kept += chunk.toString("latin1");
  }

  flush(): boolean {
    return this.kept === "";
  }

  end(trailers: Fields | undefined): void {
    this.words.push("end");
    this.trailers = trailers;
  }

  drained(): void {
    this.words.push("drained");
  }

  abandon(): void {
    this.words.push("abandon");
  }

  release(): boolean {
    this.target.write(text(this.kept));
    this.kept = "";
    return this.target.flush();
  }
}

function given(...makes: readonly MakeTransform[]) {
  const head = parseRequestHead("GET / HTTP/1.1\r\nHost: a\r\n", DEFAULT_LIMITS);
  if (!(head instanceof RequestHead)) throw head;
  const state = { slow: false };
  class Sink extends CollectedAnswer {
    override data(chunk: Buffer): boolean {
      return super.data(chunk) && !state.slow;
    }
  }
  const answer = new Sink();
  const exchange = new MemoryExchange({ head, sink: answer, now: () => 0 });
  const words: string[] = [];
  const owner: TransformOwner = {
    drained: () => words.push("drained"),
    halfClosed: () => words.push("half-closed"),
    aborted: (cause: AbortCause) => words.push(cause),
    transformed: () => words.push("transformed"),
    transformFailed: ({ message }, index) => words.push(`${index}: ${message}`),
  };
  const timers = new Set<() => void>();
  const body = new TransformedBody(exchange, owner, {
    ms: 50,
    after: (_, call) => {
      timers.add(call);
      return { cancel: () => timers.delete(call) };
    },
  });
  exchange.listener = owner;
  exchange.respond(200, "OK", new Fields(), CHUNKED);
  body.open(makes);
  const timeUp = () => {
    for (const call of [...timers]) {
      timers.delete(call);
      call();
    }
  };
  return { body, exchange, answer, words, state, timers, timeUp, owner };
}

const laterOf = () => {
  const made: Later[] = [];
  const make: MakeTransform = (target) => {
    const later = new Later(target);
    made.push(later);
    return later;
  };
  const later = (): Later => {
    const [first] = made;
    if (first === undefined) throw new Error("no transform was made");
    return first;
  };
  return { make, later };
};

t.test("a transform gets the output of the one before; trailers pass through", async (t) => {
  const { body, answer, words } = given(counted, upperCase, counted);
  body.writeText("one ");
  t.equal(body.flush(), true);
  body.write(text("two"));
  const trailers = new Fields();
  trailers.add("X-Sum", "7");
  body.end(trailers);
  t.match(answer, { state: "complete" });
  t.equal(answer.body.toString(), "ONE TWO(7)(10)");
  t.equal(answer.trailers?.get("x-sum"), "7");
  t.same(words, ["transformed"]);
});

t.test("a slow client stops the server, through all transforms", async (t) => {
  const { body, exchange, words, state } = given(upperCase, counted);
  state.slow = true;
  body.write(text("a"));
  t.equal(body.flush(), false);
  t.same(words, []);
  state.slow = false;
  exchange.drained();
  t.same(words, ["drained"]);
  t.equal(body.flush(), true);
});

t.test("a transform that is behind stops the server until it is ready", async (t) => {
  const { make, later } = laterOf();
  const { body, answer, words, timers } = given(upperCase, make);
  body.write(text("abc"));
  t.equal(body.flush(), false);
  t.equal(timers.size, 1, "the time of the transform runs");
  later().release();
  t.equal(answer.body.toString(), "ABC", "bytes that it sends later arrive at once");
  t.same(words, []);
  later().target.ready();
  t.same(words, ["drained"]);
  body.end();
  t.same(words, ["drained"], "the transform has not ended yet");
  t.equal(answer.state, "open");
  later().target.end();
  later().target.end();
  later().target.write(text("twice"));
  t.same(words, ["drained", "transformed"]);
  t.match(answer.body.toString(), /^ABC$/);
  t.equal(timers.size, 0);
});

t.test("a transform that sends later is told when the client takes more again", async (t) => {
  const { make, later } = laterOf();
  const { body, exchange, state, words } = given(make);
  body.write(text("abc"));
  body.end();
  state.slow = true;
  t.equal(later().release(), false);
  state.slow = false;
  exchange.drained();
  t.same(later().words, ["end", "drained"]);
  later().target.end();
  t.same(words, ["transformed"]);
});

t.test(
  "when the client leaves, nothing is sent to it, and the transform and the owner are told once",
  async (t) => {
    const { make, later } = laterOf();
    const { body, exchange, words, timers } = given(make);
    body.write(text("abc"));
    body.flush();
    exchange.abort("client-closed");
    t.same(later().words, ["abandon"]);
    t.same(words, ["client-closed"]);
    later().release();
    later().target.ready();
    later().target.end();
    later().target.fail(new Error("late"));
    body.write(text("more"));
    body.end();
    t.same([words, later().words], [["client-closed"], ["abandon"]]);
    t.equal(timers.size, 0);
  },
);

t.test("a transform's error is told once, with its index; the others end", async (t) => {
  const boom = () => {
    throw new Error("boom");
  };
  const end = (target: TransformTarget) => (trailers?: Fields) => target.end(trailers);
  const failing: readonly MakeTransform[] = [
    boom,
    (target) => ({ write: boom, end: end(target) }),
    (target) => ({ write: () => undefined, flush: boom, end: end(target) }),
    () => ({ write: () => undefined, end: boom, abandon: boom }),
    (target) => ({ write: () => target.fail(new Error("boom")), end: end(target) }),
  ];
  for (const [index, make] of failing.entries()) {
    const { make: before, later } = laterOf();
    const { body, exchange, words, answer, owner } = given(upperCase, make, before);
    body.write(text("a"));
    body.flush();
    body.end();
    body.write(text("b"));
    t.same(words, ["1: boom"], `${index}`);
    t.match(later().words, ["abandon"]);
    t.equal(exchange.listener, owner);
    t.match(answer, { state: "open" }, "ending the answer is left to the owner");
  }
});

t.test(
  "a transform that keeps the client waiting fails, one that waits for the client does not",
  async (t) => {
    const { make, later } = laterOf();
    const { body, exchange, words, state, timeUp, timers } = given(make);
    body.write(text("abc"));
    body.flush();
    later().target.write(text("some"));
    timeUp();
    t.same(words, [], "the transform has written in the meantime");
    state.slow = true;
    body.end();
    later().target.flush();
    timeUp();
    timeUp();
    t.same(words, [], "the client is slow, not the transform");
    state.slow = false;
    exchange.drained();
    timeUp();
    timeUp();
    t.same(words, ["0: It took longer than 50 ms"]);
    t.same(later().words, ["end", "drained", "abandon"]);
    t.equal(timers.size, 0);
  },
);
