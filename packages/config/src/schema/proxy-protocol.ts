// The PROXY protocol of HAProxy: headers in which a proxy names the client that it speaks for. A frontend may expect them
// (HAProxy's
// `accept-proxy`), and a backend may send them to its servers (`send-proxy`, `send-proxy-v2`).
import { z } from "zod";
import { duration, network } from "./units.ts";

export const acceptProxy = z
  .strictObject({
    from: z.array(network).min(1, "expected at least one address or network of a proxy").meta({
      description:
        "addresses or networks of the proxies; a connection from another address is closed and counted",
    }),
    timeout: duration
      .refine((ms) => ms > 0, "expected more than 0s, because no header comes at once")
      .prefault("5s")
      .meta({
        description: "for the header of a connection to come; a later one is closed and counted",
      }),
  })
  .meta({
    title: "accepted PROXY header",
    description: "the proxies in front that send a PROXY header, and how long it may take to come",
  });

/** The TLVs that can be sent. Names that HAProxy has in `proxy-v2-options` are the same here. */
const TLVS = ["authority", "alpn", "tls", "unique-id", "crc32c"] as const;

const sentHeader = z
  .strictObject({
    version: z.enum(["v1", "v2"]).default("v2").meta({
      description: "`v2` = binary; `v1` = one line of text, which has no TLVs",
    }),
    tlvs: z.array(z.enum(TLVS)).default([]).meta({
      description:
        "what the header says besides addresses, where it is known: `authority` = the server name that the client asked for, `alpn` = the protocol that TLS chose, `tls` = version, cipher and client certificate, `unique-id` = an id of the client's connection, which the log has too, `crc32c` = a checksum",
    }),
  })
  .refine(({ version, tlvs }) => version === "v2" || tlvs.length === 0, {
    path: ["tlvs"],
    error: "version 1 of the header has no TLVs; expected 'version: v2' beside 'tlvs'",
  })
  .meta({
    title: "sent PROXY header",
    description: "the header with which each connection to a server begins",
  });

/** `sendProxy` in a file: `v1`, `v2`, or a mapping. */
export const sendProxy = z.union([z.enum(["v1", "v2"]), sentHeader]);

/** The header that is sent to servers. */
export interface SendProxyConfig {
  readonly version: "v1" | "v2";
  readonly tlvs: readonly (typeof TLVS)[number][];
}

/** Returns the header as written, with all defaults filled in. */
export function sendProxyConfig(written: z.output<typeof sendProxy>): SendProxyConfig {
  return typeof written === "string" ? { version: written, tlvs: [] } : written;
}
