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
   * Adds bytes of the new body. In a call from within `BodyTransform.write`, `chunk` may be a slice
   * of the chunk that the transform has just received.
   */
  write(chunk: Buffer): void;
  /**
   * Sends the bytes that were written. Needed only when a transform writes while none of its methods is being called,
   * as in a timer. Returns false when the client is slow; then wait for `BodyTransform.drained`.
   */
  flush(): boolean;
  /** Called by a transform that takes bytes again after its `BodyTransform.flush` has returned false. */
  ready(): void;
  /**
   * Called by the transform, exactly once, when the new body is complete. The call may come before,
   * within or after `BodyTransform.end`. After a call before `BodyTransform.end`, the rest of the
   * server's body is not needed, so the connection to the server is closed.
   */
  end(trailers?: Fields): void;
  /**
   * Called by the transform when the new body cannot be completed. Meant for errors that occur while none of the
   * transform's methods is being called; a method throws the error instead.
   */
  fail(error: Error): void;
}

/**
 * A transform of one answer. Its methods are called in this order: write and flush in any order, then end. When a
 * method throws, or the transform keeps the client waiting for too long, the answer becomes a 500. If part of the
 * answer has already left, the answer is cut short instead.
 */
export interface BodyTransform {
  /**
   * Gets at least one byte of the body. The memory is valid only during this call, so copy the bytes that are needed
   * later.
   */
  write(chunk: Buffer): void;
  /**
   * Called when all bytes that the server has sent so far were passed to `write`. The transform should now write what
   * it can, so that the client does not wait for these bytes. Returning false stops the server's body until
   * `TransformTarget.ready` is called. Absent = the transform keeps no bytes back and always takes more.
   */
  flush?(): boolean;
  /**
   * Called when the server's body is complete, with its trailers, if any. The transform has to call
   * `TransformTarget.end`, now or later.
   */
  end(trailers: Fields | undefined): void;
  /**
   * Called when the client takes bytes again after `TransformTarget.flush` returned false. Needed only by a transform
   * that calls that method.
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
