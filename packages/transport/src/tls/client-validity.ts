// Whether a client's certificate would still be verified, for resumed TLS sessions. OpenSSL verifies nothing again when a
// session is resumed (RFC 8446 §4.6.1 leaves that to the server), so an identity would outlive its certificate, its
// authority or the list of revoked certificates.
import type { X509Certificate } from "node:crypto";
import { newestOf, type RevocationList } from "./revocation-list.ts";
import { type Period, validityOf } from "./validity.ts";

/** An authority, and the period of its list of revoked certificates; absent when no list of it is known. */
interface Authority {
  readonly certificate: X509Certificate;
  readonly list: Period | undefined;
}

/**
 * Returns the code of OpenSSL's error that a full handshake would give to `certificate` at `wallMs`, wall clock
 * milliseconds. Undefined = it would be verified, as far as time goes.
 */
export type ClientValidity = (certificate: X509Certificate, wallMs: number) => string | undefined;

/** The most authorities above each other; certificates that issued each other would go on forever. */
const MAX_DEPTH = 16;

/** Returns the check for clients of `certificates`, whose lists are `lists`; no `lists` = none is checked. */
export function clientValidity(
  certificates: readonly X509Certificate[],
  lists: readonly RevocationList[] = [],
): ClientValidity {
  const newest = newestOf(lists);
  const authorities = certificates.map((certificate): Authority => {
    return { certificate, list: newest.find((list) => list.signedBy(certificate)) };
  });
  return (leaf, wallMs) => {
    let certificate = leaf;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const fault = CERTIFICATE_FAULTS[validityOf(periodOf(certificate), wallMs)];
      if (fault !== undefined) return fault;
      const issued = authorities.filter((one) => certificate.checkIssued(one.certificate));
      // An authority with two certificates counts with the one that lasts longer, as OpenSSL takes one in time.
      const [issuer] = issued.toSorted((a, b) => endOf(b) - endOf(a));
      // A session has no certificates between the client's and `ca`, so each list may be one of those above it.
      if (issuer === undefined) return newest.map((list) => listFault(list, wallMs)).find(Boolean);
      const ended = issuer.list && listFault(issuer.list, wallMs);
      if (ended !== undefined) return ended;
      if (issuer.certificate.fingerprint256 === certificate.fingerprint256) return undefined;
      certificate = issuer.certificate;
    }
    return undefined;
  };
}

const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  expired: "CERT_HAS_EXPIRED",
  "not-yet-valid": "CERT_NOT_YET_VALID",
};
const LIST_FAULTS: Readonly<Record<string, string>> = {
  expired: "CRL_HAS_EXPIRED",
  "not-yet-valid": "CRL_NOT_YET_VALID",
};

const listFault = (list: Period, wallMs: number): string | undefined =>
  LIST_FAULTS[validityOf(list, wallMs)];

const periodOf = ({ validFromDate, validToDate }: X509Certificate): Period => ({
  notBefore: validFromDate.getTime(),
  notAfter: validToDate.getTime(),
});

const endOf = ({ certificate }: Authority): number => certificate.validToDate.getTime();
