// The two ends of an upgraded connection as a tunnel sees them: the exchange with a client, and the stream of a
// server.
import type { Fields } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { ByteEnd, ByteEndListener, Closing } from "@tandem/transport";
import type { ServerStream, StreamUser } from "../pool/server-stream.ts";

const CLOSINGS: Partial<Readonly<Record<AbortCause, Closing>>> = {
  "client-timeout": "timed-out",
  stopped: "stopped",
};

/** The client's end of the tunnel. */
export class ClientEnd implements ByteEnd, ExchangeListener {
  readonly #exchange: Exchange;
  readonly #reason: string;
  readonly #fields: Fields;
  #listener: ByteEndListener | undefined = undefined;
  /** Why the exchange with the client was aborted, if it was. */
  cause: AbortCause = "client-closed";

  /** @param fields the fields of the 101, which is sent when the tunnel begins */
  constructor(exchange: Exchange, reason: string, fields: Fields) {
    this.#exchange = exchange;
    this.#reason = reason;
    this.#fields = fields;
  }

  begin(listener: ByteEndListener): void {
    this.#listener = listener;
    this.#exchange.listener = this;
    this.#exchange.switchProtocols(
      this.#reason,
      this.#fields,
      (chunk) => listener.data(chunk),
      () => listener.ended(),
    );
  }

  write(chunk: Buffer): boolean {
    return this.#exchange.writeTunnel(chunk);
  }

  get delivered(): boolean {
    return this.#exchange.settled;
  }

  pause(): void {
    this.#exchange.pauseTunnel();
  }

  resume(): void {
    this.#exchange.resumeTunnel();
  }

  halfClose(): void {
    this.#exchange.halfCloseTunnel();
  }

  end(): void {
    this.#exchange.endTunnel();
  }

  abort(): void {
    this.#exchange.truncate();
  }

  destroy(): void {
    this.#exchange.truncate();
  }

  set deadline(at: number) {
    this.#exchange.tunnelDeadline = at;
  }

  // The following methods are those of the interface `ExchangeListener`.

  drained(): void {
    this.#listener?.drained();
  }

  halfClosed(): void {} // in a tunnel, the listener that was passed to `switchProtocols` is called instead

  aborted(cause: AbortCause): void {
    this.cause = cause;
    this.#listener?.closed(CLOSINGS[cause] ?? "closed");
  }
}

export class ServerEnd implements ByteEnd, StreamUser {
  readonly #stream: ServerStream;
  #listener: ByteEndListener | undefined = undefined;

  constructor(stream: ServerStream) {
    this.#stream = stream;
  }

  begin(listener: ByteEndListener): void {
    this.#listener = listener;
    this.#stream.user = this;
    this.#stream.deadline = Number.POSITIVE_INFINITY;
    this.#stream.openTunnel(listener);
  }

  write(chunk: Buffer): boolean {
    return this.#stream.writeTunnel(chunk);
  }

  get delivered(): boolean {
    return this.#stream.settled;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  halfClose(): void {
    this.#stream.endTunnel();
  }

  end(): void {
    this.#stream.endTunnel();
  }

  abort(): void {
    this.#stream.destroy();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  set deadline(at: number) {
    this.#stream.deadline = at;
  }

  // The following methods are those of the interface `StreamUser`.

  received(): void {}

  get settled(): boolean {
    return this.#listener?.settled !== false;
  }

  serverTimedOut(): void {
    this.#stream.destroy();
    this.#listener?.closed("timed-out");
  }

  streamClosed(): void {
    this.#listener?.closed(this.#stream.reset ? "reset" : "closed");
  }
}
