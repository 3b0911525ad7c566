// A session of HTTP/2 on a fake stream and a fake clock, and a client of it.
import type { Exchange } from "../src/exchange/index.ts";
import { type AnswerListener, ClientSide } from "../src/h2/client-side.ts";
import type { H2Failure } from "../src/h2/error-code.ts";
import { DEFAULT_H2_LIMITS, type H2Limits } from "../src/h2/limits.ts";
import type { H2Stream } from "../src/h2/stream.ts";
import { DEFAULT_LIMITS, Fields, type ResponseHead } from "../src/index.ts";
import { H2Session, type SessionLimits, type Turn } from "../src/session/index.ts";
import { FakeStream, TIMES } from "./given-session.ts";

/** An answer as the client has received it so far. */
class H2Received implements AnswerListener {
  readonly interim: number[] = [];
  status = 0;
  fields: Fields | undefined = undefined;
  body = "";
  trailers: Fields | undefined = undefined;
  state: "open" | "complete" | "truncated" = "open";
  failure: H2Failure | undefined = undefined;
  stream: H2Stream | undefined = undefined;

  informed({ status }: ResponseHead): void {
    this.interim.push(status);
  }
  responded({ status, fields }: ResponseHead): void {
    this.status = status;
    this.fields = fields;
  }
  data(chunk: Buffer): void {
    this.body += chunk.toString("latin1");
    this.stream?.used(chunk.length);
  }
  ended(trailers: Fields | undefined): void {
    this.trailers = trailers;
    this.state = "complete";
  }
  drained(): void {}
  aborted(failure: H2Failure): void {
    if (this.state === "open") this.state = "truncated";
    this.failure = failure;
  }
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: boolean;
  readonly protocol?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface GivenOptions {
  readonly limits?: Partial<SessionLimits>;
  readonly h2?: Partial<H2Limits>;
  readonly turn?: Turn;
}

/** Opens a session that passes its requests to `request`. `seen` records the requests and how they ended. */
export function openH2(request: (exchange: Exchange) => void, options: GivenOptions = {}) {
  const stream = new FakeStream();
  const seen: string[] = [];
  let time = 0;
  const deadline = { at: 0 };
  const h2 = { ...DEFAULT_H2_LIMITS, ...options.h2 };
  const session = new H2Session(
    stream,
    {
      request(exchange) {
        seen.push(exchange.head.path);
        request(exchange);
      },
      refused: ({ status, cause }) => seen.push(`refused ${status} ${cause}`),
      finished: (exchange) => seen.push(`finished ${exchange.head.path} ${exchange.status}`),
      left: () => seen.push("left"),
    },
    { ...TIMES, now: () => time, wall: () => time },
    { ...DEFAULT_LIMITS, body: undefined, bodyRate: 1000, h2, ...options.limits },
    deadline,
    options.turn,
  );
  let asked = Buffer.alloc(0);
  const collect = (chunk: Buffer): void => {
    asked = Buffer.concat([asked, chunk]);
  };
  const client = new ClientSide(
    { text: (text) => collect(Buffer.from(text, "latin1")), bytes: collect },
    { goaway: () => seen.push("goaway"), streamClosed() {}, over() {} },
    DEFAULT_LIMITS,
    DEFAULT_H2_LIMITS,
    0,
  );
  /** Passes bytes on between client and session, until both are silent. */
  const pump = (): void => {
    for (;;) {
      client.connection.flush();
      const sent = asked;
      asked = Buffer.alloc(0);
      if (sent.length > 0) session.receive(sent);
      const answered = Buffer.from(stream.written, "latin1");
      stream.written = "";
      if (answered.length > 0) client.connection.receive(answered, time);
      else if (sent.length === 0) return;
    }
  };
  const ask = ({ method = "GET", path = "/", body = false, protocol, fields = {} }: Asked = {}) => {
    const received = new H2Received();
    const line = { method, path, scheme: "http", authority: "a" };
    const all = new Fields();
    for (const [name, value] of Object.entries(fields)) all.add(name, value);
    const asks = protocol === undefined ? line : { ...line, protocol };
    received.stream = client.request(asks, all, !body, received);
    pump();
    return received;
  };
  /** Lets time pass, and calls `expired` after the deadline, as the owner of a real session does. */
  const pass = (ms: number): void => {
    for (const end = time + ms; time < end; time += 100) {
      if (deadline.at <= time && !stream.destroyed) session.expired();
    }
  };
  return { stream, session, seen, client, pump, ask, pass, deadline };
}
