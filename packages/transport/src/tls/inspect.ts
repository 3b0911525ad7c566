// What is wrong, or soon will be, with a certificate, its key and its authority: looked at before anything
// starts, at the start, and while it runs. Nothing here throws; what cannot be read is a finding.
import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { namesOf } from "./certificate.ts";
import { type CertificateFiles, readPem } from "./certificate-files.ts";
import { chainBreak, lacksIntermediate, notSignedBy } from "./chain.ts";
import { parsePem } from "./parse-pem.ts";
import type { Period } from "./validity.ts";

export interface InspectedFiles extends CertificateFiles {
  /** Between tiers: the authority that both sides must belong to. */
  readonly ca?: string | undefined;
}

/** What a certificate is shown as. */
export type CertificatePurpose = "server" | "client";

/** Something wrong with a certificate, its key or its authority. */
export interface CertificateFinding {
  /** stops: nothing starts with it; refused: it starts, and the other side refuses it; warning: it works today. */
  readonly level: "stops" | "refused" | "warning";
  /** The file it is about. */
  readonly at: "cert" | "key" | "ca";
  /** The place in words, what was found, and the next step; never the content of a key. */
  readonly message: string;
}

/** From when to when a certificate holds that is called `subject`, and which file it is from. */
export interface Dated extends Period {
  readonly at: "cert" | "ca";
  readonly subject: string;
}

/** A certificate as it was when it was looked at. */
export interface InspectedCertificate {
  /** Names and addresses it is for; empty when it could not be read. */
  readonly names: readonly string[];
  /** SHA-256, to tell one from the next; empty when it could not be read. */
  readonly fingerprint: string;
  /** From when to when it holds, then the same of what its file and its authority's hold besides; empty when unread. */
  readonly dates: readonly Dated[];
  /** What is wrong with it whatever the time. */
  readonly findings: readonly CertificateFinding[];
}

/** Opens the files and looks for everything that could make a handshake fail. */
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
    // OpenSSL's words say nothing of the content, but little to a person either.
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

/** Extended key usage, RFC 5280 §4.2.1.12. */
const USAGES = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;
const ANY_USAGE = "2.5.29.37.0";

function* purposeFindings(
  file: string,
  { keyUsage: usages }: X509Certificate,
  purpose: CertificatePurpose,
): Iterable<CertificateFinding> {
  // Node calls the extended key usage so, and it is undefined where all is allowed.
  if (!Array.isArray(usages) || usages.includes(USAGES[purpose]) || usages.includes(ANY_USAGE))
    return;
  const message = `${file} is not for ${purpose}s (extended key usage), so the other side refuses it`;
  yield { level: "refused", at: "cert", message };
}
