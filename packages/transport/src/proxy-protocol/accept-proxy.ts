// Expects a PROXY header from each client of a listener (HAProxy's `accept-proxy`). Only the proxies in `from` may
// connect: any client could write a header with an address of its choice. A connection without a header is refused
// too, since the protocol forbids to guess (section 2.5).
import { networkMatcher } from "../address.ts";
import type { Preface } from "../listener/preface.ts";
import { V2_MAX_BYTES } from "./header.ts";
import { readProxyHeader } from "./read.ts";

export interface AcceptProxy {
  /** The addresses and networks of the proxies. */
  readonly from: readonly string[];
  /** How long a connection may take to send its header, in milliseconds. */
  readonly timeout: number;
}

/** Returns the preface of a listener whose clients are proxies. Throws when an entry of `from` is no network. */
export function acceptProxy({ from, timeout }: AcceptProxy): Preface {
  const trusts = networkMatcher(from);
  return {
    name: "PROXY header",
    maxBytes: V2_MAX_BYTES,
    limitMs: timeout,
    admits: ({ address }) => trusts(address),
    read(bytes) {
      const header = readProxyHeader(bytes);
      if (header === undefined || typeof header === "string") return header;
      const { length, ends, tlvs } = header;
      return { length, ends, told: tlvs };
    },
  };
}
