// Receives the bytes of a body as they are read from the connection.
import type { Fields } from "../message/fields.ts";

/**
 * Receives a body. Its methods may be called within the call that brought the bytes. `bodyEnd` is the last call for a
 * body.
 */
export interface BodySink {
  /**
   * Gets a slice of the buffer that was read into, never an empty one. The slice is valid as long as that buffer is.
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
   * False when the sink no longer refers to any bytes that it was given. When absent, the sink may still refer to
   * such bytes.
   */
  readonly holds?: boolean;
}
