// Finds problems of a certificate, its key and its authority, both problems of today and problems that will come. The
// inspection runs before a tier starts, at its start, and while it runs. It never throws, because a file that cannot be
// read is reported as a finding.
import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { namesOf } from "./certificate.ts";
import { type CertificateFiles, readPem } from "./certificate-files.ts";
import { chainBreak, lacksIntermediate, notSignedBy } from "./chain.ts";
import { parsePem } from "./parse-pem.ts";
import type { Period } from "./validity.ts";

export interface InspectedFiles extends CertificateFiles {
  /**
   * The file of the authority that must have signed the certificates of both sides. Set only for connections between
   * tiers.
   */
  readonly ca?: string | undefined;
}

/** Whether the certificate is shown by the server or by the client. */
export type CertificatePurpose = "server" | "client";

/** A problem of a certificate, its key or its authority. */
export interface CertificateFinding {
  /**
   * How bad the problem is. stops: the tier cannot start. refused: the tier starts, but the other side refuses the
   * certificate. warning: the certificate works today.
   */
  readonly level: "stops" | "refused" | "warning";
  /** The file that the finding belongs to. */
  readonly at: "cert" | "key" | "ca";
  /** Says where the problem is, what was found, and what to do next. It never contains the content of a key. */
  readonly message: string;
}

/**
 * The period of validity of a certificate, and the file that has the certificate. `subject` names the certificate in
 * messages.
 */
export interface Dated extends Period {
  readonly at: "cert" | "ca";
  readonly subject: string;
}

/** The result of inspecting a certificate. */
export interface InspectedCertificate {
  /** The names and addresses that the certificate is valid for; empty when the certificate could not be read. */
  readonly names: readonly string[];
  /**
   * The SHA-256 of the certificate, which changes when the certificate is renewed. Empty when the
   * certificate could not be read.
   */
  readonly fingerprint: string;
  /**
   * The certificate's period of validity, then the periods of the other certificates in its file and in its
   * authority's file. Empty when the certificate could not be read.
   */
  readonly dates: readonly Dated[];
  /** The problems that do not depend on the time. */
  readonly findings: readonly CertificateFinding[];
}

/** Opens the files and looks for problems that could make a handshake fail. */
export function inspectCertificate(
  files: InspectedFiles,
  purposes: readonly CertificatePurpose[],
): InspectedCertificate {
  const findings: CertificateFinding[] = [];
  const chain = readChain(files.cert, "cert", findings);
  const key = readKey(files.key, findings);
  const [leaf] = chain;
  if (leaf === undefined) return { names: [], fingerprint: "", dates: [], findings };
  if (key !== undefined) findings.push(...pairFindings(files, chain, key));
  findings.push(...chainFindings(files.cert, chain));
  for (const purpose of purposes) findings.push(...purposeFindings(files.cert, leaf, purpose));
  const authorities = files.ca === undefined ? [] : readChain(files.ca, "ca", findings);
  if (authorities.length > 0 && notSignedBy(chain, authorities)) {
    const message = `${files.cert} was signed by another authority than ${files.ca}, so every handshake between the tiers fails`;
    findings.push({ level: "refused", at: "cert", message });
  }
  const dates = [
    ...chain.map((certificate, index) => {
      const subject = index === 0 ? files.cert : `certificate ${index + 1} in ${files.cert}`;
      return datesOf("cert", subject, certificate);
    }),
    ...authorities.map((certificate) => datesOf("ca", files.ca ?? "", certificate)),
  ];
  return { names: namesOf(leaf), fingerprint: leaf.fingerprint256, dates, findings };
}

function datesOf(
  at: "cert" | "ca",
  subject: string,
  { validFromDate, validToDate }: X509Certificate,
): Dated {
  return { at, subject, notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
}

function readChain(
  path: string,
  at: "cert" | "ca",
  findings: CertificateFinding[],
): readonly X509Certificate[] {
  const read = parsePem(path, at);
  if (!("fault" in read)) return read.certificates;
  findings.push({ level: "stops", at, message: read.fault });
  return [];
}

function readKey(path: string, findings: CertificateFinding[]): KeyObject | undefined {
  let message = "";
  try {
    const pem = readPem(path, "key").toString("latin1");
    if (/ENCRYPTED/.test(pem))
      message = `${path} is encrypted; expected a key without a passphrase`;
    else return createPrivateKey(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // OpenSSL's message would hardly be understood by an operator, so another message is used.
    message = why.startsWith("key: ")
      ? why.slice("key: ".length)
      : `${path} holds no private key, expected PEM (-----BEGIN PRIVATE KEY-----)`;
  }
  findings.push({ level: "stops", at: "key", message });
  return undefined;
}

function* pairFindings(
  { cert, key: file }: CertificateFiles,
  chain: readonly X509Certificate[],
  key: KeyObject,
): Iterable<CertificateFinding> {
  const at = { level: "stops", at: "key" } as const;
  const owner = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (owner < 0) {
    yield { ...at, message: `${file} is the key of another certificate than ${cert}` };
    return;
  }
  if (owner > 0) {
    const message = `${file} is the key of certificate ${owner + 1} in ${cert}; expected that one first`;
    yield { ...at, message };
    return;
  }
  try {
    createSecureContext({ cert: readPem(cert, "cert"), key: readPem(file, "key") });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    yield { level: "stops", at: "cert", message: `${cert} cannot be used: ${why}` };
  }
}

function* chainFindings(
  file: string,
  chain: readonly X509Certificate[],
): Iterable<CertificateFinding> {
  const broken = chainBreak(chain);
  if (broken !== undefined) yield { level: "warning", at: "cert", message: `${file}: ${broken}` };
  else if (lacksIntermediate(chain)) {
    const message =
      `${file} holds the certificate alone, without what leads from it to its authority, so that many clients refuse it; ` +
      "append the authority's intermediate certificate (often called fullchain.pem)";
    yield { level: "warning", at: "cert", message };
  }
}

/** The object identifiers of the extended key usages for servers and clients, RFC 5280 §4.2.1.12. */
const USAGES = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;
const ANY_USAGE = "2.5.29.37.0";

function* purposeFindings(
  file: string,
  { keyUsage: usages }: X509Certificate,
  purpose: CertificatePurpose,
): Iterable<CertificateFinding> {
  // Node's field `keyUsage` is the extended key usage. The field is undefined when the certificate allows every usage.
  if (!Array.isArray(usages) || usages.includes(USAGES[purpose]) || usages.includes(ANY_USAGE))
    return;
  const message = `${file} is not for ${purpose}s (extended key usage), so the other side refuses it`;
  yield { level: "refused", at: "cert", message };
}
