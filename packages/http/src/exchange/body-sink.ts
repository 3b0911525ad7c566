// Receives the bytes of a body as they are read from the connection.
import type { Fields } from "../message/fields.ts";

/**
 * Receives a body. Its methods may be called within the call that brought the bytes. `bodyEnd` is the last call for a
 * body.
 */
export interface BodySink {
  /** A slice of the buffer that was read into, never empty. It is valid as long as that buffer is. */
  bodyData(chunk: Buffer): void;
  /** The body is complete. `trailers` contains only fields that are allowed as trailers. */
  bodyEnd(trailers: Fields | undefined): void;
  /** All bytes of one read were decoded, so this is a good moment to pass them on. Not called after `bodyEnd`. */
  bodyFlush?(): void;
  /** False when the sink no longer refers to any bytes that it was given. When absent, it may refer to them. */
  readonly holds?: boolean;
}
