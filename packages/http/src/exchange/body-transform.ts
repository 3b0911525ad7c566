// What changes the bytes of one answer's body on their way to the client: compression, a rewriting of links, a
// counter. Several stand in a row; each writes to the next, and the last one to the exchange.
import type { Fields } from "../message/fields.ts";
import type { Exchange } from "./exchange.ts";

/** Takes the body of an answer whose head is written. An exchange is one. */
export type AnswerBody = Pick<Exchange, "write" | "writeText" | "flush" | "end">;

/** Where a transform writes to. After `end`, or when the answer was given up, what is written is dropped. */
export interface TransformTarget {
  /** More of the new body. It may be a slice of what `BodyTransform.write` was given, if it is written within that call. */
  write(chunk: Buffer): void;
  /** Sends what was written. Only needed later than within a call of `BodyTransform`. False: the client is slow; see `drained`. */
  flush(): boolean;
  /** The transform takes more again, after its `flush` was false. */
  ready(): void;
  /** The new body is complete. Exactly once, within `BodyTransform.end` or later. */
  end(trailers?: Fields): void;
  /** The new body cannot be completed. For what goes wrong later than within a call, which may simply throw. */
  fail(error: Error): void;
}

/**
 * One per answer. Its methods are called in this order: write or flush in any order, end. Whatever throws, or lets
 * the client wait for longer than the transform may, ends the answer: with a 500 while none of it has left, cut short
 * after that.
 */
export interface BodyTransform {
  /** Some of the body, never empty. The memory is valid during this call only: copy what is kept. */
  write(chunk: Buffer): void;
  /**
   * All that has come so far was written; the client should not wait for what can be sent. False: no more is to come
   * until `TransformTarget.ready`. Absent = it keeps nothing back and takes everything.
   */
  flush?(): boolean;
  /** The body is complete, and these are its trailers, if any. Leads to `TransformTarget.end`, now or later. */
  end(trailers: Fields | undefined): void;
  /** The client takes again, after `TransformTarget.flush` was false. Only for one that writes later than it is called. */
  drained?(): void;
  /** The answer was given up: the client has gone, or the server did not send all of it. No other call follows. */
  abandon?(): void;
}

/** Makes the transform of one answer. */
export type MakeTransform = (target: TransformTarget) => BodyTransform;
