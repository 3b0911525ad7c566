// Which hosts certificates are for, asked by who has to know the names of a site.
import { canonicalAddress } from "../client-address.ts";
import { canonicalName, certificatesOf, covers, namesOf } from "./certificate.ts";
import { type CertificateFiles, readPem } from "./certificate-files.ts";

/**
 * Tells whether a host (a name in lower case without a final dot, an address, IPv6 in brackets) is one that a
 * certificate of these files is for. Throws on files that cannot be read.
 */
export function certificateHosts(
  certificates: readonly CertificateFiles[],
): (host: string) => boolean {
  const names = certificates.flatMap(({ cert }, index) => {
    const [leaf] = certificatesOf(readPem(cert, `tls.certificates[${index}].cert`).toString());
    return leaf === undefined ? [] : namesOf(leaf);
  });
  return (host) => {
    const wanted = canonicalAddress(host) ?? canonicalName(host);
    return names.some((name) => covers(name, wanted));
  };
}
