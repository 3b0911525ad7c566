// Reads the certificates of a PEM file, or says why they cannot be read.
import type { X509Certificate } from "node:crypto";
import { certificatesOf } from "./certificate.ts";
import { readPem } from "./certificate-files.ts";

type Parsed = { readonly certificates: readonly X509Certificate[] } | { readonly fault: string };

/** Returns the certificates in the file at `path`, at least one. When there is none, returns a text that says why. */
export function parsePem(path: string, setting: string): Parsed {
  let pem: string;
  try {
    pem = readPem(path, setting).toString("latin1");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { fault: why.slice(setting.length + ": ".length) };
  }
  try {
    const certificates = certificatesOf(pem);
    if (certificates.length > 0) return { certificates };
  } catch {
    return { fault: `${path} holds a damaged certificate` };
  }
  const instead = pem.includes("PRIVATE KEY") ? "a private key" : "no certificate";
  return { fault: `${path} holds ${instead}, expected PEM (-----BEGIN CERTIFICATE-----)` };
}
