// A request body that its owner adds piece by piece. The pieces wait until the handler reads the body.
import type { Fields } from "../message/fields.ts";
import type { BodySink } from "./body-sink.ts";

export class QueuedBody {
  /** How many bytes of the body have come. */
  bytes = 0;
  /** Whether the whole body was delivered to its sink, or there is no body. */
  done: boolean;
  paused = false;
  #sink: BodySink | undefined = undefined;
  #waiting: Buffer[] = [];
  #complete: boolean;
  #trailers: Fields | undefined = undefined;

  /** @param bodyLength as in a head: a number of bytes, or CHUNKED */
  constructor(bodyLength: number) {
    this.done = bodyLength === 0;
    this.#complete = this.done;
  }

  /** Adds bytes. If they have to wait for the handler, they are copied. */
  feed(chunk: Buffer): void {
    if (chunk.length === 0 || this.#complete) return;
    this.bytes += chunk.length;
    if (this.#flows && this.#waiting.length === 0) this.#deliver(chunk);
    else this.#waiting.push(Buffer.from(chunk));
  }

  /** Called when the body is complete. */
  end(trailers: Fields | undefined): void {
    if (this.#complete) return;
    this.#complete = true;
    this.#trailers = trailers;
    this.#proceed();
  }

  read(sink: BodySink): void {
    this.#sink = sink;
    if (this.done) sink.bodyEnd(undefined);
    else this.#proceed();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#proceed();
  }

  /** Called when the exchange has ended. Bytes that have not been read are dropped. */
  drop(): void {
    this.#sink = undefined;
    this.#waiting = [];
  }

  get #flows(): boolean {
    return this.#sink !== undefined && !this.paused;
  }

  #proceed(): void {
    while (this.#flows) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) break;
      this.#deliver(chunk);
    }
    if (!this.#flows || !this.#complete || this.done) return;
    this.done = true;
    this.#sink?.bodyEnd(this.#trailers);
  }

  #deliver(chunk: Buffer): void {
    this.#sink?.bodyData(chunk);
    if (!this.done) this.#sink?.bodyFlush?.();
  }
}
