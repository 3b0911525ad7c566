// Leaf certificates of the internal authority: the site's (what browsers see) and the boxes' (what
// the tiers show each other, as server and as client). 397 days is the most browsers accept.
import { isIP } from "node:net";
import forge from "node-forge";
import { distinguishedName, newPrivateKey, randomSerial, toPem, validity } from "./authority.ts";
import type { KeyPair } from "./files.ts";

const LEAF_DAYS = 397;

export interface LeafRequest {
  /** The subject's common name; also the file's name for a box. */
  readonly name: string;
  /** Host names and addresses it is valid for, RFC 5280 §4.2.1.6. */
  readonly names: readonly string[];
  /** A site only serves; a box is also a client of the other tiers. */
  readonly use: "site" | "box";
}

/** Issues a certificate for a key of its own, signed by `authority`. */
export async function issue(
  authority: KeyPair,
  request: LeafRequest,
  wallMs: number,
): Promise<KeyPair> {
  const keys = await newPrivateKey();
  const issuer = forge.pki.certificateFromPem(authority.cert);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.public);
  certificate.serialNumber = randomSerial();
  certificate.validity = validity(wallMs, LEAF_DAYS);
  certificate.setSubject(distinguishedName(request.name));
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true, clientAuth: request.use === "box" },
    { name: "subjectAltName", altNames: request.names.map(altName) },
    { name: "subjectKeyIdentifier" },
    {
      name: "authorityKeyIdentifier",
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.key), forge.md.sha256.create());
  return { key: keys.key, cert: toPem(certificate) };
}

/** GeneralName: 7 is iPAddress, 2 is dNSName. A name as an address (or the reverse) never matches. */
function altName(name: string): { type: number; ip?: string; value?: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name };
}
