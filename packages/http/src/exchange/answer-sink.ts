// Where the answer of an exchange in memory goes.
import type { Fields } from "../message/fields.ts";

/** Takes one answer: informed*, responded, data*, then ended or truncated. After a 101 `data` are bytes of the tunnel. */
export interface AnswerSink {
  /** An interim answer. */
  informed?(status: number, reason: string, fields: Fields): void;
  /** @param bodyLength bytes, or CHUNKED or UNTIL_CLOSE when that is not known */
  responded(status: number, reason: string, fields: Fields, bodyLength: number): void;
  /** Bytes that are valid during this call. False: no more is to come until the exchange is told `drained`. */
  data(chunk: Buffer): boolean;
  ended(trailers: Fields | undefined): void;
  /** It ended before it was complete, and must not be taken for a whole one. */
  truncated(): void;
}

/** Keeps an answer, whole. Its size is bounded by what the handler sends, and by nothing here. */
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
