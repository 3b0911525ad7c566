// The contents of the files that are named in the balancer's section. The files are read again at each reload,
// because new contents under an old name are a change that the section itself does not show. Certificates that the
// balancer shows to clients are left out, because CertificateWatch reports their changes.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { BalancerConfig } from "@tandem/config";

/** For each setting that names a file, such as `backends.web.tls.ca`: the file and a digest of its contents. */
export type NamedFiles = ReadonlyMap<string, { readonly file: string; readonly digest: string }>;

export function namedFiles({ frontends, backends }: BalancerConfig): NamedFiles {
  const named: (readonly [setting: string, file: string])[] = [];
  for (const [name, { clientCertificates }] of Object.entries(frontends)) {
    const { ca, crl } = clientCertificates ?? {};
    for (const [key, file] of Object.entries({ ca, crl }))
      if (file !== undefined) named.push([`frontends.${name}.clientCertificates.${key}`, file]);
  }
  for (const [name, { tls, balance }] of Object.entries(backends)) {
    const setting = `backends.${name}`;
    const { ca, cert, key } = tls ?? {};
    for (const [part, file] of Object.entries({ ca, cert, key }))
      if (file !== undefined) named.push([`${setting}.tls.${part}`, file]);
    if (balance.module !== undefined) named.push([`${setting}.balance.module`, balance.module]);
  }
  return new Map(named.map(([setting, file]) => [setting, { file, digest: digestOf(file) }]));
}

/**
 * Returns one line for each file whose contents have changed while its name stayed the same, except the files that
 * `reported` names already.
 */
export function renewedFiles(
  before: NamedFiles,
  after: NamedFiles,
  reported: readonly string[],
): readonly string[] {
  return [...after].flatMap(([setting, { file, digest }]) => {
    const old = before.get(setting);
    const renewed = old !== undefined && old.file === file && old.digest !== digest;
    const certificate = `${setting.replace(/\.cert$/, "")}: ${file} is a new certificate`;
    if (reported.some((line) => line.startsWith(certificate))) return [];
    return renewed ? [`${setting}: ${file} has changed, and was read again`] : [];
  });
}

function digestOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64");
  } catch {
    return ""; // the code that opens the file reports why it cannot be read
  }
}
