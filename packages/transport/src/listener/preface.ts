// The first stage of a connection at a listener: reads a header that stands before all other bytes of a connection.
// With the PROXY protocol (../proxy-protocol), a proxy in front of Tandem sends the address of its client in such a
// header. A listener without a preface does not have this stage.
import type { Clock } from "../clock.ts";
import { type Endpoint, type EndpointPair, peerOf } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";
import type { Told } from "./told.ts";

/** A preface that has been received completely. */
export interface PrefaceEnd {
  /** The length of the preface in bytes. The bytes after it belong to the next stage. */
  readonly length: number;
  /**
   * The addresses of both ends of the connection, as the preface reports them. Undefined = the addresses that the
   * kernel reports are used.
   */
  readonly ends?: EndpointPair | undefined;
  /** What else the preface says about the client. */
  readonly told?: Told | undefined;
}

export interface Preface {
  /** What the preface is called in the log: `PROXY header`. */
  readonly name: string;
  /** How long a connection may take to send its preface, in milliseconds. */
  readonly limitMs: number;
  /**
   * How many bytes may be received before the preface is complete. When more have been received, the connection is
   * refused.
   */
  readonly maxBytes: number;
  /** Whether a peer may connect. If not, its connection is closed before any byte is read. */
  admits(peer: Endpoint): boolean;
  /**
   * Reads the first bytes of a connection from `peer`. Undefined = the bytes may be the beginning of a preface, and
   * `read` is called again with more bytes. A text = the connection is refused, and the text says why.
   */
  read(bytes: Buffer, peer: Endpoint): PrefaceEnd | string | undefined;
}

/** Reads the preface of a connection within the preface's own time limit, then calls `next`. */
export function readPreface(
  preface: Preface,
  arrival: Arrival,
  clock: Clock,
  next: (arrival: Arrival) => void,
): void {
  const { name, maxBytes } = preface;
  const peer = peerOf(arrival.socket);
  if (peer.address === "") {
    // The health check of a load balancer in front often ends so. The kernel forgets the address with the reset.
    const why = `the client reset the connection before it was accepted, without a ${name}; its address is not known`;
    arrival.refuse("closed", why);
    return;
  }
  if (!preface.admits(peer)) {
    arrival.refuse("untrusted", `a ${name} is believed from other addresses only`);
    return;
  }
  arrival.limit(clock, preface.limitMs);
  arrival.read(name, (bytes) => {
    const found = preface.read(bytes, peer);
    if (typeof found === "string") arrival.refuse("preface", `its ${name}: ${found}`);
    else if (found !== undefined) {
      arrival.ends = found.ends;
      arrival.told = found.told;
      arrival.seen(found.length);
      next(arrival);
    } else if (bytes.length > maxBytes)
      arrival.refuse("preface", `its ${name} is longer than ${maxBytes} bytes`);
  });
}
