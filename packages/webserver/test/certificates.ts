// Makes the certificates for a test: an internal CA, a certificate that this CA has signed, and a
// certificate of another CA.
import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

interface Identity {
  readonly key: forge.pki.rsa.PrivateKey;
  readonly certificate: forge.pki.Certificate;
}

let serial = 1;

function issue(name: string, issuer?: Identity): Identity {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const key = forge.pki.privateKeyFromPem(pair.privateKey);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  serial += 1;
  certificate.serialNumber = serial.toString(16).padStart(4, "0");
  certificate.validity.notBefore = new Date(Date.now() - 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  const subject = [{ name: "commonName", value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(issuer?.certificate.subject.attributes ?? subject);
  certificate.setExtensions([
    { name: "basicConstraints", cA: issuer === undefined },
    {
      name: "subjectAltName",
      altNames: [
        { type: 2, value: name },
        { type: 7, ip: "127.0.0.1" },
      ],
    },
  ]);
  certificate.sign(issuer?.key ?? key, forge.md.sha256.create());
  return { key, certificate };
}

const pem = forge.pki;

/**
 * Returns the contents of PEM files by file name: the certificate of the CA, and the certificates
 * and keys of `box1` (signed by this CA) and of `stranger` (signed by another CA).
 */
export function certificates(): Readonly<Record<string, string>> {
  const ca = issue("test CA");
  const box = issue("box1", ca);
  const stranger = issue("stranger", issue("other CA"));
  return {
    "ca.crt": pem.certificateToPem(ca.certificate),
    "box1.crt": pem.certificateToPem(box.certificate),
    "box1.key": pem.privateKeyToPem(box.key),
    "stranger.crt": pem.certificateToPem(stranger.certificate),
    "stranger.key": pem.privateKeyToPem(stranger.key),
  };
}
