// The first stage: what may come before anything else on a connection, such as a header that says whose connection a proxy
// in front of us passes on (PROXY protocol). A listener without a preface has no such stage.
import type { Endpoint, Ends } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/** A preface that is complete. */
export interface PrefaceEnd {
  /** How many bytes it was; what follows them is the connection's own. */
  readonly length: number;
  /** Whose connection it is; undefined = the peer's, as the kernel knows it. */
  readonly ends?: Ends | undefined;
}

export interface Preface {
  /** More bytes than one may have. */
  readonly maxBytes: number;
  /**
   * What the first bytes of a connection from `peer` say; called again with more while it returns undefined, which means
   * that they may become a preface. A text says why they never will, or why that peer may send none: the connection ends.
   */
  read(bytes: Buffer, peer: Endpoint): PrefaceEnd | string | undefined;
}

/** Reads the preface of a connection, then goes on with `next`. */
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
