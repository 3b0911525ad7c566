// The contents of the files that the balancer's section names, but for the certificates that it shows, of which
// CertificateWatch tells. They are read again at each reload, and other contents under the old name are a change that
// the section does not show.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { BalancerConfig } from "@tandem/config";

/** By setting, such as `backends.web.tls.ca`: the file and a digest of what is in it. */
export type NamedFiles = ReadonlyMap<string, { readonly file: string; readonly digest: string }>;

export function namedFiles({ backends }: BalancerConfig): NamedFiles {
  const named: (readonly [setting: string, file: string])[] = [];
  for (const [name, { tls, balance }] of Object.entries(backends)) {
    const setting = `backends.${name}`;
    for (const [key, file] of Object.entries(tls ?? {}))
      named.push([`${setting}.tls.${key}`, file]);
    if (balance.module !== undefined) named.push([`${setting}.balance.module`, balance.module]);
  }
  return new Map(named.map(([setting, file]) => [setting, { file, digest: digestOf(file) }]));
}

/** One line for each file that is the same as before and has other contents, but for those that `told` tells of. */
export function renewedFiles(
  before: NamedFiles,
  after: NamedFiles,
  told: readonly string[],
): readonly string[] {
  return [...after].flatMap(([setting, { file, digest }]) => {
    const old = before.get(setting);
    const renewed = old !== undefined && old.file === file && old.digest !== digest;
    const certificate = `${setting.replace(/\.cert$/, "")}: ${file} is a new certificate`;
    if (told.some((line) => line.startsWith(certificate))) return [];
    return renewed ? [`${setting}: ${file} has changed, and was read again`] : [];
  });
}

function digestOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64");
  } catch {
    return ""; // the code that opens it says why it cannot be read
  }
}
