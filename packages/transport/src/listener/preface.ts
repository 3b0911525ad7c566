// The first stage of a connection at a listener: reads a header that stands before all other bytes of a connection.
// With the PROXY protocol, a proxy in front of Tandem sends the address of its client in such a header. A listener
// without a preface does not have this stage.
import type { Endpoint, EndpointPair } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/** A preface that has been received completely. */
export interface PrefaceEnd {
  /** The length of the preface in bytes. The bytes after it belong to the next stage. */
  readonly length: number;
  /**
   * The addresses of both ends of the connection, as the preface reports them. Undefined = the addresses that the
   * kernel reports are used.
   */
  readonly ends?: EndpointPair | undefined;
}

export interface Preface {
  /**
   * How many bytes may be received before the preface is complete. When more have been received, the connection is
   * refused.
   */
  readonly maxBytes: number;
  /**
   * Reads the first bytes of a connection from `peer`. Undefined = the bytes may be the beginning of a preface, and
   * `read` is called again with more bytes. A text = the connection is refused, and the text says why: the bytes are
   * no preface, or this peer must not send one.
   */
  read(bytes: Buffer, peer: Endpoint): PrefaceEnd | string | undefined;
}

/** Reads the preface of a connection, then calls `next`. */
export function readPreface(
  preface: Preface,
  arrival: Arrival,
  peer: Endpoint,
  next: (arrival: Arrival) => void,
): void {
  arrival.read("preface", (bytes) => {
    const found = preface.read(bytes, peer);
    if (typeof found === "string") arrival.refuse("malformed", `its preface: ${found}`);
    else if (found !== undefined) {
      arrival.ends = found.ends;
      arrival.seen(found.length);
      next(arrival);
    } else if (bytes.length > preface.maxBytes)
      arrival.refuse("malformed", `its preface is longer than ${preface.maxBytes} bytes`);
  });
}
