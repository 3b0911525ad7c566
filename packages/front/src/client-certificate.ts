// The certificate that a client showed, as the fields that tell servers about it, and as the text in the log.
import type { ClientCertificate } from "@tandem/transport";

/** The longest value of Client-Cert. The next tier accepts heads with a field of this length (proxy-allowance.ts). */
const LONGEST = 4096;

/**
 * Returns the fields for the servers behind a listener that asks for certificates: RFC 9440's Client-Cert, and the
 * parts that servers usually need. `null` = the client showed no certificate. A listener accepts no certificate that
 * it cannot verify, so a certificate that was shown is verified.
 */
export function certificateFields(
  certificate: ClientCertificate | null,
): readonly (readonly [name: string, value: string])[] {
  if (certificate === null) return [["X-Client-Cert-Verified", "no"]];
  const { raw, fingerprint } = certificate;
  const encoded = `:${raw.toString("base64")}:`;
  const parts = [
    ["X-Client-Cert-Verified", "yes"],
    ["X-Client-Cert-Subject", subjectOf(certificate)],
    ["X-Client-Cert-Fingerprint", fingerprint.replaceAll(":", "").toLowerCase()],
  ] as const;
  return encoded.length > LONGEST ? parts : [...parts, ["Client-Cert", encoded]];
}

/**
 * Returns the subject as RFC 4514 writes it: the last attribute first, and every character that is not plain ASCII as
 * the bytes of its UTF-8. A field could not carry other characters.
 */
export function subjectOf({ subject }: Pick<ClientCertificate, "subject">): string {
  const attributes = subject.split("\n").filter((line) => line !== "");
  return attributes
    .toReversed()
    .join(",")
    .replace(/[^\x20-\x7e]+/g, (others) =>
      Buffer.from(others).reduce((text, byte) => `${text}\\${hex(byte)}`, ""),
    );
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
