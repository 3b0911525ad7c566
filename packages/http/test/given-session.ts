// A session on a fake stream and a fake clock: the test decides when the peer reads and how time passes.
import type { AbortCause, Exchange, ExchangeListener } from "../src/exchange/index.ts";
import { DEFAULT_LIMITS, Fields, UNTIL_CLOSE } from "../src/index.ts";
import { type ByteStream, ClientSession } from "../src/session/index.ts";

/** A fake stream whose peer reads everything at once, or nothing while `stuck` is true. */
export class FakeStream implements ByteStream {
  destroyed = false;
  reset = false;
  ended = false;
  paused = false;
  stuck = false;
  encrypted = false;
  writableLength = 0;
  written = "";
  get writableNeedDrain() {
    return this.writableLength > 0;
  }
  write(chunk: Buffer | string) {
    this.written += typeof chunk === "string" ? chunk : chunk.toString("latin1");
    if (this.stuck) this.writableLength += chunk.length;
    return !this.stuck;
  }
  cork() {}
  uncork() {}
  pause() {
    this.paused = true;
  }
  resume() {
    this.paused = false;
  }
  end() {
    this.ended = true;
  }
  destroy() {
    this.destroyed = true;
  }
  resetAndDestroy() {
    this.reset = true;
    this.destroyed = true;
  }
}

export const TIMES = {
  httpRequest: 10_000,
  httpKeepAlive: 60_000,
  client: 30_000,
  clientFin: 30_000,
  tunnel: 60_000,
};

/** Opens a session that passes its requests to `request`. `seen` records the requests and how they ended. */
export function open(request: (exchange: Exchange) => void) {
  const stream = new FakeStream();
  const seen: string[] = [];
  let time = 0;
  const deadline = { at: 0 };
  const session = new ClientSession(
    stream,
    {
      request(exchange) {
        seen.push(exchange.head.path);
        request(exchange);
      },
      refused: ({ status }) => seen.push(`refused ${status}`),
      finished: (exchange) => seen.push(`finished ${exchange.head.path}`),
    },
    { ...TIMES, now: () => time, wall: () => time },
    { ...DEFAULT_LIMITS, body: undefined, bodyRate: 1000 },
    deadline,
  );
  const get = (...paths: string[]) =>
    session.receive(
      Buffer.from(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join("")),
    );
  /** Lets time pass, and calls `expired` after the deadline, as the owner of a real session does. */
  const pass = (ms: number) => {
    for (const end = time + ms; time < end; time += 100) {
      if (deadline.at <= time && !stream.destroyed) session.expired();
    }
  };
  return { stream, session, seen, get, pass };
}

/** Answers with the path of the request. */
export const ok = (exchange: Exchange) =>
  exchange.answer(200, "OK", new Fields(), Buffer.from(exchange.head.path));

/** A listener that only reports the cause when an exchange is aborted. */
export const onAbort = (aborted: (cause: AbortCause) => void): ExchangeListener => ({
  drained() {},
  halfClosed() {},
  aborted,
});

export const request = (line: string) => Buffer.from(`${line}\r\nHost: a\r\n\r\n`);

/** Begins an answer of unknown length, or of `length` bytes, and sends part of it. */
export function begin(line: string, length = UNTIL_CLOSE) {
  let begun: Exchange | undefined;
  const given = open((exchange) => {
    begun = exchange;
    exchange.respond(200, "OK", new Fields(), length);
    exchange.write(Buffer.from("half"));
    exchange.flush();
  });
  given.session.receive(request(line));
  if (begun === undefined) throw new Error("no request came");
  return { ...given, exchange: begun };
}
