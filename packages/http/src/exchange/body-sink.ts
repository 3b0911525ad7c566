// Receives the bytes of a body as they are read from the connection.
import type { Fields } from "../message/fields.ts";

/**
 * Receives a body. The methods are called as soon as bytes are received. The first call may come
 * before `Exchange.readBody` has returned. `bodyEnd` is the last call for a body.
 */
export interface BodySink {
  /**
   * Gets at least one byte of the body, as a slice of the buffer that the connection was read into. When that buffer is
   * used for another read, the slice becomes invalid.
   */
  bodyData(chunk: Buffer): void;
  /** Called when the body is complete. `trailers` contains only fields that are allowed as trailers. */
  bodyEnd(trailers: Fields | undefined): void;
  /**
   * Called when all bytes of one read were decoded, so that the sink can pass them on together. Not called after
   * `bodyEnd`.
   */
  bodyFlush?(): void;
  /**
   * False = the sink refers to none of the bytes that it was given, so their memory may be overwritten. True or
   * absent = it may still refer to them.
   */
  readonly holds?: boolean;
}
