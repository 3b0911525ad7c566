// A certificate file of a TLS server. It is PEM: first the certificate, then the intermediate certificates up to the
// certificate's authority (RFC 8446 §4.4.2). The names of a certificate are the names in subjectAltName; the common
// name is used only when subjectAltName has none (RFC 6125 §6.4.4).
import { X509Certificate } from "node:crypto";
import { domainToASCII } from "node:url";

const BLOCK =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/**
 * Returns all certificates in a PEM text, in their order; empty when there are none. Throws when a certificate cannot
 * be read.
 */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

/** Returns the host names and addresses that a certificate is valid for, in lower case. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const names = alternativeNames(certificate.subjectAltName ?? "");
  if (names.length > 0) return names;
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return common === undefined ? [] : [canonicalName(common)];
}

/**
 * Matches one name in the text that Node makes of subjectAltName: `DNS:a.test, IP Address:::1`. A name with a comma or
 * a quote is written as a JSON string.
 */
const ALTERNATIVE = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;

function alternativeNames(text: string): string[] {
  const found: string[] = [];
  for (const [, kind, value = ""] of text.matchAll(ALTERNATIVE))
    if ((kind === "DNS" || kind === "IP Address") && !value.startsWith('"'))
      found.push(canonicalName(value));
  return found;
}

/** Returns a name in the spelling in which names are compared: lower case, no final dot, IPv6 compressed. */
export function canonicalName(name: string): string {
  if (name.includes(":")) return domainToASCII(`[${name}]`).slice(1, -1) || name.toLowerCase();
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/**
 * Whether a certificate's name covers a host: the name is the host, or the name is `*.d.test` and the host is one
 * label below d.test (RFC 6125 §6.4.3).
 */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith("*.")) return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === name.slice(1);
}
