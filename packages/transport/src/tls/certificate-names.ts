// Which hosts certificates are for, asked by redirects, which have to know the names of a site.
import { readFileSync } from "node:fs";
import { canonicalAddress } from "../client-address.ts";
import { canonicalName, certificatesOf, covers, namesOf } from "./certificate.ts";

/**
 * Tells whether a host (a name in lower case without a final dot, an address, IPv6 in brackets) is one that a
 * certificate of these files is for. A file that holds none has no names; what is wrong with it the listener says that
 * shows it.
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
