// Makes transcripts of sessions: every event that a session reports for given bytes, and all bytes that it answers. The
// transcripts of the same bytes have to be equal, however the bytes are cut and whenever the requests are answered.
import type { Exchange } from "../src/exchange/index.ts";
import { Fields, type RequestHead, type RequestLimits, type ResponseHead } from "../src/index.ts";
import { type ByteStream, ClientSession, ServerSession } from "../src/session/index.ts";

/** A session that a `Delivery` gives bytes to, with counts of the events that the session reports. */
interface Fed {
  readonly session: ClientSession | ServerSession;
  readonly stream: Stream;
  /** How many events the session has reported. While this number grows, bytes are passed on and not stored. */
  reported: number;
  /** The longest run of bytes taken without an event: the session cannot have stored more than that. */
  mostSilent: number;
  /** Whether the session has failed, so that its owner would have closed the connection. */
  over: boolean;
  /** Answers the request that has waited longest. Returns false when no request waits. */
  readonly settle: () => boolean;
}

/** Gives bytes to a session. Like a socket, it gives no bytes while reading is paused. */
export type Delivery = (fed: Fed, bytes: Buffer) => void;

const shared = Buffer.alloc(64 * 1024);

function receiveShared(fed: Fed, bytes: Buffer): void {
  awaitReading(fed);
  bytes.copy(shared);
  fed.session.receiveShared(shared, bytes.length);
  shared.fill("!", 0, bytes.length); // overwrites the bytes, as the next read would
}

function awaitReading({ stream, settle }: Fed): void {
  while (stream.paused && !stream.over) {
    if (!settle())
      throw new Error("reading is paused and no request waits for an answer that resumes it");
  }
}

export const whole: Delivery = receiveShared;

export const twice =
  (cut: number): Delivery =>
  (fed, bytes) => {
    receiveShared(fed, bytes.subarray(0, cut));
    receiveShared(fed, bytes.subarray(cut));
  };

export const byteByByte: Delivery = (fed, bytes) => {
  let silent = 0;
  for (let i = 0; i < bytes.length; i++) {
    awaitReading(fed);
    const before = fed.reported;
    fed.session.receive(Buffer.from(bytes.subarray(i, i + 1)));
    silent = fed.reported === before && !fed.over && !fed.stream.over ? silent + 1 : 0;
    fed.mostSilent = Math.max(fed.mostSilent, silent);
  }
};

class Stream implements ByteStream {
  written = "";
  destroyed = false;
  reset = false;
  ended = false;
  paused = false;
  readonly writableNeedDrain = false;
  readonly writableLength = 0;
  /** Returns whether the connection is closed, so that further bytes are ignored. */
  get over(): boolean {
    return this.destroyed || this.ended;
  }
  write(chunk: Buffer | string): boolean {
    this.written += typeof chunk === "string" ? chunk : chunk.toString("latin1");
    return true;
  }
  cork(): void {}
  uncork(): void {}
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
  resetAndDestroy(): void {
    this.destroyed = this.reset = true;
  }
}

export const TIMES = { httpRequest: 1, httpKeepAlive: 1, client: 1, clientFin: 1, tunnel: 1 };

/** A request that the session reported completely, with its body. */
export interface SeenRequest {
  readonly head: RequestHead;
  readonly body: string;
  readonly trailers: Fields | undefined;
}

export interface RequestTranscript {
  readonly events: readonly string[];
  readonly requests: readonly SeenRequest[];
  readonly mostSilent: number;
}

/**
 * Returns the transcript of a connection on which a client sends `bytes`, and repeats them until they were sent
 * `times` times. Requests are answered at once. With `later`, a request is answered only when the session takes no
 * more bytes until then, or when all bytes were sent.
 */
