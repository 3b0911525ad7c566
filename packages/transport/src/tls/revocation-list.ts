// A list of revoked certificates (RFC 5280 §5): its period, and whether an authority has signed it. Node has no parser for
// these lists, and the balancer in a program brings no other package with it, so the few elements that are needed are
// read here. The revoked certificates themselves are read by OpenSSL alone.
import { verify, type X509Certificate } from "node:crypto";
import { type DerElement, elementsOf } from "./der.ts";
import type { Period } from "./validity.ts";

export interface RevocationList extends Period {
  /** The distinguished name of the authority, DER in hexadecimal digits. It tells apart the lists of several authorities. */
  readonly issuer: string;
  /** Infinity when the list names no next update. OpenSSL then uses it forever. */
  readonly notAfter: number;
  /** Whether this authority has signed the list. True as well where the kind of signature is not known here. */
  signedBy(authority: X509Certificate): boolean;
}

/** The hash of each kind of signature, by the object identifier in DER (RFC 4055, RFC 5758, RFC 8410). */
const HASHES: ReadonlyMap<string, string | null> = new Map([
  ["2a864886f70d010105", "sha1"],
  ["2a864886f70d01010b", "sha256"],
  ["2a864886f70d01010c", "sha384"],
  ["2a864886f70d01010d", "sha512"],
  ["2a8648ce3d0401", "sha1"],
  ["2a8648ce3d040302", "sha256"],
  ["2a8648ce3d040303", "sha384"],
  ["2a8648ce3d040304", "sha512"],
  ["2b6570", null],
  ["2b6571", null],
]);

const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

const BLOCK = /-----BEGIN X509 CRL-----([\s\S]+?)-----END X509 CRL-----/g;

/** Returns the texts of the lists in a PEM text, in their order; empty when there are none. */
export function listTextsOf(pem: string): readonly string[] {
  return pem.match(BLOCK) ?? [];
}

/** Reads one list in PEM. Throws when it is damaged. */
export function readRevocationList(pem: string): RevocationList {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
  const [whole] = elementsOf(der);
  const [signed, algorithm, signature] = elementsOf(whole?.content);
  const parts = elementsOf(signed?.content);
  if (parts[0]?.tag === INTEGER) parts.shift(); // the version, which lists of version 1 do not have
  const [, issuer, begin, end] = parts;
  if (!(signed && issuer && begin && signature)) throw new Error("the list is cut off");
  const kind = elementsOf(algorithm?.content)[0]?.content.toString("hex") ?? "";
  return {
    issuer: issuer.whole.toString("hex"),
    notBefore: timeOf(begin),
    notAfter: end !== undefined && isTime(end) ? timeOf(end) : Number.POSITIVE_INFINITY,
    signedBy: ({ publicKey }) => {
      const hash = HASHES.get(kind);
      if (hash === undefined) return true;
      try {
        // The first octet of a BIT STRING counts the unused bits, which a signature does not have.
        return verify(hash, signed.whole, publicKey, signature.content.subarray(1));
      } catch {
        return false; // the authority has a key of another kind
      }
    },
  };
}

/** Returns the list of each authority that ends last, because OpenSSL uses a list that is in time where there is one. */
export function newestOf(lists: readonly RevocationList[]): readonly RevocationList[] {
  const newest = new Map<string, RevocationList>();
  for (const list of lists) {
    const known = newest.get(list.issuer);
    if (known === undefined || known.notAfter < list.notAfter) newest.set(list.issuer, list);
  }
  return [...newest.values()];
}

const isTime = ({ tag }: DerElement): boolean => tag === UTC_TIME || tag === GENERALIZED_TIME;

/** Returns milliseconds since 1970. UTCTime has two digits of the year, and 50 means 1950 (RFC 5280 §5.1.2.4). */
function timeOf(element: DerElement): number {
  const text = element.content.toString("latin1");
  const century = Number(text.slice(0, 2)) < 50 ? "20" : "19";
  const full = element.tag === UTC_TIME ? `${century}${text}` : text;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!isTime(element) || Number.isNaN(time)) throw new Error("a time of the list is damaged");
  return time;
}
