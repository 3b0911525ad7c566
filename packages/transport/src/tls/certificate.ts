// A certificate file as TLS servers keep it: PEM, the certificate first, then what leads from it to its
// authority (RFC 8446 §4.4.2). The names are those of the subjectAltName; the common name counts where there are
// none (RFC 6125 §6.4.4).
import { X509Certificate } from "node:crypto";
import { domainToASCII } from "node:url";

const BLOCK =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** Every certificate of a PEM text, in its order; empty when there is none. Throws where one cannot be read. */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

/** The host names and addresses a certificate is for, lower case. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const names = alternativeNames(certificate.subjectAltName ?? "");
  if (names.length > 0) return names;
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return common === undefined ? [] : [canonicalName(common)];
}

/** `DNS:a.test, IP Address:::1`. A name that holds a comma or a quote comes as a JSON string. */
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

/** Whether a certificate's name is for a host: itself, or `*.d.test` for what is one label below (RFC 6125 §6.4.3). */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith("*.")) return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === name.slice(1);
}
