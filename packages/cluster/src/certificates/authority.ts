// The internal certificate authority (X.509, RFC 5280): one self-signed root per site. It signs only certificates of
// servers and clients, never another authority (path length 0). Its keys are RSA, because browsers accept RSA and
// node-forge signs with nothing else. Node makes the keys, because it does so a hundred times faster than node-forge.
import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";
import type { KeyPair } from "./files.ts";

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const KEY_BITS = 2048;
/**
 * How many milliseconds before its creation a certificate becomes valid: one hour. So a machine
 * whose clock is up to an hour behind does not find the certificate "not yet valid".
 */
const BACKDATE_MS = 3_600_000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Returns a validity of exactly `days` that begins an hour before `wallMs`. */
export function validity(wallMs: number, days: number): Validity {
  const start = wallMs - BACKDATE_MS;
  return { notBefore: new Date(start), notAfter: new Date(start + days * DAY_MS) };
}

/**
 * Makes a random serial number of 128 bits. The first bit is 0, so that the number is positive. The second bit is 1, so
 * that the first byte is never 0.
 */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** Makes an RSA key. Both parts are PEM; the private key is in PKCS #8. */
export async function newPrivateKey(): Promise<{ readonly key: string; readonly public: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { key: privateKey, public: publicKey };
}

/**
 * Returns the fields of a subject or issuer: "Tandem" as the organisation that made the certificate, and the common
 * name.
 */
export function distinguishedName(commonName: string): forge.pki.CertificateField[] {
  return [
    { name: "organizationName", value: "Tandem" },
    // RFC 5280 limits a common name to 64 characters (ub-common-name). The full name is also in the subjectAltName.
    { name: "commonName", value: commonName.slice(0, 64) },
  ];
}

/** Creates the authority of `site`, valid for ten years from `wallMs`. */
export async function createAuthority(site: string, wallMs: number): Promise<KeyPair> {
  const keys = await newPrivateKey();
  const certificate = forge.pki.createCertificate();
  const name = distinguishedName(`Tandem CA of ${site}`);
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.public);
  certificate.serialNumber = randomSerial();
  certificate.validity = validity(wallMs, CA_DAYS);
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    // RFC 5280 §4.2.1.3 asks for cRLSign where the authority's key signs lists of revoked certificates.
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(keys.key), forge.md.sha256.create());
  return { key: keys.key, cert: toPem(certificate) };
}

/** Returns a certificate as PEM with LF as line end. node-forge writes CRLF. */
export function toPem(certificate: forge.pki.Certificate): string {
  return forge.pki.certificateToPem(certificate).replaceAll("\r\n", "\n");
}