export function requestsOf(
  bytes: Buffer,
  limits: RequestLimits,
  deliver: Delivery,
  times: number,
  later = false,
): RequestTranscript {
  const events: string[] = [];
  const requests: SeenRequest[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Stream();
  const answer = (exchange: Exchange, body: string, trailers: Fields | undefined): void => {
    const { head } = exchange;
    requests.push({ head, body, trailers });
    events.push(requestText(head, `${body}|${trailers?.lines() ?? ""}`));
    exchange.answer(200, "OK", new Fields(), Buffer.from("fine"));
  };
  const read = (exchange: Exchange): void => {
    let body = "";
    exchange.readBody({
      bodyData: (chunk) => {
        body += chunk.toString("latin1");
        fed.reported += 1;
      },
      bodyEnd: (trailers) => answer(exchange, body, trailers),
    });
  };
  const report = (event: string): void => {
    events.push(event);
    fed.reported += 1;
  };
  const session = new ClientSession(
    stream,
    {
      request(exchange) {
        fed.reported += 1;
        if (later) waiting.push(() => read(exchange));
        else read(exchange);
      },
      refused: ({ status, failure }) => report(`${status} ${failure?.code}`),
      finished: (exchange) => report(`finished ${exchange.status}`),
    },
    { ...TIMES, now: () => 0, wall: () => 0 },
    { ...limits, body: undefined, bodyRate: 0 },
    { at: 0 },
  );
  const settle = (): boolean => {
    const next = waiting.shift();
    next?.();
    return next !== undefined;
  };
  const fed: Fed = { session, stream, reported: 0, mostSilent: 0, over: false, settle };
  for (let i = 0; i < times; i++) deliver(fed, bytes);
  while (settle());
  // A connection is destroyed at once, or half-closed first, depending on whether bytes after the last request have come
  // yet. So both are recorded as "closed".
  const closed = stream.reset ? "reset" : stream.over ? "closed" : "open";
  events.push(stream.written, closed);
  return { events, requests, mostSilent: fed.mostSilent };
}

function requestText(head: RequestHead, body: string): string {
  const { method, path, host, fields, upgrade, expectContinue, version } = head;
  const line = `${method} ${path} ${host} ${version} ${upgrade} ${expectContinue}`;
  return `${line}\n${fields.lines()}\n${body}`;
}

/** An answer that the session reported completely, with its body. */
export interface SeenAnswer {
  readonly head: ResponseHead;
  readonly body: string;
  readonly trailers: Fields | undefined;
}

export interface AnswerTranscript {
  readonly events: readonly string[];
  readonly answers: readonly SeenAnswer[];
  readonly mostSilent: number;
}

/** Returns the transcript when a server answers each of `times` requests on one connection with `bytes`. */
export function answersOf(
  bytes: Buffer,
  limits: RequestLimits,
  method: string,
  deliver: Delivery,
  times: number,
): AnswerTranscript {
  const events: string[] = [];
  const answers: SeenAnswer[] = [];
  const stream = new Stream();
  const session = new ServerSession(stream, limits);
  const fed: Fed = {
    session,
    stream,
    reported: 0,
    mostSilent: 0,
    over: false,
    settle: () => false,
  };
  const report = (event: string): void => {
    events.push(event);
    fed.reported += 1;
  };
  for (let i = 0; i < times; i++) {
    if (i > 0 && !session.reusable) break;
    let body = "";
    let head: ResponseHead | undefined;
    session.send(method, `${method} / HTTP/1.1\r\n\r\n`, 0, {
      informed: (interim) => report(`informed ${answerText(interim)}`),
      responded(final) {
        head = final;
        report(answerText(final));
        if (final.status === 101) session.tunnel((chunk) => report(chunk.toString("latin1")));
      },
      bodyText(text) {
        body += text;
        fed.reported += 1;
      },
      bodyData(chunk) {
        body += chunk.toString("latin1");
        fed.reported += 1;
      },
      bodyEnd(trailers) {
        report(`${body}|${trailers?.lines() ?? ""}`);
        if (head !== undefined) answers.push({ head, body, trailers });
      },
      failed(failure) {
        fed.over = true;
        report(`failed ${failure?.code}`);
      },
      serverDrained: () => undefined,
    });
    deliver(fed, bytes);
  }
  const tunnelled = joinTunnel(events);
  tunnelled.push(`reusable: ${session.reusable}`, `destroyed: ${stream.destroyed}`);
  const before = events.length;
  session.closed(true);
  return {
    events: [...tunnelled, ...events.slice(before)],
    answers,
    mostSilent: fed.mostSilent,
  };
}

/** Joins the events after a 101 into one, because the bytes of a tunnel may arrive in any pieces. */
function joinTunnel(events: readonly string[]): string[] {
  const at = events.findIndex((event) => event.startsWith("101 "));
  return at < 0 ? [...events] : [...events.slice(0, at + 1), events.slice(at + 1).join("")];
}

function answerText({ status, reason, fields, bodyLength, keepAlive }: ResponseHead): string {
  return `${status} ${reason} ${bodyLength} ${keepAlive}\n${fields.lines()}`;
}
