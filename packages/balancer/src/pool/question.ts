// A GET of our own to a server: a health check, or a probe for its load. The GET uses the same HTTP session code as
// requests of visitors. So an answer is valid here exactly when it would be valid for a visitor.
import { answerFields, Fields, type ProtocolFailure, type ResponseHead } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";
import { READY_TYPE } from "@tandem/telemetry/readiness";
import type { Clock, Timer } from "@tandem/transport";
import type { ConnectFailure } from "./connect-failure.ts";
import type { ConnectListener, Pending } from "./reservation.ts";
import type { ServerStream, StreamUser } from "./server-stream.ts";

/** How a question ended. A question is the GET of a health check, or of a probe for the server's load. */
export type Reply =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly fields: Fields;
      /** The body of a readiness report; empty when the answer is not a readiness report. */
      readonly report: string;
    }
  | { readonly kind: "no-connection"; readonly failure: ConnectFailure }
  /** The answer is malformed: a visitor would have got a 502. */
  | { readonly kind: "bad-answer"; readonly why: string }
  | { readonly kind: "late"; readonly connected: boolean };

/** A source of streams to the server, such as a pool. */
export interface Connections {
  request(listener: ConnectListener): Pending;
}

export interface QuestionOptions {
  readonly clock: Clock;
  /** The whole request head, with the empty line at its end. */
  readonly head: string;
  /** The time for connecting and answering together, in milliseconds. */
  readonly timeoutMs: number;
  /** Called exactly once, unless the question is cancelled before. */
  readonly replied: (reply: Reply) => void;
}

/** The most bytes of a body that are read. When a body is longer, only the status of the answer counts. */
const MOST_BODY = 64 * 1024;

/** Sends the GET on a stream of `connections`. The stream is given back afterwards. */
export function ask(connections: Connections, options: QuestionOptions): Pending {
  return new Question(connections, options);
}

class Question implements ConnectListener, ResponseListener, StreamUser, Pending {
  /** Always true: this object keeps no reference to the read buffer, so the next read may use that buffer at once. */
  readonly settled = true;
  readonly #options: QuestionOptions;
  readonly #timer: Timer;
  #pending: Pending | undefined = undefined;
  #stream: ServerStream | undefined = undefined;
  #head: { readonly status: number; readonly fields: Fields } | undefined = undefined;
  #bytes = 0;
  /**
   * The readiness report as far as it has come, one character per byte. Undefined when the body is no readiness
   * report.
   */
  #report: string | undefined = undefined;
  #complete = false;
  #over = false;

  constructor(connections: Connections, options: QuestionOptions) {
    this.#options = options;
    this.#timer = options.clock.after(options.timeoutMs, () => {
      this.#end({ kind: "late", connected: this.#stream !== undefined });
    });
    this.#pending = connections.request(this);
  }

  cancel(): void {
    this.#letGo();
  }

  connected(stream: ServerStream): void {
    this.#pending = undefined;
    this.#stream = stream;
    stream.user = this;
    stream.deadline = Number.POSITIVE_INFINITY; // the question has a timer of its own
    stream.send("GET", this.#options.head, 0, this);
  }

  connectFailed(failure: ConnectFailure): void {
    this.#pending = undefined;
    this.#end({ kind: "no-connection", failure });
  }

  informed(): void {}

  responded(head: ResponseHead): void {
    const fields = answerFields(head);
    if (head.status === 101) this.#bad("it switched protocols without being asked to");
    else if (fields instanceof Fields) {
      this.#head = { status: head.status, fields };
      if (fields.get("content-type")?.startsWith(READY_TYPE) === true) this.#report = "";
    } else this.#bad(fields.message);
  }

  bodyText(text: string): void {
    if (this.#report !== undefined) this.#report += text;
    this.#more(text.length);
  }

  bodyData(chunk: Buffer): void {
    if (this.#report !== undefined) this.#report += chunk.toString("latin1");
    this.#more(chunk.length);
  }

  bodyEnd(): void {
    this.#complete = true;
  }

  failed(failure: ProtocolFailure | undefined): void {
    const where = this.#head === undefined ? "before it answered" : "in the middle of its answer";
    const why = failure?.message ?? this.#stream?.broken;
    this.#bad(why ?? `it closed the connection ${where}`);
  }

  serverDrained(): void {}

  received(): void {
    if (this.#complete) this.#answered();
  }

  serverTimedOut(): void {}

  streamClosed(): void {
    if (this.#complete) this.#answered();
    else this.failed(undefined);
  }

  #more(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MOST_BODY) this.#answered();
  }

  #answered(): void {
    if (this.#head === undefined) return;
    const report = Buffer.from(this.#report ?? "", "latin1").toString();
    this.#end({ kind: "answer", ...this.#head, report });
  }

  #bad(why: string): void {
    this.#end({ kind: "bad-answer", why });
  }

  #end(reply: Reply): void {
    if (this.#over) return;
    this.#letGo();
    this.#options.replied(reply);
  }

  #letGo(): void {
    this.#over = true;
    this.#timer.cancel();
    this.#pending?.cancel();
    const stream = this.#stream;
    this.#stream = undefined;
    if (!this.#complete) stream?.abandon();
    stream?.release();
  }
}
