// Makes certificates with any kind of key, by openssl, because the authority of packages/cluster issues only RSA.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const KEYS = {
  rsa: ["-newkey", "rsa:2048"],
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
} as const;

/**
 * Makes a certificate in `folder` with the CN `label` for `names`. `extensions` are values of `openssl req
 * -addext`.
 */
export function selfSigned(
  folder: string,
  label: string,
  kind: keyof typeof KEYS,
  names: readonly string[],
  ...extensions: readonly string[]
): { readonly cert: string; readonly key: string } {
  const paths = { cert: join(folder, `${label}.crt`), key: join(folder, `${label}.key`) };
  const san = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join();
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", ...KEYS[kind], "-nodes", "-days", "30", "-subj", `/CN=${label}`],
      ...extensions.flatMap((extension) => ["-addext", extension]),
      ...["-addext", `subjectAltName=${san}`, "-keyout", paths.key, "-out", paths.cert],
    ],
    { stdio: "ignore" },
  );
  return paths;
}
