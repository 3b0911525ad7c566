// A second try while the first one still waits (Dean and Barroso, "The Tail at Scale", CACM 2013). When an idempotent
// request without a body waits long for its answer to begin, it is sent to a second server as well. The server that
// answers first is used. The connection to the other server is closed, which tells that server to stop.
import type { Fields, ProtocolFailure, ResponseHead } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";
import type { Backend } from "../backend/backend.ts";
import type { ConnectFailure } from "../pool/connect-failure.ts";
import type { Pool } from "../pool/pool.ts";
import type { ConnectListener, Pending } from "../pool/reservation.ts";
import type { ServerStream, StreamUser } from "../pool/server-stream.ts";
import type { Server } from "../server/server.ts";
import type { ProxyErrorCode } from "./proxy-error.ts";

/** When the second server was chosen, and when a stream to it was ready. */
export interface HedgeTimes {
  readonly givenAt: number;
  readonly connectedAt: number;
}

/** The two methods of a request that are called with the result of its second try. */
export interface Hedged {
  /** Called when the second server answers. From now on the request uses `stream`. */
  hedgeWon(server: Server, stream: ServerStream, times: HedgeTimes): void;
  /** Called when the second server will not answer. */
  hedgeLost(code: ProxyErrorCode): void;
}

export class Hedge implements ResponseListener, ConnectListener, StreamUser {
  readonly #request: Hedged;
  readonly #answer: ResponseListener & StreamUser;
  readonly #backend: Backend;
  readonly #server: Server;
  readonly #pool: Pool;
  readonly #method: string;
  readonly #head: string;
  readonly #givenAt: number;
  #connectedAt = 0;
  #stream: ServerStream | undefined = undefined;
  #pending: Pending | undefined = undefined;
  #state: "running" | "won" | "over" = "running";

  /**
   * Makes the second try, which begins with `start`. The second server's number of requests in
   * flight must include the request already.
   * @param answer gets the answer if the second server answers first
   * @param pool the connections to `server` that the request may go on
   * @param head the complete head of a request without a body
   */
  constructor(
    request: Hedged,
    answer: ResponseListener & StreamUser,
    backend: Backend,
    server: Server,
    pool: Pool,
    method: string,
    head: string,
  ) {
    this.#request = request;
    this.#answer = answer;
    this.#givenAt = backend.clock.now();
    this.#backend = backend;
    this.#server = server;
    this.#pool = pool;
    this.#method = method;
    this.#head = head;
  }

  start(): void {
    this.#pending = this.#pool.request(this);
  }

  /** Called when the first server answers, or when the request has ended. */
  cancel(): void {
    if (this.#state === "running") this.#letGo();
  }

  connected(stream: ServerStream): void {
    this.#pending = undefined;
    this.#stream = stream;
    stream.user = this;
    const { deadlines, config } = this.#backend;
    this.#connectedAt = deadlines.now();
    stream.deadline = this.#connectedAt + config.timeouts.server;
    stream.send(this.#method, this.#head, 0, this);
  }

  connectFailed({ code }: ConnectFailure): void {
    this.#pending = undefined;
    this.#lose(code);
  }

  // Implements ResponseListener. Interim answers (1xx) are not passed on. From the final head on, everything is passed
  // on to `#answer`.

  informed(): void {}

  responded(head: ResponseHead): void {
    const stream = this.#stream;
    if (stream === undefined || this.#state !== "running") return;
    this.#state = "won";
    const times = { givenAt: this.#givenAt, connectedAt: this.#connectedAt };
    this.#request.hedgeWon(this.#server, stream, times);
    this.#answer.responded(head);
  }

  bodyText(text: string): void {
    this.#answer.bodyText(text);
  }

  bodyData(chunk: Buffer): void {
    this.#answer.bodyData(chunk);
  }

  bodyEnd(trailers: Fields | undefined): void {
    this.#answer.bodyEnd(trailers);
  }

  failed(failure: ProtocolFailure | undefined): void {
    if (this.#state === "won") this.#answer.failed(failure);
    else this.#lose(failure === undefined ? "server-closed" : "bad-response");
  }

  serverDrained(): void {}

  // Implements StreamUser, until the answer of the second server begins.

  received(): void {}

  get settled(): boolean {
    return this.#answer.settled;
  }

  serverTimedOut(): void {
    this.#lose("server-timeout");
  }

  streamClosed(): void {
    this.#lose("server-closed");
  }

  #lose(code: ProxyErrorCode): void {
    if (this.#state !== "running") return;
    this.#letGo();
    this.#request.hedgeLost(code);
  }

  #letGo(): void {
    this.#state = "over";
    this.#pending?.cancel();
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) this.#server.end();
    else this.#backend.abandon(this.#server, stream);
    this.#backend.waiting.advance(); // a waiting request may take the slot that this request had
  }
}
