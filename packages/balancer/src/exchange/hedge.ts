// A second try beside the first (Dean and Barroso, "The Tail at Scale", CACM 2013): an idempotent request
// without a body whose server is slow to begin its answer goes to another one as well, and whoever
// answers first is heard. The other connection is closed, which tells its server to stop.
import type { Fields, ProtocolFailure, ResponseHead } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";
import type { Backend } from "../backend/backend.ts";
import type { Server } from "../backend/server.ts";
import type { ConnectFailure, ConnectListener, Pending } from "../pool/reservation.ts";
import type { ConnectionUser, ServerConnection } from "../pool/server-connection.ts";
import type { ProxyErrorCode } from "./proxy-error.ts";

/** When the second server was chosen, and when there was a connection to it. */
export interface HedgeTimes {
  readonly givenAt: number;
  readonly connectedAt: number;
}

/** The request that has two tries. */
export interface Hedged {
  /** The second server answers: the connection is the request's from now on. */
  hedgeWon(server: Server, connection: ServerConnection, times: HedgeTimes): void;
  /** The second server will not answer. */
  hedgeLost(code: ProxyErrorCode): void;
}

export class Hedge implements ResponseListener, ConnectListener, ConnectionUser {
  readonly #request: Hedged;
  readonly #answer: ResponseListener & ConnectionUser;
  readonly #backend: Backend;
  readonly #server: Server;
  readonly #method: string;
  readonly #head: string;
  readonly #givenAt: number;
  #connectedAt = 0;
  #connection: ServerConnection | undefined = undefined;
  #pending: Pending | undefined = undefined;
  #state: "running" | "won" | "over" = "running";

  /**
   * The server counts the request already.
   * @param answer hears the answer if this server is the first
   * @param head the complete head of a request without a body
   */
  constructor(
    request: Hedged,
    answer: ResponseListener & ConnectionUser,
    backend: Backend,
    server: Server,
    method: string,
    head: string,
  ) {
    this.#request = request;
    this.#answer = answer;
    this.#givenAt = backend.clock.now();
    this.#backend = backend;
    this.#server = server;
    this.#method = method;
    this.#head = head;
  }

  start(): void {
    this.#pending = this.#backend.poolOf(this.#server).request(this);
  }

  /** The first server answers, or the request is over. */
  cancel(): void {
    if (this.#state === "running") this.#letGo();
  }

  connected(connection: ServerConnection): void {
    this.#pending = undefined;
    this.#connection = connection;
    connection.user = this;
    const { deadlines, config } = this.#backend;
    this.#connectedAt = deadlines.now();
    connection.deadline = this.#connectedAt + config.timeouts.server;
    connection.session.send(this.#method, this.#head, 0, this);
  }

  connectFailed({ code }: ConnectFailure): void {
    this.#pending = undefined;
    this.#lose(code);
  }

  // ResponseListener: nothing is heard before the final head; from there on the request hears all.

  informed(): void {}

  responded(head: ResponseHead): void {
    const connection = this.#connection;
    if (connection === undefined || this.#state !== "running") return;
    this.#state = "won";
    const times = { givenAt: this.#givenAt, connectedAt: this.#connectedAt };
    this.#request.hedgeWon(this.#server, connection, times);
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

  // ConnectionUser, until it has won.

  received(): void {}

  get settled(): boolean {
    return this.#answer.settled;
  }

  serverTimedOut(): void {
    this.#lose("server-timeout");
  }

  connectionClosed(): void {
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
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) this.#server.end();
    else this.#backend.abandon(this.#server, connection);
    this.#backend.advance(); // into the room it has left
  }
}
