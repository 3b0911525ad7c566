// Tests that bytes that wait for a slow client are copied, because the buffer into which an answer was read is
// overwritten by the next read of any connection. The client in these tests reads nothing until the end.
import fc from "fast-check";
import t from "tap";
import type { Exchange } from "../src/exchange/index.ts";
import { DEFAULT_LIMITS, type ResponseHead } from "../src/index.ts";
import { ClientSession, ServerSession } from "../src/session/index.ts";
import { DeafStream } from "./deaf-stream.ts";

/** Keeps the written chunks without copying them, and turns them into text only at the end. */
class SlowStream extends DeafStream {
  readonly held: (Buffer | string)[] = [];
  write(chunk: Buffer | string): boolean {
    this.held.push(chunk);
    return true;
  }
  get taken(): string {
    return this.held.map((part) => part.toString("latin1")).join("");
  }
}

const TIMES = { httpRequest: 1, httpKeepAlive: 1, client: 1, clientFin: 1, tunnel: 1 };
const SHARED = Buffer.alloc(16 * 1024);

/**
 * Passes an answer through a ServerSession and a ClientSession, and returns the bytes that the client gets. Every piece
 * of the answer is read into the same memory.
 */
function relayed(answer: Buffer, cuts: readonly number[]): string {
  const client = new SlowStream();
  let exchange: Exchange | undefined;
  const request = (asked: Exchange): void => {
    exchange = asked;
  };
  const handler = { request, refused: () => undefined, finished: () => undefined };
  const limits = { ...DEFAULT_LIMITS, body: undefined, bodyRate: 0 };
  const session = new ClientSession(
    client,
    handler,
    { ...TIMES, now: () => 0, wall: () => 0 },
    limits,
    { at: 0 },
  );
  session.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  const server = new ServerSession(new SlowStream(), DEFAULT_LIMITS);
  const respond = ({ status, reason, fields, bodyLength }: ResponseHead): void =>
    exchange?.respond(status, reason, fields, bodyLength);
  server.send("GET", "GET / HTTP/1.1\r\n\r\n", 0, {
    informed: () => undefined,
    responded: respond,
    bodyText: (text) => exchange?.writeText(text),
    bodyData: (chunk) => exchange?.write(chunk),
    bodyEnd: (trailers) => exchange?.end(trailers),
    failed: () => undefined,
    serverDrained: () => undefined,
  });
  let from = 0;
  for (const to of [...cuts, answer.length]) {
    for (; from < to; from += SHARED.length) {
      const length = answer.copy(SHARED, 0, from, Math.min(to, from + SHARED.length));
      server.receiveShared(SHARED, length);
      exchange?.flush();
      SHARED.fill("!");
    }
    from = to;
  }
  return client.taken;
}

const body = (bytes: number): string => "A".repeat(bytes);
const counted = (pad: number, bytes: number): string =>
  `HTTP/1.1 200 OK\r\nX-Pad: ${"p".repeat(pad)}\r\nContent-Length: ${bytes}\r\n\r\n${body(bytes)}`;

t.test("a long head in two reads with a body after it reaches the client unchanged", async (t) => {
  for (const cut of [9_000, 9_400, 9_540]) {
    const taken = relayed(Buffer.from(counted(9_500, 16_000)), [cut]);
    t.equal(taken.slice(taken.indexOf("\r\n\r\n") + 4), body(16_000), `cut at ${cut}`);
  }
});

t.test("an answer reaches the client unchanged, for any head, body and cuts", async () => {
  const shape = fc.record({
    pad: fc.nat(24_000),
    bytes: fc.nat(60_000),
    chunks: fc.constantFrom(0, 1, 7, 5_000, 20_000),
    cuts: fc.array(fc.nat(80_000), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(shape, ({ pad, bytes, chunks, cuts }) => {
      const chunk = (size: number): string => `${size.toString(16)}\r\n${body(size)}\r\n`;
      const pieces = chunks === 0 ? 0 : Math.min(2_000, Math.floor(bytes / chunks));
      const answer =
        chunks === 0
          ? counted(pad, bytes)
          : `HTTP/1.1 200 OK\r\nX-Pad: ${"p".repeat(pad)}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(chunks).repeat(pieces)}0\r\n\r\n`;
      const places = cuts.filter((cut) => cut < answer.length).sort((a, b) => a - b);
      const taken = relayed(Buffer.from(answer, "latin1"), places);
      const received = taken.slice(taken.indexOf("\r\n\r\n") + 4);
      const sent = chunks === 0 ? received : received.replaceAll(/[0-9a-f]+\r\n|\r\n/g, "");
      return sent === body(chunks === 0 ? bytes : chunks * pieces);
    }),
    { numRuns: 300 },
  );
});

t.test("chunks of one byte are sent to the client as one chunk per read", async (t) => {
  const client = relayed(
    Buffer.from(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nA\r\n".repeat(5_000)}0\r\n\r\n`,
    ),
    [],
  );
  const chunks = client.match(/^[0-9a-f]+\r$/gm)?.length ?? 0;
  t.ok(chunks <= 4, `${chunks} chunks for two reads`);
  t.equal(client.match(/A/g)?.length, 5_000);
});
