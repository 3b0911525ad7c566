// Finds problems of the files with which a listener verifies its clients: the authorities, and their lists of revoked
// certificates. OpenSSL refuses every client of an authority whose list is missing, over or from another authority
// (RFC 5280 §6.3.3), and a listener starts all the same. The inspection never throws.
import type { X509Certificate } from "node:crypto";
import { namesOf } from "./certificate.ts";
import type { CertificateFinding } from "./inspect.ts";
import { parseLists } from "./parse-lists.ts";
import { parsePem } from "./parse-pem.ts";
import { newestOf, type RevocationList } from "./revocation-list.ts";
import type { Period } from "./validity.ts";

/** The files of a listener that verify its clients. */
export interface ClientFiles {
  readonly ca: string;
  readonly crl?: string | undefined;
}

export interface ClientFinding extends Omit<CertificateFinding, "at"> {
  readonly at: "ca" | "crl";
}

export interface InspectedClients {
  /** The period of the newest list of each authority; empty when there is no `crl`. */
  readonly lists: readonly Period[];
  /** The problems that do not depend on the time. */
  readonly findings: readonly ClientFinding[];
}

/** Opens the files and looks for problems that make a listener refuse its clients. */
export function inspectClients({ ca, crl }: ClientFiles): InspectedClients {
  const read = parsePem(ca, "ca");
  const findings: ClientFinding[] = [];
  if ("fault" in read) findings.push({ level: "stops", at: "ca", message: read.fault });
  if (crl === undefined) return { lists: [], findings };
  const parsed = parseLists(crl, "crl");
  if ("fault" in parsed) {
    findings.push({ level: "stops", at: "crl", message: parsed.fault });
    return { lists: [], findings };
  }
  const lists = parsed.map(({ list }) => list);
  if (!("fault" in read)) findings.push(...signerFindings({ ca, crl }, read.certificates, lists));
  return { lists: newestOf(lists), findings };
}

function* signerFindings(
  { ca, crl }: { readonly ca: string; readonly crl: string },
  authorities: readonly X509Certificate[],
  lists: readonly RevocationList[],
): Iterable<ClientFinding> {
  const lacking = authorities.filter(
    (authority) => !lists.some((list) => list.signedBy(authority)),
  );
  if (lacking.length === authorities.length) {
    const message = `no authority of ${ca} signed a list in ${crl}, so every client that shows a certificate is refused; expected the list of each authority`;
    yield { level: "refused", at: "crl", message };
    return;
  }
  for (const authority of lacking) {
    const name = namesOf(authority)[0] ?? authority.subject.replaceAll("\n", ", ");
    const message = `${crl} has no list of the authority ${name} in ${ca}, so the clients of that authority are refused; append its list`;
    yield { level: "warning", at: "crl", message };
  }
}
