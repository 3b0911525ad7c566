// One request on an HTTP/2 connection to a server, as the code that forwards requests sees it. The stream has a deadline
// of its own, because the connection serves other requests at the same time.
import type { Fields } from "@tandem/http";
import type { H2ServerRequest, ResponseListener } from "@tandem/http/session";
import type { Deadline, Deadlines, Expiring } from "@tandem/transport";
import type { UnusedStream } from "./connection.ts";
import type { StreamUser, TunnelListener } from "./server-stream.ts";

/** What a stream needs of its connection. */
interface Carrier {
  /** Whether the connection was lost by an error instead of an orderly end. */
  readonly reset: boolean;
}

export class H2Stream implements UnusedStream, Expiring {
  readonly connection = undefined;
  readonly marksTrailers = true;
  readonly #request: H2ServerRequest;
  readonly #carrier: Carrier;
  readonly #deadline: Deadline;
  #user: StreamUser | undefined = undefined;

  constructor(request: H2ServerRequest, carrier: Carrier, deadlines: Deadlines) {
    this.#request = request;
    this.#carrier = carrier;
    this.#deadline = deadlines.add(this);
  }

  get user(): StreamUser | undefined {
    return this.#user;
  }

  set user(user: StreamUser | undefined) {
    this.#user = user;
    this.#request.user = user;
  }

  set deadline(at: number) {
    this.#deadline.at = at;
  }

  get fresh(): boolean {
    return this.#request.fresh;
  }

  get reused(): boolean {
    return this.#request.reused;
  }

  get answered(): boolean {
    return this.#request.answered;
  }

  get settled(): boolean {
    return this.#request.settled;
  }

  get reset(): boolean {
    return this.#carrier.reset || this.#request.reset;
  }

  get refused(): boolean {
    return this.#request.refused;
  }

  get broken(): string | undefined {
    return this.#request.broken;
  }

  get gone(): boolean {
    return this.#request.gone;
  }

  send(_method: string, head: string, bodyLength: number, listener: ResponseListener): void {
    this.#request.send(head, bodyLength, listener);
  }

  write(chunk: Buffer): void {
    this.#request.write(chunk);
  }

  flush(): boolean {
    return this.#request.flush();
  }

  endBody(trailers: Fields | undefined): void {
    this.#request.endBody(trailers);
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  openTunnel(listener: TunnelListener): void {
    this.#request.tunnel(listener);
  }

  writeTunnel(chunk: Buffer): boolean {
    this.#request.write(chunk);
    return this.#request.flush();
  }

  endTunnel(): void {
    this.#request.endBody(undefined);
  }

  abandon(): void {
    this.#request.abandon();
  }

  release(): void {
    this.#user = undefined;
    this.#deadline.end();
    this.#request.release();
  }

  putBack(): void {
    this.#deadline.end();
    this.#request.putBack();
  }

  destroy(): void {
    this.release();
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#user?.serverTimedOut();
  }
}
