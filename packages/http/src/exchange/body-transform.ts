// A transform changes the bytes of one answer's body on their way to the client: it compresses, rewrites links, or
// counts. Several transforms form a row. Each writes to the next, and the last one writes to the exchange.
import type { Fields } from "../message/fields.ts";
import type { Exchange } from "./exchange.ts";

/** Takes the body of an answer whose head is written already. Every exchange has these methods. */
export type AnswerBody = Pick<Exchange, "write" | "writeText" | "flush" | "end">;

/**
 * The target that a transform writes to. After `end`, or when the answer was given up, everything written is dropped.
 */
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
  /** Called by a transform whose `flush` returned false, when it takes bytes again. */
  ready(): void;
  /**
   * Called by the transform, exactly once, when the new body is complete: within `BodyTransform.end`, later, or earlier.
   * A transform that ends the body early needs no more of it, so the connection to the server is closed.
   */
  end(trailers?: Fields): void;
  /**
   * Called by the transform when the new body cannot be completed. Meant for errors outside a call of
   * `BodyTransform`; within a call, throw the error instead.
   */
  fail(error: Error): void;
}

/**
 * A transform of one answer. Its methods are called in this order: write and flush in any order, then end. When a
 * method throws, or the transform keeps the client waiting for too long, the answer ends: with a 500 while nothing of
 * it has left, cut short after that.
 */
export interface BodyTransform {
  /** Gets bytes of the body, never none. The memory is valid during this call only, so copy what is kept. */
  write(chunk: Buffer): void;
  /**
   * Called when everything that has come so far was written. Send what can be sent, so that the client does not wait
   * for it. Returning false stops the body until `TransformTarget.ready`. Absent = the transform keeps nothing back
   * and always takes more.
   */
  flush?(): boolean;
  /**
   * Called when the body is complete, with its trailers, if any. Has to lead to `TransformTarget.end`, now or later.
   */
  end(trailers: Fields | undefined): void;
  /**
   * Called when the client takes bytes again after `TransformTarget.flush` returned false. Needed only by a transform
   * that writes outside calls.
   */
  drained?(): void;
  /**
   * Called when the answer was given up: the client has gone, or the server did not send the whole answer. This is
   * the last call.
   */
  abandon?(): void;
}

/** Makes the transform of one answer. */
export type MakeTransform = (target: TransformTarget) => BodyTransform;
