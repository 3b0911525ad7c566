// Certificates that a listener asks its clients for. A certificate that was shown must be verified, whatever the mode.
import type { TlsOptions } from "node:tls";
import { readPem } from "./certificate-files.ts";
import { type ClientValidity, clientValidity } from "./client-validity.ts";
import { parseLists } from "./parse-lists.ts";
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
  /** Whether the certificate of a resumed session is still in time. Absent = no certificates are asked for. */
  readonly validity?: ClientValidity;
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
  const lists = list === undefined ? undefined : parseLists(list, `${setting}.crl`);
  if (lists !== undefined && "fault" in lists) throw new Error(`${setting}.crl: ${lists.fault}`);
  const crl = lists?.map(({ text }) => text);
  return {
    options: {
      ca,
      ...(crl && { crl }),
      requestCert: true,
      rejectUnauthorized: mode === "required",
    },
    terms: [mode, ca, ...(crl ?? [])],
    validity: clientValidity(
      authorities.certificates,
      lists?.map(({ list }) => list),
    ),
  };
}
