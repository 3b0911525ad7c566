// Certificates from files: what browsers are shown (chosen by SNI, RFC 6066 §3), and the mutual TLS
// between our own tiers, where both sides must show a certificate of the internal CA.
import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import { type CertificateFiles, type InternalFiles, readPem } from "./tls/certificate-files.ts";

interface NamedContext {
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

function named(files: CertificateFiles, setting: string, minVersion: "TLSv1.2" | "TLSv1.3") {
  const cert = readPem(files.cert, `${setting}.cert`);
  const key = readPem(files.key, `${setting}.key`);
  try {
    return {
      certificate: new X509Certificate(cert),
      context: createSecureContext({ cert, key, minVersion }),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${setting}: ${files.cert} and ${files.key} do not make a certificate (${why})`,
    );
  }
}

/** Options of a TLS listener for browsers. The first certificate serves names that no other covers. */
export function edgeTlsOptions(
  certificates: readonly CertificateFiles[],
  minVersion: "TLSv1.2" | "TLSv1.3",
  alpn: readonly string[],
): TlsOptions {
  const contexts: NamedContext[] = certificates.map((files, index) =>
    named(files, `tls.certificates[${index}]`, minVersion),
  );
  const first = certificates[0];
  if (first === undefined) throw new Error("tls.certificates: expected at least one");
  return {
    cert: readPem(first.cert, "tls.certificates[0].cert"),
    key: readPem(first.key, "tls.certificates[0].key"),
    minVersion,
    ALPNProtocols: [...alpn],
    SNICallback: (name, done) => {
      const match = contexts.find(({ certificate }) => certificate.checkHost(name) !== undefined);
      done(null, (match ?? contexts[0])?.context);
    },
  };
}

/** Options of a listener that only talks to holders of a certificate of the internal CA. */
export function internalServerOptions(files: InternalFiles): TlsOptions {
  return {
    ...internalClientOptions(files),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
  };
}

/** Our certificate and the CA to check the peer against, for connections to another tier. */
export function internalClientOptions(files: InternalFiles): {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
} {
  return {
    ca: readPem(files.ca, "tls.ca"),
    cert: readPem(files.cert, "tls.cert"),
    key: readPem(files.key, "tls.key"),
  };
}
