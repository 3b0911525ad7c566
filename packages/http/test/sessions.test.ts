// Sessions take a short cut for what comes whole in one read, into memory that the next read overwrites.
// Nobody may see a difference: every vector, and bytes at random, mean the same whole or byte by byte.
import fc from "fast-check";
import t from "tap";
import { DEFAULT_LIMITS, Fields, type HeadLimits, type ResponseHead } from "../src/index.ts";
import {
  type ByteStream,
  ClientSession,
  type ServerExchange,
  ServerSession,
} from "../src/session/index.ts";
import { loadVectors } from "./vectors.ts";

/** How bytes are handed to a session. */
type Delivery = (session: ServerSession | ClientSession, bytes: Buffer) => void;

const shared = Buffer.alloc(64 * 1024);
const whole: Delivery = (session, bytes) => {
  bytes.copy(shared);
  session.receiveShared(shared, bytes.length);
  shared.fill("!", 0, bytes.length); // as the next read of another connection does
};
const twice =
  (cut: number): Delivery =>
  (session, bytes) => {
    whole(session, bytes.subarray(0, cut));
    whole(session, bytes.subarray(cut));
  };
const byteByByte: Delivery = (session, bytes) => {
  for (let i = 0; i < bytes.length; i++) session.receive(Buffer.from(bytes.subarray(i, i + 1)));
};

class Stream implements ByteStream {
  written = "";
  destroyed = false;
  readonly writableNeedDrain = false;
  readonly writableLength = 0;
  write(chunk: Buffer | string): boolean {
    this.written += typeof chunk === "string" ? chunk : chunk.toString("latin1");
    return true;
  }
  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {
    this.destroyed = true;
  }
}

const TIMES = { httpRequest: 1, httpKeepAlive: 1, client: 1, clientFin: 1, tunnel: 1 };

/** All that a server sees and answers when a client sends `bytes`, again and again on one connection. */
function requestsOf(bytes: Buffer, limits: HeadLimits, deliver: Delivery, times: number): string[] {
  const events: string[] = [];
  const stream = new Stream();
  const answer = (exchange: ServerExchange, body: string): void => {
    const { method, path, host, fields, upgrade, expectContinue, version } = exchange.head;
    events.push(
      `${method} ${path} ${host} ${version} ${upgrade} ${expectContinue}\n${fields.lines()}\n${body}`,
    );
    exchange.answer(200, "OK", new Fields(), Buffer.from("fine"));
  };
  const session = new ServerSession(
    stream,
    {
      request(exchange) {
        let body = "";
        exchange.readBody({
          bodyData: (chunk) => {
            body += chunk.toString("latin1");
          },
          bodyEnd: (trailers) => answer(exchange, `${body}|${trailers?.lines() ?? ""}`),
        });
      },
      refused: (status, failure) => events.push(`${status} ${failure?.code}`),
      finished: (exchange) => events.push(`finished ${exchange.status}`),
    },
    { ...TIMES, now: () => 0 },
    { ...limits, body: undefined, bodyRate: 0 },
  );
  for (let i = 0; i < times; i++) deliver(session, bytes);
  return [...events, stream.written, `destroyed: ${stream.destroyed}`];
}

/** All that a client hears when a server answers a request with `bytes`. */
function answersOf(
  bytes: Buffer,
  limits: HeadLimits,
  method: string,
  deliver: Delivery,
  times: number,
): string[] {
  const events: string[] = [];
  const stream = new Stream();
  const session = new ClientSession(stream, limits);
  let body = "";
  const headOf = ({ status, reason, fields, bodyLength, keepAlive }: ResponseHead): string =>
    `${status} ${reason} ${bodyLength} ${keepAlive}\n${fields.lines()}`;
  for (let i = 0; i < times; i++) {
    if (i > 0 && !session.reusable) break;
    body = "";
    session.send(method, `${method} / HTTP/1.1\r\n\r\n`, 0, {
      informed: (head) => events.push(`informed ${headOf(head)}`),
      responded: (head) => events.push(headOf(head)),
      bodyText: (text) => {
        body += text;
      },
      bodyData: (chunk) => {
        body += chunk.toString("latin1");
      },
      bodyEnd: (trailers) => events.push(`${body}|${trailers?.lines() ?? ""}`),
      failed: (failure) => events.push(`failed ${failure?.code}`),
      serverDrained: () => undefined,
    });
    deliver(session, bytes);
  }
  return [...events, `reusable: ${session.reusable}`, `destroyed: ${stream.destroyed}`];
}

t.test("every request vector means the same whole, in two pieces and byte by byte", async (t) => {
  for (const { name, bytes, limits } of loadVectors("request")) {
    const careful = requestsOf(bytes, limits, byteByByte, 2);
    t.same(requestsOf(bytes, limits, whole, 2), careful, name);
    const halves = requestsOf(bytes, limits, twice(bytes.length >> 1), 2);
    t.same(halves, careful, `${name}, in two pieces`);
  }
});

t.test(
  "every response vector means the same whole and byte by byte, the second time too",
  async (t) => {
    for (const { name, bytes, limits, answers = "GET" } of loadVectors("response")) {
      const careful = answersOf(bytes, limits, answers, byteByByte, 2);
      t.same(answersOf(bytes, limits, answers, whole, 2), careful, name);
    }
  },
);

const line = fc.constantFrom(
  ...["GET / HTTP/1.1\r\n", "POST /a HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 204 \r\n"],
  ...[
    "HTTP/1.1 103 Early\r\n",
    "Host: a\r\n",
    "host:b \r\n",
    "X:  y\t\r\n",
    "Content-Length: 3\r\n",
  ],
  ...["Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n"],
  ...["\r\n", "\r\n\r\n", "\n", "\r", "abc", "3\r\nabc\r\n", "0\r\n\r\n", " ", ":", "\0", "\xff"],
);
const hostile = fc
  .tuple(
    fc.constantFrom(
      ...["", "GET / HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"],
    ),
    fc.array(line, { maxLength: 8 }),
  )
  .map(([start, lines]) => Buffer.from(start + lines.join(""), "latin1"));

t.test("bytes at random mean the same, however they come", async () => {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.join("\0") === b.join("\0");
  fc.assert(
    fc.property(hostile, fc.nat(100), fc.integer({ min: 1, max: 3 }), (bytes, cut, times) => {
      const careful = requestsOf(bytes, DEFAULT_LIMITS, byteByByte, times);
      return (
        same(requestsOf(bytes, DEFAULT_LIMITS, whole, times), careful) &&
        same(requestsOf(bytes, DEFAULT_LIMITS, twice(Math.min(cut, bytes.length)), times), careful)
      );
    }),
    { numRuns: 3000 },
  );
  const method = fc.constantFrom("GET", "HEAD", "CONNECT");
  fc.assert(
    fc.property(hostile, method, fc.integer({ min: 1, max: 3 }), (bytes, asked, times) =>
      same(
        answersOf(bytes, DEFAULT_LIMITS, asked, whole, times),
        answersOf(bytes, DEFAULT_LIMITS, asked, byteByByte, times),
      ),
    ),
    { numRuns: 3000 },
  );
});
