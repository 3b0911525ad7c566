// Finds the hosts that certificates are valid for. Redirects need these hosts, because a request is redirected only to
// a name of the site.
import { readFileSync } from "node:fs";
import { canonicalAddress } from "../client-address.ts";
import { canonicalName, certificatesOf, covers, namesOf } from "./certificate.ts";

/**
 * Returns a function that says whether a certificate in these files is valid for a host. The host is a name in lower
 * case without a final dot, or an address, with IPv6 in brackets. A file without a certificate has no names; the
 * listener that uses the file reports the fault.
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
