// How certificates hang together: each signed by the next one, the last by an authority.
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

/** Whether `issuer` has signed `certificate`, by its name and by its key. */
function signed(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Where the order of a file is broken, in words; undefined when each is signed by the next. */
export function chainBreak(chain: readonly X509Certificate[]): string | undefined {
  const at = chain.findIndex((certificate, index) => {
    const issuer = chain[index + 1];
    return issuer !== undefined && !signed(certificate, issuer);
  });
  if (at < 0) return undefined;
  return `certificate ${at + 2} did not sign certificate ${at + 1} before it, so that some clients find no way to the authority; expected the certificate first, then each one's issuer`;
}

/**
 * Whether a certificate of a public authority stands alone. Private authorities sign without a word of where
 * their own certificate is to be had, and their clients know it.
 */
export function lacksIntermediate(chain: readonly X509Certificate[]): boolean {
  const [leaf] = chain;
  if (chain.length !== 1 || leaf === undefined || leaf.subject === leaf.issuer) return false;
  if (!/^CA Issuers - URI:/m.test(leaf.infoAccess ?? "")) return false;
  return !rootSubjects().has(leaf.issuer);
}

/** Whether no authority of the list has signed the last certificate of the chain, or is it. */
export function notSignedBy(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  const last = chain.at(-1);
  if (last === undefined) return true;
  return !authorities.some(
    (authority) => last.fingerprint256 === authority.fingerprint256 || signed(last, authority),
  );
}

let roots: ReadonlySet<string> | undefined;

/** Reading a hundred certificates takes some milliseconds, and is rarely needed. */
function rootSubjects(): ReadonlySet<string> {
  roots ??= new Set(rootCertificates.map((pem) => new X509Certificate(pem).subject));
  return roots;
}
