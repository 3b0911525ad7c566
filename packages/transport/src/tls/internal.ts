// Mutual TLS between our own tiers: both sides must show a certificate of the internal authority.
import type { TlsOptions } from "node:tls";
import { type InternalFiles, readPem } from "./certificate-files.ts";
import { type ProtocolOptions, protocolOptions } from "./policy.ts";
import { sessionContext } from "./session-context.ts";

/** Our certificate and the authority to check the other side against, for connections to another tier. */
export interface InternalClient extends Omit<ProtocolOptions, "honorCipherOrder"> {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Options of a listener that only talks to holders of a certificate of the internal authority. */
export function internalServerOptions(files: InternalFiles, setting = "tls"): TlsOptions {
  const { ca, cert, key } = read(files, setting);
  return {
    ...{ ca, cert, key, requestCert: true, rejectUnauthorized: true },
    ...protocolOptions({ policy: "modern" }),
    // A session made under another authority must not stand for the certificate it was not shown for.
    sessionIdContext: sessionContext("internal", ca),
  };
}

/** For connections to another tier, which may be a server of another make and speak TLS 1.2. */
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
