// A side of a connection that records what happens: requests, answers and bodies, and the frames that were written.
import { ClientSide, type RequestLine } from "../../src/h2/client-side.ts";
import type { H2Connection } from "../../src/h2/connection.ts";
import type { H2Failure } from "../../src/h2/error-code.ts";
import { DEFAULT_H2_LIMITS, type H2Limits } from "../../src/h2/limits.ts";
import { ServerSide } from "../../src/h2/server-side.ts";
import type { H2Stream, StreamListener } from "../../src/h2/stream.ts";
import {
  CHUNKED,
  Fields,
  type RequestHead,
  type RequestLimits,
  type ResponseHead,
} from "../../src/index.ts";
import { CODES, showFrames } from "./frames.ts";

export interface Recorded {
  readonly connection: H2Connection;
  /** What has happened so far. */
  readonly events: string[];
  /** The heads of all requests. */
  readonly heads: readonly RequestHead[];
  /** All bytes that were written. */
  readonly bytes: () => Buffer;
  /** The frames that were written, without those that every connection begins with. */
  readonly frames: () => string[];
}

class Bytes {
  readonly chunks: Buffer[] = [];
  text(text: string): void {
    this.chunks.push(Buffer.from(text, "latin1"));
  }
  bytes(chunk: Buffer): void {
    this.chunks.push(Buffer.from(chunk));
  }
}

/** Records the events of one stream. Pieces of a body that follow each other are shown as one. */
class Body implements StreamListener {
  readonly #events: string[];
  readonly stream: H2Stream;
  readonly #done: () => void;

  constructor(events: string[], stream: H2Stream, done: () => void) {
    this.#events = events;
    this.stream = stream;
    this.#done = done;
  }

  data(chunk: Buffer): void {
    const { id } = this.stream;
    const last = this.#events.at(-1) ?? "";
    if (last.startsWith(`data ${id} `)) this.#events[this.#events.length - 1] = last + chunk;
    else this.#events.push(`data ${id} ${chunk}`);
    this.stream.used(chunk.length);
  }

  ended(trailers: Fields | undefined): void {
    const list = trailers === undefined ? "" : fieldWords(trailers);
    this.#events.push(`end ${this.stream.id}${list}`);
    this.#done();
  }

  drained(): void {
    this.#events.push(`drained ${this.stream.id}`);
  }

  aborted({ code, fault }: H2Failure): void {
    this.#events.push(`aborted ${this.stream.id} ${CODES[code]} ${fault}`);
  }
}

class Answered extends Body {
  informed({ status }: ResponseHead): void {
    this.record(`informed ${this.stream.id} ${status}`);
  }
  responded({ status, bodyLength, fields }: ResponseHead): void {
    const length = bodyLength === CHUNKED ? "?" : bodyLength;
    this.record(`answer ${this.stream.id} ${status} length=${length}${fieldWords(fields)}`);
  }
  readonly record: (event: string) => void;
  constructor(events: string[], stream: H2Stream) {
    super(events, stream, () => {});
    this.record = (event) => events.push(event);
  }
}

function fieldWords(fields: Fields): string {
  return fields.keys.map((key, i) => ` ${key}=${fields.value(i).replaceAll(" ", "_")}`).join("");
}

/** Describes a request: method, target, authority, length of its body, fields. */
function requestWords(head: RequestHead): string {
  const length = head.bodyLength === CHUNKED ? "?" : head.bodyLength;
  const upgrade = head.upgrade === undefined ? "" : ` upgrade=${head.upgrade}`;
  const waits = head.expectContinue ? " continue" : "";
  return `${head.method} ${head.target} length=${length}${upgrade}${waits}${fieldWords(head.fields)}`;
}

export interface ServerOptions {
  readonly heads: RequestLimits;
  readonly limits?: Partial<H2Limits>;
  /** The bytes of the body that each request is answered with when it has ended; absent = no answer. */
  readonly answers?: number | undefined;
}

function recorded(
  bytes: Bytes,
  events: string[],
  connection: H2Connection,
  heads: readonly RequestHead[] = [],
): Recorded {
  const skipped = Buffer.concat(bytes.chunks).length;
  const all = (): Buffer => Buffer.concat(bytes.chunks);
  return {
    connection,
    events,
    heads,
    bytes: all,
    frames: () => showFrames(all().subarray(skipped)),
  };
}

/** Opens the server's side of a connection. */
export function openServer({ heads, limits, answers }: ServerOptions): Recorded {
  const bytes = new Bytes();
  const events: string[] = [];
  const seen: RequestHead[] = [];
  const h2 = { ...DEFAULT_H2_LIMITS, connectProtocol: false, ...limits };
  const respond = (stream: H2Stream): void => {
    if (answers === undefined) return;
    side.respond(stream, 200, new Fields(), answers, answers === 0);
    stream.write(Buffer.alloc(answers, "a"));
    stream.end();
  };
  const side = new ServerSide(
    bytes,
    {
      request(stream, head) {
        seen.push(head);
        events.push(`request ${stream.id} ${requestWords(head)}`);
        stream.listener = new Body(events, stream, () => respond(stream));
        if (stream.remoteDone) respond(stream);
      },
      refused(failure, stream) {
        const status =
          "status" in failure ? ` ${failure.status} ${failure.code}` : ` ${failure.fault}`;
        events.push(`refused${status}`);
        if (stream === undefined || !("status" in failure)) return;
        side.respond(stream, failure.status, new Fields(), 0, true);
        stream.endRest();
      },
      streamClosed: (stream) => events.push(`closed ${stream.id}`),
      over: (failure) => events.push(`over ${CODES[failure.code]} ${failure.fault}`),
    },
    heads,
    h2,
    0,
  );
  side.connection.flush();
  return recorded(bytes, events, side.connection, seen);
}

/** Opens the client's side of a connection, and sends a request for each line, such as `GET /`. */
export function openClient(
  requests: readonly string[],
  heads: RequestLimits,
): Recorded & { readonly side: ClientSide } {
  const bytes = new Bytes();
  const events: string[] = [];
  const side = new ClientSide(
    bytes,
    {
      goaway: () => events.push("goaway"),
      streamClosed: (stream) => events.push(`closed ${stream.id}`),
      over: (failure) => events.push(`over ${CODES[failure.code]} ${failure.fault}`),
    },
    heads,
    { ...DEFAULT_H2_LIMITS, connectProtocol: false },
    0,
  );
  for (const request of requests) {
    const [method = "GET", path = "/"] = request.split(" ");
    const line: RequestLine = { method, scheme: "http", authority: "a", path };
    const late: { stream?: H2Stream } = {};
    const listener = new Answered(events, {
      get id() {
        return late.stream?.id ?? 0;
      },
      used: (count: number) => late.stream?.used(count),
    } as H2Stream);
    late.stream = side.request(line, new Fields(), method !== "POST", listener);
  }
  side.connection.flush();
  return { ...recorded(bytes, events, side.connection), side };
}
