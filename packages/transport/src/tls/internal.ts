// The serving side of mutual TLS between Tandem's tiers: the client must show a certificate of the internal authority.
import type { TlsOptions } from "node:tls";
import { type InternalFiles, readPem } from "./certificate-files.ts";
import { protocolOptions } from "./policy.ts";
import { sessionContext } from "./session-context.ts";

/** Returns the options of a listener that accepts only clients with a certificate of the internal authority. */
export function internalServerOptions(files: InternalFiles, setting = "tls"): TlsOptions {
  const ca = readPem(files.ca, `${setting}.ca`);
  const cert = readPem(files.cert, `${setting}.cert`);
  const key = readPem(files.key, `${setting}.key`);
  return {
    ...{ ca, cert, key, requestCert: true, rejectUnauthorized: true },
    ...protocolOptions({ policy: "modern" }),
    // A client that resumes a session is accepted without showing a certificate. So a session made under another
    // authority must not be resumed.
    sessionIdContext: sessionContext("internal", ca),
  };
}
