// Two connections as one, after a 101: bytes both ways with backpressure, and each side's end passed on to
// the other, which may go on talking; then a half-closed tunnel has a timeout of its own.
//
//   open ──client ends──▶ `clientFin` without traffic ──server ends──▶ closed when all is delivered
//     └────server ends──▶ `serverFin` without traffic ──client ends──▶ closed when all is delivered
//
// When either side is lost or late both are destroyed, so that no descriptor outlives its peer.
import { abortTermination } from "@tandem/front";
import type { Fields } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Deadlines } from "@tandem/transport";
import type { ServerStream, StreamUser } from "../pool/server-stream.ts";

export interface TunnelOptions {
  readonly exchange: Exchange;
  readonly stream: ServerStream;
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

/** Joins the client of `exchange` with the server of `stream`. */
export function openTunnel(options: TunnelOptions): void {
  new Tunnel(options).open();
}

class Tunnel implements ExchangeListener, StreamUser {
  readonly #options: TunnelOptions;
  #clientEnded = false;
  #serverEnded = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
  }

  open(): void {
    const { exchange, stream, protocol, reason, fields } = this.#options;
    fields.add("Connection", "upgrade");
    fields.add("Upgrade", protocol);
    stream.user = this;
    stream.deadline = Number.POSITIVE_INFINITY; // the client's side has the timeouts, until we half-close it
    exchange.listener = this;
    stream.openTunnel({
      data: (chunk) => this.#fromServer(chunk),
      drained: () => {
        this.#serverActive();
        exchange.resumeTunnel();
      },
      ended: () => this.#serverEnds(),
    });
    exchange.switchProtocols(
      reason,
      fields,
      (chunk) => this.#fromClient(chunk),
      () => this.#clientEnds(),
    );
  }

  // StreamUser

  received(): void {}

  get settled(): boolean {
    return this.#options.exchange.settled;
  }

  serverTimedOut(): void {
    const { exchange, serverFinMs, ended } = this.#options;
    exchange.truncate();
    ended("server", "sD--", `half-closed, then no traffic for ${serverFinMs} ms`);
  }

  streamClosed(): void {
    const { exchange, stream, ended } = this.#options;
    if (stream.reset) {
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
    this.#options.stream.resume();
  }

  halfClosed(): void {} // told through #clientEnds

  aborted(cause: AbortCause): void {
    const { stream, ended } = this.#options;
    // Both have ended in order; what the client sent last may still be on its way, in `serverFin`.
    if (cause === "client-closed" && this.#clientEnded && this.#serverEnded) return;
    stream.destroy();
    const [termination, words] = abortTermination(cause, "tunnel");
    ended("client", termination, words);
  }

  #fromClient(chunk: Buffer): void {
    const { exchange, stream } = this.#options;
    this.#serverActive();
    if (!stream.writeTunnel(chunk)) exchange.pauseTunnel();
  }

  #fromServer(chunk: Buffer): void {
    const { exchange, stream } = this.#options;
    if (!exchange.writeTunnel(chunk)) stream.pause();
  }

  #clientEnds(): void {
    if (this.#clientEnded) return;
    this.#clientEnded = true;
    this.#serverActive();
    this.#options.stream.endTunnel();
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
    const { stream, deadlines, serverFinMs } = this.#options;
    stream.deadline = deadlines.now() + serverFinMs;
  }
}
