// A certificate file of a TLS server: PEM, first the certificate, then the intermediate certificates up to
// its authority (RFC 8446 §4.4.2). The names are those in subjectAltName; the common name is used only when
// there are none (RFC 6125 §6.4.4).
import { X509Certificate } from "node:crypto";
import { domainToASCII } from "node:url";

const BLOCK =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/**
 * All certificates in a PEM text, in their order; empty when there are none. Throws when one cannot be read.
 */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

/** The host names and addresses that a certificate is valid for, in lower case. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const names = alternativeNames(certificate.subjectAltName ?? "");
  if (names.length > 0) return names;
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return common === undefined ? [] : [canonicalName(common)];
}

/**
 * Node's form of the subjectAltName: `DNS:a.test, IP Address:::1`. A name with a comma or a quote is a JSON
 * string.
 */
const ALTERNATIVE = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;

function alternativeNames(text: string): string[] {
  const found: string[] = [];
  for (const [, kind, value = ""] of text.matchAll(ALTERNATIVE))
    if ((kind === "DNS" || kind === "IP Address") && !value.startsWith('"'))
      found.push(canonicalName(value));
  return found;
}

/** One spelling for each name: lower case, no final dot, IPv6 compressed. */
export function canonicalName(name: string): string {
  if (name.includes(":")) return domainToASCII(`[${name}]`).slice(1, -1) || name.toLowerCase();
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/**
 * Whether a certificate's name covers a host: the same name, or `*.d.test` for a name one label below d.test
 * (RFC 6125 §6.4.3).
 */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith("*.")) return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === name.slice(1);
}
