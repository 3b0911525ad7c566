// The hosts that certificates are valid for. Redirects use it, because they have to know the names of a site.
import { readFileSync } from "node:fs";
import { canonicalAddress } from "../client-address.ts";
import { canonicalName, certificatesOf, covers, namesOf } from "./certificate.ts";

/**
 * A function that says whether a certificate in these files is valid for a host, which is a name in lower
 * case without a final dot, or an address, IPv6 in brackets. A file without a certificate has no names; the
 * listener that uses the file reports what is wrong with it.
 */
export function certificateHosts(files: readonly string[]): (host: string) => boolean {
  const names = files.flatMap(namesIn);
  return (host) => {
    const wanted = canonicalAddress(host) ?? canonicalName(host);
    return names.some((name) => covers(name, wanted));
  };
}

function namesIn(file: string): readonly string[] {
  try {
    const [leaf] = certificatesOf(readFileSync(file, "latin1"));
    return leaf === undefined ? [] : namesOf(leaf);
  } catch {
    return [];
  }
}
