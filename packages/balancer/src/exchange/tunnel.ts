// Two connections as one, after a 101: bytes both ways with backpressure, and each side's end passed on to
// the other, which may go on talking; then a half-closed tunnel has a timeout of its own.
//
//   open ──client ends──▶ `clientFin` without traffic ──server ends──▶ closed when all is delivered
//     └────server ends──▶ `serverFin` without traffic ──client ends──▶ closed when all is delivered
//
// When either side is lost or late both are destroyed, so that no descriptor outlives its peer.
import type { Fields } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Deadlines } from "@tandem/transport";
import type { ConnectionUser, ServerConnection } from "../pool/server-connection.ts";
import { abortTermination } from "./termination.ts";

export interface TunnelOptions {
  readonly exchange: Exchange;
  readonly connection: ServerConnection;
  readonly protocol: string;
  readonly reason: string;
  /** Of the 101, without hop-by-hop fields. */
  readonly fields: Fields;
  readonly deadlines: Deadlines;
  readonly serverFinMs: number;
  readonly ended: TunnelEnd;
}

/** The tunnel is over: whose doing it was, the four characters and the words for the log. */
export type TunnelEnd = (by: "client" | "server", termination: string, cause: string) => void;

const NORMAL = "----";

/** Joins the client of `exchange` with the server of `connection`. */
export function openTunnel(options: TunnelOptions): void {
  new Tunnel(options).open();
}

class Tunnel implements ExchangeListener, ConnectionUser {
  readonly #options: TunnelOptions;
  #clientEnded = false;
  #serverEnded = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
  }

  open(): void {
    const { exchange, connection, protocol, reason, fields } = this.#options;
    const { socket, session } = connection;
    fields.add("Connection", "upgrade");
    fields.add("Upgrade", protocol);
    connection.user = this;
    connection.halfOpen = true;
    connection.outliveWriteErrors();
    connection.deadline = Number.POSITIVE_INFINITY; // the client's side has the timeouts, until we half-close it
    exchange.listener = this;
    session.tunnel((chunk) => this.#fromServer(chunk));
    exchange.switchProtocols(
      reason,
      fields,
      (chunk) => this.#fromClient(chunk),
      () => this.#clientEnds(),
    );
    socket.on("drain", () => {
      this.#serverActive();
      exchange.resumeTunnel();
    });
    socket.on("end", () => this.#serverEnds());
  }

  // ConnectionUser

  received(): void {}

  get settled(): boolean {
    return this.#options.exchange.settled;
  }

  serverTimedOut(): void {
    const { exchange, serverFinMs, ended } = this.#options;
    exchange.truncate();
    ended("server", "sD--", `half-closed, then no traffic for ${serverFinMs} ms`);
  }

  connectionClosed(): void {
    const { exchange, connection, ended } = this.#options;
    if (connection.reset) {
      exchange.truncate();
      ended("server", "SD--", "reset the connection");
    } else {
      exchange.endTunnel();
      ended("server", NORMAL, "");
    }
  }

  // ExchangeListener

  drained(): void {
    this.#serverActive();
    this.#options.connection.flow();
  }

  halfClosed(): void {} // told through #clientEnds

  aborted(cause: AbortCause): void {
    const { connection, ended } = this.#options;
    // Both have ended in order; what the client sent last may still be on its way, in `serverFin`.
    if (cause === "client-closed" && this.#clientEnded && this.#serverEnded) return;
    connection.socket.destroy();
    const [termination, words] = abortTermination(cause, "tunnel");
    ended("client", termination, words);
  }

  #fromClient(chunk: Buffer): void {
    const { exchange, connection } = this.#options;
    this.#serverActive();
    if (!connection.socket.write(chunk)) exchange.pauseTunnel();
  }

  #fromServer(chunk: Buffer): void {
    const { exchange, connection } = this.#options;
    if (!exchange.writeTunnel(chunk)) connection.hold();
  }

  #clientEnds(): void {
    if (this.#clientEnded) return;
    this.#clientEnded = true;
    this.#serverActive();
    this.#options.connection.socket.end();
  }

  #serverEnds(): void {
    const { exchange } = this.#options;
    this.#serverEnded = true;
    this.#serverActive();
    if (this.#clientEnded) exchange.endTunnel();
    else exchange.halfCloseTunnel();
  }

  /** Traffic, or a side's end. */
  #serverActive(): void {
    if (!this.#serverEnded) return;
    const { connection, deadlines, serverFinMs } = this.#options;
    connection.deadline = deadlines.now() + serverFinMs;
  }
}
