// Receives the answer that a handler gives to a `MemoryExchange`, which has no connection.
import type { Fields } from "../message/fields.ts";

/**
 * Receives one answer, by calls in this order: informed (any number of times), responded, data (any number of times),
 * then ended or truncated. After a 101, `data` gets bytes of the tunnel.
 */
export interface AnswerSink {
  /** Called with each interim answer. */
  informed?(status: number, reason: string, fields: Fields): void;
  /**
   * Called with the final answer's head.
   * @param bodyLength a number of bytes, or CHUNKED or UNTIL_CLOSE when the length is not known
   */
  responded(status: number, reason: string, fields: Fields, bodyLength: number): void;
  /**
   * Gets bytes, which are valid only during this call. Returning false stops the answer until `MemoryExchange.drained`
   * is called.
   */
  data(chunk: Buffer): boolean;
  ended(trailers: Fields | undefined): void;
  /** Called when the answer ended before it was complete. The answer must not be treated as complete. */
  truncated(): void;
}

/** Keeps the whole answer in memory. The size of the answer is not limited. */
export class CollectedAnswer implements AnswerSink {
  readonly interim: number[] = [];
  status = 0;
  reason = "";
  fields: Fields | undefined = undefined;
  trailers: Fields | undefined = undefined;
  state: "open" | "complete" | "truncated" = "open";
  readonly #chunks: Buffer[] = [];

  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  informed(status: number): void {
    this.interim.push(status);
  }

  responded(status: number, reason: string, fields: Fields): void {
    this.status = status;
    this.reason = reason;
    this.fields = fields;
  }

  data(chunk: Buffer): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  ended(trailers: Fields | undefined): void {
    this.trailers = trailers;
    this.state = "complete";
  }

  truncated(): void {
    this.state = "truncated";
  }
}
