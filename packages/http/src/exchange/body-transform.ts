// A transform changes the bytes of one answer's body on their way to the client: it compresses, rewrites links, or
// counts. Several transforms form a row. Each writes to the next, and the last one writes to the exchange.
import type { Fields } from "../message/fields.ts";
import type { Exchange } from "./exchange.ts";

/** Takes the body of an answer whose head is written already. An exchange is one. */
export type AnswerBody = Pick<Exchange, "write" | "writeText" | "flush" | "end">;

/** What a transform writes to. After `end`, or when the answer was given up, everything written is dropped. */
export interface TransformTarget {
  /**
   * Adds bytes of the new body. They may be a slice of the argument of `BodyTransform.write`, if written within that
   * call.
   */
  write(chunk: Buffer): void;
  /**
   * Sends what was written. Needed only outside a call of `BodyTransform`. False: the client is slow; wait for
   * `drained`.
   */
  flush(): boolean;
  /** After its `flush` returned false, the transform takes bytes again. */
  ready(): void;
  /**
   * The new body is complete. Called exactly once: within `BodyTransform.end`, later, or before, when the transform needs
   * no more of the body; then the server's connection is closed.
   */
  end(trailers?: Fields): void;
  /**
   * The new body cannot be completed. For errors outside a call of `BodyTransform`; within a call, throwing does the
   * same.
   */
  fail(error: Error): void;
}

/**
 * There is one for each answer. Its methods are called in this order: write and flush in any order, then end. When a
 * method throws, or the transform keeps the client waiting for too long, the answer ends: with a 500 while nothing of
 * it has left, cut short after that.
 */
export interface BodyTransform {
  /** Gets bytes of the body, never none. The memory is valid during this call only, so copy what is kept. */
  write(chunk: Buffer): void;
  /**
   * Everything that has come so far was written. Send what can be sent, so that the client does not wait for it.
   * Returning false stops the body until `TransformTarget.ready`. Absent = the transform keeps nothing back and
   * always takes more.
   */
  flush?(): boolean;
  /** The body is complete, and these are its trailers, if any. Has to lead to `TransformTarget.end`, now or later. */
  end(trailers: Fields | undefined): void;
  /**
   * After `TransformTarget.flush` returned false, the client takes bytes again. Needed only by a transform that
   * writes outside calls.
   */
  drained?(): void;
  /** The answer was given up: the client has gone, or the server did not send all of it. This is the last call. */
  abandon?(): void;
}

/** Makes the transform of one answer. */
export type MakeTransform = (target: TransformTarget) => BodyTransform;
