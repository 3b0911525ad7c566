// An exchange over HTTP/2: a stream of the client's connection. The exchange keeps the answer until it may leave, as
// MemoryExchange does; H2Request writes it to the stream.
import type { AnswerSink } from "../exchange/answer-sink.ts";
import type { BodySink } from "../exchange/body-sink.ts";
import type { TunnelTimeouts } from "../exchange/exchange.ts";
import { MemoryExchange, type MemoryRequest } from "../exchange/memory-exchange.ts";
import type { H2Stream } from "../h2/stream.ts";
import type { Fields } from "../message/fields.ts";
import { addGrpcFailure } from "../message/grpc.ts";

/** Fields of a 101 that an answer to an extended CONNECT does not have (RFC 8441 §5, RFC 9110 §9.3.6). */
const HANDSHAKE = ["sec-websocket-accept", "content-length"];

/** What an exchange needs to know of its session. */
export interface ExchangeSurroundings {
  readonly tunnelTimeouts: TunnelTimeouts;
  /** Looks at `at`, on the session's clock, at the latest for what is late. */
  lookBy(at: number): void;
  /** Sends what was written, at once or at the end of the read that is being processed. */
  send(): void;
  /** Called when the exchange on a stream has ended. */
  finished(stream: H2Stream): void;
}

/** A sink that may keep the last bytes of an answer until it is told that the answer has ended. */
interface EndingSink extends AnswerSink {
  ending: boolean;
  readonly grpc: boolean;
  failsGrpc: boolean;
}

const NO_BODY = Buffer.alloc(0);

export class H2Exchange extends MemoryExchange {
  /** The sink of the request's body; undefined until the handler reads the body. */
  bodySink: BodySink | undefined = undefined;
  /** The time at which a tunnel's client is late, on the session's clock. */
  tunnelLateAt = Number.POSITIVE_INFINITY;
  readonly #stream: H2Stream;
  readonly #session: ExchangeSurroundings;
  readonly #answer: EndingSink;

  constructor(
    request: MemoryRequest & { readonly sink: EndingSink },
    stream: H2Stream,
    session: ExchangeSurroundings,
  ) {
    super(request);
    this.#answer = request.sink;
    this.#stream = stream;
    this.#session = session;
  }

  /** Whether the body of the request is being read: it has a sink, is not complete and not paused. */
  get readsBody(): boolean {
    return this.bodySink !== undefined && !this.bodyDone && !this.bodyPaused;
  }

  override readBody(sink: BodySink): void {
    this.bodySink = sink;
    super.readBody(new Used(sink, this.#stream));
    this.#session.send();
  }

  // What waited makes room for the client when it is used, and the client has to be told.

  override resumeBody(): void {
    super.resumeBody();
    this.#session.send();
  }

  override resumeTunnel(): void {
    super.resumeTunnel();
    this.#session.send();
  }

  /**
   * A status of success would open a tunnel where an extended CONNECT has asked for one (RFC 8441 §5). An answer that
   * switches no protocol says instead that it cannot be had here.
   */
  override respond(status: number, reason: string, fields: Fields, bodyLength: number): void {
    const succeeds = status >= 200 && status < 300 && this.head.upgrade !== undefined;
    super.respond(succeeds ? 501 : status, reason, fields, bodyLength);
  }

  /**
   * An answer of our own that refuses a call of gRPC, or says that it has failed, says so in the way of gRPC. The log and
   * the counters have the status of HTTP that it would have had.
   */
  override answer(status: number, reason: string, fields: Fields, body: Buffer): void {
    const fails = this.#answer.grpc && status >= 300 && !fields.has("grpc-status");
    if (fails) {
      addGrpcFailure(fields, status);
      this.#answer.failsGrpc = true;
    }
    super.answer(status, reason, fields, fails ? NO_BODY : body);
  }

  protected override get endsWithTrailers(): boolean {
    return true;
  }

  override end(trailers?: Fields): void {
    this.#answer.ending = true;
    super.end(trailers);
    if (this.responseEnded) this.#session.finished(this.#stream);
  }

  override truncate(): void {
    super.truncate();
    this.#session.finished(this.#stream);
  }

  /** Ends the tunnel, the client's half too, once everything that was written has left. */
  override endTunnel(): void {
    super.endTunnel();
    this.#stream.endRest();
    this.#session.send();
    this.#session.finished(this.#stream);
  }

  override get settled(): boolean {
    return super.settled && this.#stream.queued === 0; // what left the queue was copied into frames
  }

  override switchProtocols(
    reason: string,
    fields: Fields,
    receive: (chunk: Buffer) => void,
    ended: () => void,
  ): void {
    const used = (chunk: Buffer): void => {
      receive(chunk);
      this.#stream.used(chunk.length);
    };
    for (const key of HANDSHAKE) fields.remove(key);
    super.switchProtocols(reason, fields, used, ended);
    this.#session.send(); // what had come before made room when it was passed on
  }

  override get tunnelTimeouts(): TunnelTimeouts {
    return this.#session.tunnelTimeouts;
  }

  override set tunnelDeadline(at: number) {
    this.tunnelLateAt = at;
    this.#session.lookBy(at);
  }
}

/** Passes a body on, and lets the client send as many bytes more as the sink has taken. */
class Used implements BodySink {
  readonly #sink: BodySink;
  readonly #stream: H2Stream;

  constructor(sink: BodySink, stream: H2Stream) {
    this.#sink = sink;
    this.#stream = stream;
  }

  bodyData(chunk: Buffer): void {
    this.#sink.bodyData(chunk);
    this.#stream.used(chunk.length);
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#sink.bodyEnd(trailers);
  }

  bodyFlush(): void {
    this.#sink.bodyFlush?.();
  }
}
