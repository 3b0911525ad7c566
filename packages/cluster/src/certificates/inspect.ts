// Reads certificates, for `tandem cert show` and to decide whether a certificate has to be issued again.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { canonicalName, namesOf } from "@tandem/transport";
import { CommandRefusal } from "../refusal.ts";
import type { KeyPair, PairPaths } from "./files.ts";

const DAY_MS = 86_400_000;
const RENEW_BELOW_DAYS = 30;

export interface CertificateReport {
  readonly file: string;
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly authority: boolean;
  readonly notAfter: string;
  readonly daysLeft: number;
  /** The SHA-256 of the certificate's DER form, written as browsers and openssl show it. */
  readonly fingerprint: string;
}

/** Describes the first certificate of a PEM file. Throws a CommandRefusal when the file has none. */
export function inspect(file: string, wallMs: number): CertificateReport {
  const certificate = parse(file, readText(file));
  return {
    file,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate),
    authority: certificate.ca,
    notAfter: certificate.validToDate.toISOString(),
    daysLeft: daysLeft(certificate, wallMs),
    fingerprint: certificate.fingerprint256,
  };
}

/**
 * Returns why the key and the certificate at `paths` have to be issued again, in words that `tandem prepare` prints.
 * Undefined while both are good: the files exist, this authority signed the certificate, the key belongs to the
 * certificate, the certificate has the wanted names, and it is valid for 30 more days.
 */
export function reasonToIssue(
  paths: PairPaths,
  wanted: { readonly names: readonly string[]; readonly authority: string },
  wallMs: number,
): string | undefined {
  const pair = readPair(paths);
  if (pair === undefined) return "new";
  const certificate = parse(paths.cert, pair.cert);
  const authority = new X509Certificate(wanted.authority);
  if (!certificate.checkPrivateKey(createPrivateKey(pair.key))) return "its key does not fit";
  if (!certificate.verify(authority.publicKey)) return "signed by another authority";
  const days = daysLeft(certificate, wallMs);
  if (days < RENEW_BELOW_DAYS) return days < 0 ? "expired" : `${days} days left`;
  const names = new Set(namesOf(certificate));
  const changed =
    wanted.names.length !== names.size || !wanted.names.every((n) => names.has(canonicalName(n)));
  return changed ? "names changed" : undefined;
}

/**
 * Returns why the key of an authority must not be used any more: it is damaged, or other users could read it. Undefined
 * while it is good.
 */
export function keyFault(paths: PairPaths, pair: KeyPair): string | undefined {
  const mode = statSync(paths.key).mode & 0o777;
  return (
    keyDamage(paths, pair) ??
    ((mode & 0o077) === 0
      ? undefined
      : `other users could read the key (mode ${mode.toString(8).padStart(4, "0")}, expected 0600), and may have a copy`)
  );
}

/** Returns why the key cannot sign: it is no key, or the key of another certificate. Undefined when it can. */
export function keyDamage(paths: PairPaths, pair: KeyPair): string | undefined {
  const certificate = parse(paths.cert, pair.cert);
  try {
    const fits = certificate.checkPrivateKey(createPrivateKey(pair.key));
    return fits ? undefined : `the key does not fit ${paths.cert}`;
  } catch {
    return "the key is damaged, expected a private key in PEM (-----BEGIN PRIVATE KEY-----)";
  }
}

/** Reads a key and its certificate from disk; undefined unless both files exist. */
export function readPair(paths: PairPaths): KeyPair | undefined {
  const [key, cert] = [readIfThere(paths.key), readIfThere(paths.cert)];
  return key === undefined || cert === undefined ? undefined : { key, cert };
}

/** Returns the text of a file; undefined when there is no such file. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function readText(file: string): string {
  const text = readIfThere(file);
  if (text === undefined)
    throw new CommandRefusal(
      `${file}: no such file; 'tandem prepare' or 'tandem cert issue' creates it`,
    );
  return text;
}

function parse(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CommandRefusal(
      `${file}: found no certificate, expected PEM (-----BEGIN CERTIFICATE-----)`,
    );
  }
}

function daysLeft(certificate: X509Certificate, wallMs: number): number {
  return Math.floor((certificate.validToDate.getTime() - wallMs) / DAY_MS);
}

function oneLine(distinguishedName: string): string {
  return distinguishedName.replaceAll("\n", ", ");
}
