// Checks the order of certificates in a chain. Each certificate must be signed by the next one, and the last one by an
// authority.
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

/** Whether `issuer` has signed `certificate`: the name and the key of `issuer` must match. */
function signed(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/**
 * Returns a sentence about the first certificate that is not signed by the next one; undefined when the order is
 * right.
 */
export function chainBreak(chain: readonly X509Certificate[]): string | undefined {
  const at = chain.findIndex((certificate, index) => {
    const issuer = chain[index + 1];
    return issuer !== undefined && !signed(certificate, issuer);
  });
  if (at < 0) return undefined;
  return `certificate ${at + 2} did not sign certificate ${at + 1} before it, so that some clients find no way to the authority; expected the certificate first, then each one's issuer`;
}

/**
 * Whether the intermediate certificate of a public authority is missing, so that clients may refuse the chain. A
 * certificate counts as issued by a public authority when it contains an address where the authority's certificate
 * can be loaded. Certificates of private authorities contain none, and their clients have the authority's
 * certificate.
 */
export function lacksIntermediate(chain: readonly X509Certificate[]): boolean {
  const [leaf] = chain;
  if (chain.length !== 1 || leaf === undefined || leaf.subject === leaf.issuer) return false;
  if (!/^CA Issuers - URI:/m.test(leaf.infoAccess ?? "")) return false;
  return !rootSubjects().has(leaf.issuer);
}

/**
 * Whether the last certificate of the chain comes from an unknown authority: it is not signed by
 * one of `authorities`, and is not itself one of `authorities`.
 */
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

/**
 * Returns the subjects of Node's root certificates. They are read only at the first call, because reading them takes
 * some milliseconds.
 */
function rootSubjects(): ReadonlySet<string> {
  roots ??= new Set(rootCertificates.map((pem) => new X509Certificate(pem).subject));
  return roots;
}
