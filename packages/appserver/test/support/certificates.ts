// Makes a temporary internal CA with certificates for both sides, and a certificate of another CA, with openssl.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Pair {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a CA and a certificate of 127.0.0.1 that the CA has signed. Returns the paths of their files. */
export function issue(folder: string, name: string): Pair {
  const file = (ending: string) => join(folder, `${name}${ending}`);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    ...["req", "-x509", ...newKey, "-days", "2", "-subj", `/CN=${name} CA`],
    ...["-keyout", file("-ca.key"), "-out", file("-ca.crt")],
  );
  openssl(
    ...["req", ...newKey, "-subj", `/CN=${name}`],
    ...["-keyout", file(".key"), "-out", file(".csr")],
  );
  writeFileSync(file(".ext"), "subjectAltName=IP:127.0.0.1\n");
  openssl(
    ...["x509", "-req", "-in", file(".csr"), "-CA", file("-ca.crt"), "-CAkey", file("-ca.key")],
    ...["-CAcreateserial", "-days", "2", "-extfile", file(".ext"), "-out", file(".crt")],
  );
  return { ca: file("-ca.crt"), cert: file(".crt"), key: file(".key") };
}

/** Returns the contents of the files, in the form that node:https takes. */
export function read({ ca, cert, key }: Pair): Pair {
  return {
    ca: readFileSync(ca, "utf8"),
    cert: readFileSync(cert, "utf8"),
    key: readFileSync(key, "utf8"),
  };
}
