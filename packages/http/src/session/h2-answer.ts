// Writes the answer of an exchange to its stream.
import type { AnswerSink } from "../exchange/answer-sink.ts";
import { CANCEL, INTERNAL_ERROR } from "../h2/error-code.ts";
import type { H2Stream } from "../h2/stream.ts";
import { Fields } from "../message/fields.ts";
import { addGrpcCut, callsGrpc, hasGrpcType } from "../message/grpc.ts";
import type { RequestHead } from "../message/head.ts";
import { withOwnField } from "./h2-refusal.ts";
import type { RequestSession } from "./h2-request-session.ts";

export class H2Answer implements AnswerSink {
  /** Whether the stream has become a tunnel. */
  tunnel = false;
  /** Set when the answer ends with what it is given now, so that the last bytes and the end are one frame. */
  ending = false;
  readonly #session: RequestSession;
  readonly #stream: H2Stream;
  readonly #method: string;
  /** Whether the request is a call of gRPC. */
  readonly grpc: boolean;
  /** Set when the answer has the failure of a call of gRPC in its fields. Its status is then 200, and it has no body. */
  failsGrpc = false;
  /** Whether the answer has messages of gRPC, which end with trailers. */
  #hasMessages = false;

  /** @param head the head of the request */
  constructor(session: RequestSession, stream: H2Stream, head: RequestHead) {
    this.#session = session;
    this.#stream = stream;
    this.#method = head.method;
    this.grpc = callsGrpc(head);
  }

  informed(status: number, _reason: string, fields: Fields): void {
    this.#session.side.respond(this.#stream, status, fields, undefined, false);
    this.#session.send();
  }

  responded(status: number, _reason: string, fields: Fields, bodyLength: number): void {
    const { ownField, side } = this.#session;
    const sent = withOwnField(fields, ownField);
    // Any status of success opens a tunnel; HTTP/2 has no 101 (RFC 8441 §5).
    this.tunnel = status === 101;
    if (this.grpc) this.#hasMessages = status === 200 && hasGrpcType(sent);
    const head = this.#method === "HEAD" || status === 204 || status === 304;
    const length = head || this.tunnel || this.failsGrpc ? undefined : bodyLength;
    const ends = bodyLength === 0 && !this.tunnel;
    side.respond(this.#stream, this.tunnel || this.failsGrpc ? 200 : status, sent, length, ends);
    this.#session.send();
  }

  data(chunk: Buffer): boolean {
    this.#stream.write(chunk);
    if (this.ending) return true;
    const taken = this.#stream.flush();
    this.#session.send();
    return taken && !this.#session.congested;
  }

  /** Ends our half. In a tunnel the client may go on sending; the rest of a request that was answered is not wanted. */
  ended(trailers: Fields | undefined): void {
    this.#stream.end(trailers);
    if (!this.tunnel) this.#stream.endRest();
    this.#session.send();
  }

  /**
   * A tunnel that was cut ends as a TCP connection does that was reset (RFC 8441 §5). Messages of gRPC that were cut end
   * with a status that says so: a client makes INTERNAL of a reset, which is not tried again.
   */
  truncated(): void {
    if (this.#hasMessages) {
      const trailers = new Fields();
      addGrpcCut(trailers);
      this.#stream.end(trailers);
      this.#stream.endRest();
    } else this.#stream.reset(this.tunnel ? CANCEL : INTERNAL_ERROR);
    this.#session.send();
  }
}
