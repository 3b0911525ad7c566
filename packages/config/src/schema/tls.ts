// TLS settings: towards browsers, and between our own tiers (mutual TLS with an internal CA).
import { z } from "zod";
import { duration, file, hostName } from "./units.ts";

/** OpenSSL's names of the suites with forward secrecy. No other suites can be configured. */
const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-SHA384",
  "ECDHE-RSA-AES256-SHA384",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-RSA-AES128-SHA",
  "ECDHE-ECDSA-AES256-SHA",
  "ECDHE-RSA-AES256-SHA",
] as const;

const CURVES = [
  "X25519MLKEM768",
  "X25519",
  "X448",
  "prime256v1",
  "secp384r1",
  "secp521r1",
] as const;

const cipher = z.enum(CIPHERS, "expected OpenSSL's name of a cipher with forward secrecy");
const curve = z.enum(CURVES, "expected OpenSSL's name of a group (P-256 is prime256v1)");

/** The protocols of ALPN (RFC 7301), the preferred one first. */
const protocols = z
  .array(z.enum(["h2", "http/1.1"]))
  .min(1)
  .refine((list) => new Set(list).size === list.length, "expected each protocol once");

const hsts = z
  .strictObject({
    maxAge: duration
      .prefault("365d")
      .meta({ description: "how long browsers remember it; `0ms` makes them forget it" }),
    includeSubDomains: z
      .boolean()
      .default(false)
      .meta({ description: "it holds for all names below the site's too" }),
    preload: z
      .boolean()
      .default(false)
      .meta({ description: "the site agrees to be in the browsers' own list" }),
  })
  .refine((h) => !h.preload || h.includeSubDomains, {
    error: "expected 'includeSubDomains: true' beside 'preload: true', as browsers' lists demand",
  })
  .meta({ title: "HSTS", description: "browsers come by https alone (RFC 6797)" });

/** Certificates shown to browsers, chosen by SNI, and the protocols and versions that are offered. */
export const edgeTls = z
  .strictObject({
    certificates: z
      .array(
        z.strictObject({
          cert: file.meta({ description: "PEM file: the certificate, then its chain" }),
          key: file.meta({ description: "PEM file: its private key" }),
        }),
      )
      .min(1)
      .meta({
        description:
          "chosen by server name, an exact name before a wildcard; the first is for all other names",
      }),
    unknownNames: z.enum(["default", "reject"]).default("default").meta({
      description:
        "clients that ask for no name, or for one that no certificate is for: shown the first certificate, or refused with a TLS alert",
    }),
    maxHandshakes: z.int().min(1).default(2000).meta({
      description:
        "TLS handshakes under way at once, per data thread; a client beyond it is closed",
    }),
    maxHandshakesPerAddress: z.int().min(1).default(1000).meta({
      description:
        "of these from one IPv4 address, or from one IPv6 network of 64 bits; a client beyond it is closed",
    }),
    alpn: protocols.default(["http/1.1"]).meta({
      description: "protocols offered, the preferred one first; `[h2, http/1.1]` for HTTP/2",
    }),
    policy: z.enum(["modern", "intermediate"]).default("intermediate").meta({
      description:
        "Mozilla's: `modern` = TLS 1.3 alone, `intermediate` = TLS 1.2 too, with forward secrecy and authenticated encryption",
    }),
    minVersion: z
      .enum(["TLSv1.2", "TLSv1.3"])
      .optional()
      .meta({ description: "older versions are refused; the policy's minimum when absent" }),
    ciphers: z
      .array(cipher, 'expected a list such as "[ECDHE-RSA-AES128-GCM-SHA256, …]"')
      .min(1)
      .optional()
      .meta({
        description:
          "allowed instead of the policy's, the preferred one first; when no cipher of TLS 1.2 (or of 1.3) is named, the policy's ciphers of that version stay allowed",
      }),
    curves: z
      .array(curve, 'expected a list such as "[X25519, prime256v1]"')
      .min(1)
      .optional()
      .meta({
        description:
          "groups for the key exchange, the preferred one first; X25519MLKEM768, X25519, prime256v1, secp384r1 when absent",
      }),
    hsts: hsts.optional().meta({
      description:
        "tell browsers in every answer, static files and errors included, to use only https for this host, on any port",
    }),
  })
  .meta({ title: "edge TLS", description: "what browsers see" });

/** Certificates that a frontend asks its clients for. */
export const clientCertificates = z
  .strictObject({
    mode: z.enum(["required", "optional"]).default("required").meta({
      description:
        "`required` = a client without a certificate is refused; `optional` = it is let in, but never with a certificate that `ca` did not sign",
    }),
    ca: file.meta({
      description: "PEM file: the authorities whose certificates are accepted, with those between",
    }),
    crl: file.optional().meta({
      description:
        "PEM file: the authorities' lists of revoked certificates, one for each authority; none is checked when absent",
    }),
  })
  .meta({
    title: "client certificates",
    description: "who the clients are, told to servers in fields that clients cannot forge",
  });

/**
 * Mutual TLS between tiers: each side shows a certificate signed by `ca` and verifies the other side's certificate.
 */
export const internalTls = z
  .strictObject({
    ca: file.meta({ description: "PEM file: the authority that signed both sides" }),
    cert: file.meta({ description: "PEM file: the certificate shown to the other side" }),
    key: file.meta({ description: "PEM file: its private key" }),
  })
  .meta({ title: "internal TLS", description: "between tiers; each side verifies the other" });

/**
 * TLS to servers. Their certificates are always verified: by `ca`, or by the authorities that the system trusts.
 */
export const serverTls = z
  .strictObject({
    ca: file.optional().meta({
      description:
        "PEM file: the authority that signed the servers' certificates; the public ones that the system trusts when absent",
    }),
    cert: file.optional().meta({
      description: "PEM file: the certificate shown to the servers (mutual TLS); none when absent",
    }),
    key: file.optional().meta({ description: "PEM file: its private key" }),
    serverName: hostName.optional().meta({
      description:
        "the name or IP address that a server's certificate must be for, and that the handshake asks for; when absent the host in the server's `address`, or with `cert` the server's name in `servers`",
    }),
    alpn: protocols.optional().meta({
      description:
        "protocols offered to the servers, the preferred one first: `[h2, http/1.1]` = HTTP/2 with servers that speak it; when absent HTTP/1.1, or HTTP/2 alone with `proto: h2`",
    }),
  })
  .refine((tls) => (tls.cert === undefined) === (tls.key === undefined), {
    path: ["cert"],
    error: "expected 'cert' and 'key' together, or neither",
  })
  .meta({
    title: "TLS to servers",
    description: "their certificates are verified; `tls: {}` for servers with public certificates",
  });

export type ServerTlsConfig = z.output<typeof serverTls>;
export type HstsConfig = z.output<typeof hsts>;
export type EdgeTls = z.output<typeof edgeTls>;
export type InternalTls = z.output<typeof internalTls>;
