// The words of the PROXY protocol (haproxy.org, doc/proxy-protocol.txt): what a header says, and the numbers that stand
// for it in version 2. A header comes before all other bytes of a connection. In it, a proxy names the client that it
// speaks for.
import type { Endpoint } from "../listener/accepted.ts";
import type { Told } from "../listener/told.ts";

export type ProxyVersion = "v1" | "v2";

/** The first 12 bytes of a header of version 2. No other protocol begins with them. */
export const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** How many bytes of a header of version 2 come before the addresses. */
export const FIXED_BYTES = 16;

/** The longest header of version 1, its CRLF included (section 2.1). */
export const V1_MAX_BYTES = 107;

/**
 * The longest header of version 2 that is read. The protocol allows 64 KiB. What proxies send has a few hundred bytes,
 * or a few thousand with a client's certificate.
 */
export const V2_MAX_BYTES = 16 * 1024;

/** The types of TLVs, the typed values that may follow the addresses in version 2 (section 2.2). */
export const TLV = {
  alpn: 0x01,
  authority: 0x02,
  checksum: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  tls: 0x20,
  tlsVersion: 0x21,
  tlsCommonName: 0x22,
  tlsCipher: 0x23,
} as const;

/** The bits of the first byte in the TLV `tls`. */
export const TLS_FLAG = {
  overTls: 0x01,
  certificateNow: 0x02,
  certificateInSession: 0x04,
} as const;

/** The longest unique id (section 2.2.5). */
export const UNIQUE_ID_MAX_BYTES = 128;

/** Both ends of the connection between the client and the proxy. */
export interface ProxiedEnds {
  readonly client: Endpoint;
  readonly local: Endpoint;
}

/** A header that was received completely. */
export interface ProxyHeader {
  /** The length of the header in bytes. The bytes after it belong to the client. */
  readonly length: number;
  /**
   * Undefined when the connection is the proxy's own, such as a health check (LOCAL), or when the proxy does not know
   * its client's address, or knows one that is no TCP address (UNKNOWN, UNSPEC, UNIX, UDP).
   */
  readonly ends: ProxiedEnds | undefined;
  readonly tlvs: Told;
}

/** A header as it came so far: read, refused with the reason, or undefined while its end has not come. */
export type Reading = ProxyHeader | string | undefined;
