// Issues certificates that the internal authority signs. One certificate is for the site, and is shown to browsers.
// Each box has a certificate of its own, which the tiers of the box show to other tiers, both as servers and as
// clients. 397 days is the longest validity that browsers accept.
import { isIP } from "node:net";
import forge from "node-forge";
import { distinguishedName, newPrivateKey, randomSerial, toPem, validity } from "./authority.ts";
import type { KeyPair } from "./files.ts";

const LEAF_DAYS = 397;

export interface LeafRequest {
  /** The subject's common name. For a box it is also the name of the file. */
  readonly name: string;
  /** The host names and addresses that the certificate is valid for, RFC 5280 §4.2.1.6. */
  readonly names: readonly string[];
  /**
   * What the certificate is for. A site's certificate is for a server only. A box's certificate is also for a client,
   * because a tier connects to other tiers.
   */
  readonly use: "site" | "box";
}

/** Makes a key and issues a certificate for it, signed by `authority`. */
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

/**
 * Returns a GeneralName: type 7 is iPAddress, type 2 is dNSName. An address written as a dNSName, or a name written as
 * an iPAddress, would never match.
 */
function altName(name: string): { type: number; ip?: string; value?: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name };
}
