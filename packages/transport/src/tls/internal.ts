// Mutual TLS between Tandem's tiers: both sides must show a certificate of the internal authority.
import type { TlsOptions } from "node:tls";
import { type InternalFiles, readPem } from "./certificate-files.ts";
import { type ProtocolOptions, protocolOptions } from "./policy.ts";
import { sessionContext } from "./session-context.ts";

/**
 * The options of connections to another tier: the certificate to show, and the authority that must have signed the
 * other side's certificate.
 */
export interface InternalClient extends Omit<ProtocolOptions, "honorCipherOrder"> {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Returns the options of a listener that accepts only clients with a certificate of the internal authority. */
export function internalServerOptions(files: InternalFiles, setting = "tls"): TlsOptions {
  const { ca, cert, key } = read(files, setting);
  return {
    ...{ ca, cert, key, requestCert: true, rejectUnauthorized: true },
    ...protocolOptions({ policy: "modern" }),
    // A client that resumes a session is accepted without showing a certificate. So a session made under another
    // authority must not be resumed.
    sessionIdContext: sessionContext("internal", ca),
  };
}

/**
 * Returns the options of connections to another tier. TLS 1.2 is allowed, because another product may run in place of
 * that tier.
 */
export function internalClientOptions(files: InternalFiles, setting = "tls"): InternalClient {
  const { minVersion, ciphers, ecdhCurve } = protocolOptions({ policy: "intermediate" });
  return { ...read(files, setting), minVersion, ciphers, ecdhCurve };
}

function read(files: InternalFiles, setting: string): Pick<InternalClient, "ca" | "cert" | "key"> {
  return {
    ca: readPem(files.ca, `${setting}.ca`),
    cert: readPem(files.cert, `${setting}.cert`),
    key: readPem(files.key, `${setting}.key`),
  };
}
