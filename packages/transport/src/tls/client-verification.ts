// Certificates that a listener asks its clients for. A certificate that was shown must be verified, whatever the mode.
import type { TlsOptions } from "node:tls";
import { readPem } from "./certificate-files.ts";
import { parsePem } from "./parse-pem.ts";

export interface ClientCertificateSettings {
  /** Whether a client without a certificate is refused. */
  readonly mode: "required" | "optional";
  /** The file of the authorities that sign clients' certificates. */
  readonly ca: string;
  /** The file of the authorities' lists of revoked certificates. */
  readonly crl?: string | undefined;
}

export interface ClientVerification {
  readonly options: Pick<TlsOptions, "ca" | "crl" | "requestCert" | "rejectUnauthorized">;
  /**
   * What a TLS session depends on. OpenSSL does not verify the client again when a session is resumed, so a session
   * that was made under other terms must not be resumed.
   */
  readonly terms: readonly (string | Buffer)[];
}

/** Reads the files of the settings. Throws when a file cannot be read or used. */
export function clientVerification(
  settings: ClientCertificateSettings | undefined,
  setting = "clientCertificates",
): ClientVerification {
  if (settings === undefined) return { options: {}, terms: [] };
  const { mode, ca: file, crl: list } = settings;
  // OpenSSL ignores an authority that it cannot read.
  const authorities = parsePem(file, "ca");
  if ("fault" in authorities) throw new Error(`${setting}.ca: ${authorities.fault}`);
  const ca = readPem(file, `${setting}.ca`);
  const crl = list === undefined ? undefined : readList(list, `${setting}.crl`);
  return {
    options: {
      ca,
      ...(crl && { crl }),
      requestCert: true,
      rejectUnauthorized: mode === "required",
    },
    terms: [mode, ca, ...(crl ?? [])],
  };
}

const LIST = /-----BEGIN X509 CRL-----[\s\S]+?-----END X509 CRL-----/g;

/** Returns the lists in a PEM file one by one, because OpenSSL reads only the first list of a text. */
function readList(file: string, setting: string): string[] {
  const lists = readPem(file, setting).toString("latin1").match(LIST);
  if (lists === null)
    throw new Error(`${setting}: ${file} holds no list, expected PEM (-----BEGIN X509 CRL-----)`);
  return [...lists];
}
