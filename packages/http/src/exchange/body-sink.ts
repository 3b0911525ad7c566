// Where the bytes of a body go as they are taken off the wire.
import type { Fields } from "../message/fields.ts";

/** Receives a body. Both methods may be called within the call that brought the bytes; `bodyEnd` is the last of a body. */
export interface BodySink {
  /** A slice of what was read, never empty; valid as long as that memory is. */
  bodyData(chunk: Buffer): void;
  /** The body is complete. Trailers, if any came, hold only fields that may be trailers. */
  bodyEnd(trailers: Fields | undefined): void;
  /** All of one read was decoded: a good moment to pass it on. Not called after `bodyEnd`. */
  bodyFlush?(): void;
  /** False: of what it was given so far it refers to nothing any more. Absent = it may. */
  readonly holds?: boolean;
}
